/** A request as it is before anything is done to it, and its bytes: written by hand, so that broken ones can be, too. */
import { gzipSync } from 'node:zlib'

export interface HttpRequest {
  readonly method: string
  /** As it stands on the wire, without the query. */
  readonly path: string
  /** Names and values as they stand on the wire. */
  readonly query: readonly (readonly [string, string])[]
  readonly version: string
  /** Without the length, which is written last; with one of its own the request is not a whole one. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | null
}

export interface RequestParts {
  readonly query?: HttpRequest['query']
  readonly headers?: HttpRequest['headers']
  readonly json?: unknown
  /** Packs the body, and says so. */
  readonly gzip?: boolean
}

export function makeRequest(method: string, path: string, parts: RequestParts = {}): HttpRequest {
  const { query = [], headers = [], json, gzip = false } = parts
  const plain = json === undefined ? null : Buffer.from(JSON.stringify(json))
  const packed = plain !== null && gzip
  return {
    method,
    path,
    query,
    version: 'HTTP/1.1',
    headers: [
      ['host', 'icecore'],
      ['accept', 'application/json'],
      ...(plain === null ? [] : [['content-type', 'application/json'] as const]),
      ...(packed ? [['content-encoding', 'gzip'] as const] : []),
      ...headers,
    ],
    body: packed ? gzipSync(plain) : plain,
  }
}

function targetOf({ path, query }: Pick<HttpRequest, 'path' | 'query'>): string {
  const search = query.map(([name, value]) => `${name}=${value}`).join('&')
  return search === '' ? path : `${path}?${search}`
}

export function isPacked({ headers }: HttpRequest): boolean {
  return headers.some(([name, value]) => name === 'content-encoding' && value === 'gzip')
}

/** The text of the header, upper and lower case as it stands; bytes above 127 are latin-1. */
export function encodeRequest(request: HttpRequest, eol = '\r\n'): Buffer {
  const { method, version, headers, body } = request
  const hasLength = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const length = body === null || hasLength ? [] : [`content-length: ${body.length}`]
  const lines = [
    `${method} ${targetOf(request)} ${version}`.trimEnd(),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
  ]
  return Buffer.concat([Buffer.from(`${lines.join(eol)}${eol}${eol}`, 'latin1'), body ?? Buffer.alloc(0)])
}
