import { Agent, type Dispatcher, request } from 'undici'
import type { Clock } from '../../lib/clock.ts'
import { certificateError, trustedCertificates } from '../tls/index.ts'

export interface HttpAnswer {
  readonly status: number
  readonly cacheControl: string | null
  readonly body: Uint8Array
}

/**
 * Fetches one document of an issuer. Rejects when it takes too long or is too large, and with
 * ICE_CERTIFICATE_UNTRUSTED; never follows a redirect.
 */
export type HttpGet = (url: URL, limits: HttpLimits) => Promise<HttpAnswer>

export interface HttpLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

export function createHttpGet(options: { readonly ca: string | null; readonly clock: Clock }): HttpGet {
  // pipelining 0: a connection per document, since keys are fetched a few times an hour and nothing need stay open.
  const ca = options.ca ?? [...trustedCertificates()]
  const dispatcher = new Agent({ pipelining: 0, connect: { ca } })
  return (url, limits) => get(dispatcher, options.clock, url, limits)
}

async function get(dispatcher: Dispatcher, clock: Clock, url: URL, limits: HttpLimits): Promise<HttpAnswer> {
  // One limit for the whole exchange: a server that sends a byte now and then would never meet a limit on idleness.
  const abort = new AbortController()
  const timer = clock.timer(limits.timeoutMs, () => abort.abort(new Error(`no answer within ${limits.timeoutMs} ms`)))
  try {
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' }
    const answer = await request(url, { dispatcher, headers, signal: abort.signal })
    const body = await readBody(answer.body, limits.maxBytes)
    const { 'cache-control': cacheControl, 'content-encoding': encoding } = answer.headers
    if (encoding !== undefined && encoding !== 'identity')
      throw new Error('the answer is encoded, which was not asked for')
    return { status: answer.statusCode, cacheControl: typeof cacheControl === 'string' ? cacheControl : null, body }
  } catch (error) {
    throw certificateError(codeOf(error), ISSUER) ?? error
  } finally {
    timer.cancel()
  }
}

const ISSUER = { name: 'the token issuer', setting: 'ca_file of the issuer' }

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

async function readBody(stream: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let bytes = 0
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
