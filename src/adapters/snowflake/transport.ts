/** HTTP to one upstream: sockets, time limits, size limits. Knows nothing of Snowflake's envelopes. */
import { Agent, type Dispatcher } from 'undici'
import { IcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { UnpackedTooLarge, unpackGzip } from '../../lib/unpack-gzip.ts'
import { trustedCertificates } from '../tls/index.ts'
import { AnswerCollector } from './answer-collector.ts'
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
  readonly #options: SnowflakeOptions

  constructor(ca: string | null, options: SnowflakeOptions, clock: Clock) {
    this.#clock = clock
    this.#options = options
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
    request.signal?.throwIfAborted()
    const collector = new AnswerCollector({ maxBytes: this.#options.maxAnswerBytes, tooLarge: () => this.#tooLarge() })
    const timer = this.#clock.timer(request.timeoutMs, () => collector.cancel(timeLimitPassed()))
    const onAbort = (): void => collector.cancel(request.signal?.reason as Error)
    request.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      this.#agent.dispatch(dispatchOptions(request), collector)
      const { status, headers, body } = await collector.answer
      return { status, contentType: headerText(headers['content-type']), body: await this.#unpack(headers, body) }
    } catch (error) {
      request.signal?.throwIfAborted()
      throw error instanceof IcecoreError || error instanceof TransportFailure ? error : failureOf(error)
    } finally {
      timer.cancel()
      request.signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Sends, and resolves with the headers. Redirects are answers like any other: none is followed. */
  async open(request: Omit<HttpRequest, 'timeoutMs' | 'signal'>, signal: AbortSignal): Promise<HttpStream> {
    const { statusCode, headers, body } = await this.#agent.request({ ...dispatchOptions(request), signal })
    return { status: statusCode, headers, body }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #unpack(headers: HttpStream['headers'], body: Uint8Array): Promise<Uint8Array> {
    const encoding = headerText(headers['content-encoding']).toLowerCase()
    if (encoding === '' || encoding === 'identity') return body
    if (encoding !== 'gzip') throw protocolError('the answer has a content encoding that was not asked for')
    try {
      return await unpackGzip(body, this.#options.maxAnswerBytes)
    } catch (error) {
      throw error instanceof UnpackedTooLarge ? this.#tooLarge() : error
    }
  }

  #tooLarge(): IcecoreError {
    return protocolError(`the answer is larger than ${this.#options.maxAnswerBytes} bytes`)
  }
}

function dispatchOptions({ url, method, headers, body }: Omit<HttpRequest, 'timeoutMs' | 'signal'>) {
  return { origin: url.origin, path: `${url.pathname}${url.search}`, method, headers, body: body ?? null }
}

function timeLimitPassed(): TransportFailure {
  return new TransportFailure('the time limit passed', { sent: 'maybe' })
}

export function headerText(value: string | string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.join(', ')) ?? ''
}

function protocolError(reason: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason })
}
