/**
 * Process: an upstream that costs next to nothing, so that what is measured is the way to it. It takes any log-in, answers
 * a one-row SELECT after a fixed time, and serves chunks made beforehand from a second port that stands for cloud storage.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { serveBench } from './child-side.ts'
import { listenLocally } from './local-server.ts'
import { type ChunkFormat, type PreparedChunk, prepareChunks } from './prepared-chunks.ts'
import { STORAGE_HEADER } from './storage-header.ts'
import { chunkedData, loginData, oneRowData, ownStatementData, rowsWanted } from './stub-answers.ts'

export interface StubOptions {
  /** Milliseconds until a SELECT of the bench is answered. */
  readonly latencyMs: number
  /** Chunks to prepare; further ones are the same again. */
  readonly chunks: number
  readonly format: ChunkFormat
}

export interface StubReady {
  readonly account: string
  readonly storage: string
  /** Bytes of one prepared chunk on average, as sent and unpacked. */
  readonly chunkBytes: number
  readonly chunkPlainBytes: number
}

const { latencyMs, chunks: count, format } = JSON.parse(process.argv[2] ?? '') as StubOptions
const chunks = await prepareChunks(count, format)

const storage = await listenLocally((request, response) => {
  const chunk = chunks[Number(request.url?.slice(1))]
  if (chunk === undefined) return void response.writeHead(404).end()
  const headers = { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' }
  response.writeHead(200, { ...headers, 'content-length': chunk.gzip.length }).end(chunk.gzip)
})

const account = await listenLocally((request, response) => {
  answer(request).then(
    (data) => respond(request, response, data),
    () => response.destroy(),
  )
})

async function answer(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request)
  const { pathname } = new URL(request.url ?? '/', 'http://stub')
  if (pathname === '/session/v1/login-request') return loginData()
  if (pathname !== '/queries/v1/query-request') return null
  const { sqlText } = JSON.parse(body.toString()) as { readonly sqlText: string }
  const own = ownStatementData(sqlText)
  if (own !== null) return own
  await new Promise((resolve) => setTimeout(resolve, latencyMs))
  const rows = rowsWanted(sqlText)
  return rows === null ? oneRowData() : chunkedData(rows, chunks, { storage: storageUrl(request), format })
}

function storageUrl(request: IncomingMessage): string {
  const given = request.headers[STORAGE_HEADER]
  return typeof given === 'string' ? given : storage.url
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** Packed for who takes it, as Snowflake's answers are. */
function respond(request: IncomingMessage, response: ServerResponse, data: unknown): void {
  const plain = Buffer.from(JSON.stringify({ data, code: null, message: null, success: true }))
  const takesGzip = String(request.headers['accept-encoding'] ?? '').includes('gzip')
  const body = takesGzip ? gzipSync(plain, { level: 1 }) : plain
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  response.writeHead(200, takesGzip ? { ...headers, 'content-encoding': 'gzip' } : headers).end(body)
}

function average(sizeOf: (chunk: PreparedChunk) => number): number {
  return chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0) / Math.max(1, chunks.length)
}

serveBench<StubReady>(
  {
    account: account.url,
    storage: storage.url,
    chunkBytes: average((chunk) => chunk.gzip.length),
    chunkPlainBytes: average((chunk) => chunk.plainBytes),
  },
  async () => {
    account.close()
    storage.close()
  },
)
