import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, it } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import type { ChunkDelivery } from '../../gate/index.ts'
import { sendChunk } from './chunk-response.ts'

const READER = { clock: new FakeClock(0), patience: 60_000 }

interface Received {
  /** Null when the connection broke. */
  readonly body: string | null
  readonly headers: Headers | null
}

/** Sends one delivery over a real socket, and gives what came of it at the other end. */
async function deliver(pieces: readonly (string | Error)[], more: Partial<ChunkDelivery> = {}): Promise<Received> {
  const release = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece
      yield Buffer.from(piece)
    }
  }
  const server = createServer((_request, response) => {
    void sendChunk({ encoding: 'identity', length: null, pieces: release(), ...more }, response, READER).catch(() => {
      response.writeHead(503).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return { body: response.ok ? await response.text() : `status ${response.status}`, headers: response.headers }
  } catch {
    return { body: null, headers: null }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a chunk on the socket', () => {
  it('goes out whole, and is not called JSON', async () => {
    const { body, headers } = await deliver(['["1"],', '["2"]'], { length: 11 })
    assert.equal(body, '["1"],["2"]')
    assert.equal(headers?.get('content-type'), 'application/octet-stream')
    assert.equal(headers?.get('content-length'), '11')
  })

  it('that fails before its first byte leaves the caller a status to give', async () => {
    assert.equal((await deliver([new Error('no record')])).body, 'status 503')
  })

  it('that fails later is broken off: a body of unknown length must not seem to end', async () => {
    assert.equal((await deliver(['["1"],', '["2"]', new Error('cut off')])).body, null)
  })

  it('whose client takes nothing more is broken off, and only after its time', async () => {
    const clock = new FakeClock(0)
    const ended = Promise.withResolvers<void>()
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(1024 * 1024)
      } finally {
        ended.resolve()
      }
    }
    const server = createServer((_request, response) => {
      const delivery = { encoding: 'identity', length: null, pieces: endless() } as const
      void sendChunk(delivery, response, { clock, patience: 60_000 })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.on('error', () => undefined)
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let isOver = false
    void ended.promise.then(() => {
      isOver = true
    })
    while (!isOver) {
      clock.advance(1000)
      await new Promise(setImmediate)
    }
    assert.ok(clock.monotonic() >= 60_000, `${clock.monotonic()} ms`)
    client.destroy()
    server.close()
  })
})
