/** The port that stands for cloud storage: result chunks by signed link (driver-protocol.md#result-chunks). */
import { open, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Faults } from '../faults.ts'
import type { ControlEndpoint } from './control-endpoint.ts'
import { sendText, targetOf } from './http.ts'
import type { QueryLog } from './query-log.ts'
import type { RequestLog } from './request-log.ts'
import type { ResultChunk } from './result-chunk.ts'
import { readChunk, type SpooledResult, writeChunk } from './result-spool.ts'
import { KEY_ALGORITHM_HEADER, type StorageLinks } from './storage-links.ts'

export interface StoragePortParts {
  readonly control: ControlEndpoint
  readonly faults: Faults
  readonly links: StorageLinks
  readonly log: QueryLog
  readonly requests: RequestLog
  readonly now: () => number
}

interface Wanted {
  readonly result: SpooledResult
  readonly chunk: ResultChunk
}

const CORRUPT_BYTES = 64

class StorageRefusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export class StoragePort {
  readonly #parts: StoragePortParts

  constructor(parts: StoragePortParts) {
    this.#parts = parts
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = targetOf(request)
    if (await this.#parts.control.handle(path, request, response)) return
    const note = this.#parts.requests.note('storage', request, path, query, this.#parts.now())
    response.on('finish', () => note.answered(response.statusCode))
    try {
      await this.#send(this.#find(request, path, query), request, response)
    } catch (error) {
      if (!(error instanceof StorageRefusal)) {
        request.socket.destroy()
        return
      }
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`
      await sendText(request, response, error.status, 'application/xml', body)
    }
  }

  #find(request: IncomingMessage, path: string, query: URLSearchParams): Wanted {
    const { faults, links, log } = this.#parts
    if (request.method !== 'GET') throw new StorageRefusal(405, 'MethodNotAllowed', 'The method is not allowed.')
    if (request.headers.authorization !== undefined) {
      // As S3: a signed link and an Authorization header exclude each other. The request log keeps that it was there.
      throw new StorageRefusal(400, 'InvalidArgument', 'Only one auth mechanism allowed')
    }
    if (faults.take('chunk-503') > 0) throw new StorageRefusal(503, 'SlowDown', 'Please reduce your request rate.')
    if (faults.take('chunk-403') > 0) throw new StorageRefusal(403, 'AccessDenied', 'Access Denied')
    const wanted = links.parsePath(path)
    if (wanted === null) throw new StorageRefusal(403, 'AccessDenied', 'Access Denied')
    const check = links.check(path, query)
    if (check === 'forged') throw new StorageRefusal(403, 'SignatureDoesNotMatch', 'The signature does not match.')
    if (check === 'expired') throw new StorageRefusal(403, 'AccessDenied', 'Request has expired')
    if (!links.hasChunkHeaders(wanted.queryId, request.headers)) {
      throw new StorageRefusal(403, 'AccessDenied', 'The encryption key headers are missing or wrong.')
    }
    const state = log.find(wanted.queryId)?.state
    const result = state?.kind === 'succeeded' ? state.result : undefined
    const chunk = result?.chunks[wanted.index]
    if (result === undefined || chunk === undefined)
      throw new StorageRefusal(404, 'NoSuchKey', 'The specified key does not exist.')
    return { result, chunk }
  }

  async #send(wanted: Wanted, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { chunk } = wanted
    const slowness = this.#parts.faults.take('chunk-slow')
    if (slowness > 0) await delay(slowness)
    if (this.#parts.faults.take('chunk-broken') > 0) {
      const bytes = await readFile(chunk.file)
      response.writeHead(200, chunkHead(bytes.length))
      response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.resetAndDestroy())
      return
    }
    const spoiled = await this.#spoil(wanted)
    if (spoiled !== null) {
      response.writeHead(200, chunkHead(spoiled.length))
      response.end(spoiled)
      return
    }
    // Opened first: a stream whose client has gone would throw a failure to open where nobody catches it.
    const file = await open(chunk.file)
    response.writeHead(200, chunkHead(chunk.compressedSize))
    await pipeline(file.createReadStream(), response)
  }

  /** The body of a chunk that ends cleanly but is wrong; null when no such fault is set. */
  async #spoil({ result, chunk }: Wanted): Promise<Buffer | null> {
    const { faults } = this.#parts
    const body = async () => gunzipSync(await readFile(chunk.file))
    if (faults.take('chunk-invalid') > 0) return gzipSync('this is neither JSON nor Arrow')
    if (faults.take('chunk-corrupt') > 0) {
      const whole = await body()
      return gzipSync(whole.fill(0xff, whole.length / 2, whole.length / 2 + CORRUPT_BYTES))
    }
    if (faults.take('chunk-short') > 0) {
      const whole = await body()
      return gzipSync(whole.subarray(0, whole.length / 2))
    }
    if (faults.take('chunk-row-count') > 0) {
      return gzipSync(writeChunk(result, readChunk(result, await body()).slice(0, -1)))
    }
    if (faults.take('chunk-cut-gzip') > 0) {
      const bytes = await readFile(chunk.file)
      return bytes.subarray(0, bytes.length / 2)
    }
    return null
  }
}

function chunkHead(length: number): Record<string, string | number> {
  return {
    'content-type': 'application/octet-stream',
    'content-encoding': 'gzip',
    'content-length': length,
    [KEY_ALGORITHM_HEADER]: 'AES256',
  }
}
