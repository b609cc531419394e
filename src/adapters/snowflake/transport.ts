/** HTTP to one upstream: sockets, time limits, size limits. Knows nothing of Snowflake's envelopes. */
import { getCACertificates } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { IcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { UnpackedTooLarge, unpackGzip } from '../../lib/unpack-gzip.ts'
import type { SnowflakeOptions } from './options.ts'
import { failureOf, TransportFailure } from './transport-failure.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  /** Decompressed. */
  readonly body: Uint8Array
}

/** The headers of an answer, whose body is still to be read. */
export interface HttpStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Dispatcher.ResponseData['body']
}

export class Transport {
  readonly #agent: Agent
  readonly #clock: Clock
  readonly #maxAnswerBytes: number

  constructor(ca: string | null, options: SnowflakeOptions, clock: Clock) {
    this.#clock = clock
    this.#maxAnswerBytes = options.maxAnswerBytes
    this.#agent = new Agent({
      connections: options.maxSockets,
      pipelining: 1,
      // Time limits are this class's own, by its clock; undici's would cut a held query.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: options.timeouts.connectMs, ca: [...trustedCertificates(ca)] },
    })
  }

  /** One attempt, whole answer. Rejects with TransportFailure, ICE_UPSTREAM_PROTOCOL, or the signal's reason. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const limit = new AbortController()
    const timer = this.#clock.timer(request.timeoutMs, () => limit.abort())
    const signal = AbortSignal.any(request.signal === undefined ? [limit.signal] : [limit.signal, request.signal])
    try {
      const { status, headers, body } = await this.open(request, signal)
      return { status, contentType: headerText(headers['content-type']), body: await this.#readBody(headers, body) }
    } catch (error) {
      request.signal?.throwIfAborted()
      if (limit.signal.aborted) throw new TransportFailure('the time limit passed', { sent: 'maybe', final: false })
      throw error instanceof IcecoreError ? error : failureOf(error)
    } finally {
      timer.cancel()
    }
  }

  /** Sends, and resolves with the headers. Redirects are answers like any other: none is followed. */
  async open(request: Omit<HttpRequest, 'timeoutMs' | 'signal'>, signal: AbortSignal): Promise<HttpStream> {
    const { statusCode, headers, body } = await this.#agent.request({
      origin: request.url.origin,
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      signal,
    })
    return { status: statusCode, headers, body }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #readBody(headers: HttpStream['headers'], body: HttpStream['body']): Promise<Uint8Array> {
    const encoding = headerText(headers['content-encoding']).toLowerCase()
    const packed = encoding === 'gzip'
    if (!packed && encoding !== '' && encoding !== 'identity') {
      throw protocolError('the answer has a content encoding that was not asked for')
    }
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of body as AsyncIterable<Uint8Array>) {
      size += part.length
      if (size > this.#maxAnswerBytes) throw this.#tooLarge()
      parts.push(part)
    }
    const received = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size)
    return packed ? this.#unpack(received) : received
  }

  async #unpack(packed: Uint8Array): Promise<Uint8Array> {
    try {
      return await unpackGzip(packed, this.#maxAnswerBytes)
    } catch (error) {
      throw error instanceof UnpackedTooLarge ? this.#tooLarge() : error
    }
  }

  #tooLarge(): IcecoreError {
    return protocolError(`the answer is larger than ${this.#maxAnswerBytes} bytes`)
  }
}

export function headerText(value: string | string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.join(', ')) ?? ''
}

function protocolError(reason: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason })
}

/** What Node trusts, what the system trusts, and the connection's own. */
function trustedCertificates(ca: string | null): ReadonlySet<string> {
  return new Set([...getCACertificates('default'), ...getCACertificates('system'), ...(ca === null ? [] : [ca])])
}
