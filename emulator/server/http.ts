/** The HTTP ground of both ports: bodies in (gzip or not, bounded), JSON out (gzip where the client takes it). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import { isJsonObject, type JsonObject, toJson } from './json.ts'
import { badRequest, ProtocolError } from './protocol-error.ts'

const gzipAsync = promisify(gzip)

/** Answers smaller than this are not worth compressing. */
const GZIP_FROM_BYTES = 1024
const GZIP_MAGIC = 0x1f8b

export interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

/** The path with `//` collapsed (Python's driver 5.x asks `/monitoring/queries//<id>`) and the query. */
export function targetOf(request: IncomingMessage): Target {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2)
  return { path: path.replaceAll(/\/{2,}/g, '/'), query: new URLSearchParams(query) }
}

/** Reads a body; gunzips by header or by magic (some proxies drop the header). */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const raw = await collect(request, maxBytes)
  const zipped =
    request.headers['content-encoding'] === 'gzip' || (raw.length > 2 && raw.readUInt16BE(0) === GZIP_MAGIC)
  if (!zipped) return raw
  const gunzip = createGunzip()
  gunzip.end(raw)
  try {
    return await collect(gunzip, maxBytes)
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause
    throw badRequest('the body is not gzip')
  }
}

export async function readJson(request: IncomingMessage, maxBytes: number): Promise<JsonObject> {
  const body = await readBody(request, maxBytes)
  if (body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw badRequest('the body is not JSON')
  }
  if (!isJsonObject(value)) throw badRequest('the body is not a JSON object')
  return value
}

export async function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
): Promise<void> {
  await sendText(request, response, status, 'application/json', toJson(value))
}

export async function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  contentType: string,
  text: string,
): Promise<void> {
  if (response.destroyed || response.headersSent) return
  const plain = Buffer.from(text, 'utf8')
  const zip = plain.length >= GZIP_FROM_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = zip ? await gzipAsync(plain, { level: 1 }) : plain
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    vary: 'Accept-Encoding',
    ...(zip && { 'content-encoding': 'gzip' }),
  })
  response.end(body)
}

async function collect(source: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of source) {
    size += part.length
    if (size > maxBytes) throw new ProtocolError('390413', `The body is larger than ${maxBytes} bytes.`, null, 413)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
