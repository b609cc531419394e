/** The checking thread: unpacks chunks and counts their rows, so that the gateway's event loop does neither. */
import { parentPort } from 'node:worker_threads'
import { createGunzip, type Gunzip } from 'node:zlib'
import { ArrowRowCounter } from '../../core/wire/index.ts'
import { RowCounter } from '../../lib/json/index.ts'
import { releaseMemory } from '../../lib/release-memory.ts'
import type { CheckReply, CheckRequest } from './chunk-check-protocol.ts'

const port = parentPort
if (port === null) throw new TypeError('this file runs as a worker thread')

interface Check {
  take(piece: Uint8Array): Promise<void>
  end(): Promise<number>
  abandon(): void
}

/** Takes a chunk block by block; `end` gives its rows. Both throw when it is none. */
interface Counter {
  push(block: Uint8Array): void
  end(): number
}

const checks = new Map<number, Check>()
/** Per chunk, what it has been told to do is done in order. */
const work = new Map<number, Promise<void>>()

port.on('message', (request: CheckRequest) => {
  const { id } = request
  const before = work.get(id) ?? Promise.resolve()
  work.set(
    id,
    before.then(() => handle(request)).catch((error: unknown) => fail(id, error)),
  )
})

async function handle(request: CheckRequest): Promise<void> {
  const { id } = request
  if ('start' in request) {
    const { encoding, format, columns } = request.start
    const counter = format === 'arrow' ? new ArrowRowCounter(columns) : new RowCounter(columns)
    checks.set(id, encoding === 'gzip' ? checkGzip(counter) : checkPlain(counter))
    return
  }
  // A chunk that has failed already is not looked at further.
  const check = checks.get(id)
  if ('piece' in request) {
    const { piece } = request
    const taken = piece.length
    try {
      await check?.take(piece)
    } finally {
      releaseMemory(piece)
      reply({ taken })
    }
    return
  }
  if (check === undefined) return
  if ('end' in request) reply({ id, rows: await check.end() })
  else check.abandon()
  forget(id)
}

function fail(id: number, error: unknown): void {
  checks.get(id)?.abandon()
  forget(id)
  reply({ id, problem: error instanceof Error ? error.message : String(error) })
}

function forget(id: number): void {
  checks.delete(id)
  work.delete(id)
}

function reply(message: CheckReply): void {
  port?.postMessage(message)
}

function checkPlain(counter: Counter): Check {
  return {
    async take(piece) {
      counter.push(piece)
    },
    end: async () => counter.end(),
    abandon: () => undefined,
  }
}

/** Concatenated members are one body; what is cut off, or followed by other bytes, is an error of zlib. */
function checkGzip(counter: Counter): Check {
  const gunzip: Gunzip = createGunzip()
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => undefined)
  gunzip.on('data', (block: Buffer) => {
    try {
      counter.push(block)
    } catch (error) {
      gunzip.destroy(error as Error)
    }
  })
  gunzip.on('end', () => ended.resolve())
  gunzip.on('error', (error) => ended.reject(error))
  return {
    take: (piece) => {
      const written = new Promise<void>((resolve, reject) => {
        gunzip.write(piece, (error) => (error ? reject(error) : resolve()))
      })
      return Promise.race([written, ended.promise])
    },
    async end() {
      gunzip.end()
      await ended.promise
      return counter.end()
    },
    abandon: () => void gunzip.destroy(),
  }
}
