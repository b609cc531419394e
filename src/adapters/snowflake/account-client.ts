/** Calls to one account: envelopes over the transport, with retries. Tokens come with each call. */
import { type AnswerEnvelope, meansSessionTokenExpired, readEnvelope } from '../../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Secret } from '../../lib/secret.ts'
import { permittedUrl, type SnowflakeConnection } from './connection.ts'
import type { SnowflakeOptions } from './options.ts'
import { type Attempt, type RetryTools, retrying } from './retrying.ts'
import { type HttpAnswer, Transport } from './transport.ts'
import { TransportFailure } from './transport-failure.ts'

export interface Call {
  /** For logs. */
  readonly what: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Query parameters besides the attempt's own. */
  readonly query: Readonly<Record<string, string>>
  /** Made anew for each attempt: a log-in's token must be fresh. */
  readonly body?: () => Uint8Array | Promise<Uint8Array>
  readonly token: Secret | null
  readonly accept: 'application/json' | 'application/snowflake'
  /** A query tells the upstream about its retries, as drivers do (driver-protocol.md#request-ids). */
  readonly reportsRetries?: boolean
  readonly timeoutMs?: number
  readonly attempts?: number
  readonly signal?: AbortSignal | undefined
}

/** How the last call to an account went. */
export interface LastWord {
  /** Wall clock, milliseconds. */
  readonly at: number
  /** Code and message of the error; null when it answered. */
  readonly error: string | null
}

export interface ClientTools extends RetryTools {
  readonly ids: Ids
}

/** 503 and the like, of the upstream or of a proxy before it. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

export class AccountClient {
  readonly transport: Transport
  readonly #base: URL
  readonly #options: SnowflakeOptions
  readonly #tools: ClientTools
  #lastWord: LastWord | null = null

  constructor(connection: SnowflakeConnection, options: SnowflakeOptions, tools: ClientTools) {
    this.#base = permittedUrl(connection.url, connection.loosen.plainHttp === true, "the connection's url")
    this.#options = options
    this.#tools = tools
    this.transport = new Transport(connection.ca, options, tools.clock)
  }

  /** Rejects with ICE_UPSTREAM_UNAVAILABLE, ICE_UPSTREAM_PROTOCOL, or the signal's reason. */
  async call(call: Call): Promise<AnswerEnvelope> {
    try {
      const answer = await this.#call(call)
      this.note(null)
      return answer
    } catch (error) {
      // What a caller gave up says nothing of the account.
      if (isIcecoreError(error)) this.note(error)
      throw error
    }
  }

  /** Null before the first call. */
  get lastWord(): LastWord | null {
    return this.#lastWord
  }

  /** How a call, or what was made of its answer, went. */
  note(error: IcecoreError | null): void {
    const detail = error?.cause instanceof Error ? ` ${error.cause.message}` : ''
    this.#lastWord = {
      at: this.#tools.clock.now(),
      error: error === null ? null : `${error.code}: ${error.message}${detail}`,
    }
  }

  #call(call: Call): Promise<AnswerEnvelope> {
    const startedAt = this.#tools.clock.now()
    const retry = { ...this.#options.retry, attempts: call.attempts ?? this.#options.retry.attempts }
    return retrying(call.what, retry, this.#tools, (attempt) => this.#attempt(call, attempt, startedAt), call.signal)
  }

  async #attempt(call: Call, attempt: Attempt, startedAt: number): Promise<AnswerEnvelope> {
    const url = new URL(call.path, this.#base)
    for (const [name, value] of Object.entries(call.query)) url.searchParams.set(name, value)
    url.searchParams.set('request_guid', this.#tools.ids.uuid())
    if (call.reportsRetries === true && attempt.number > 0) {
      url.searchParams.set('clientStartTime', String(startedAt))
      url.searchParams.set('retryCount', String(attempt.number))
      url.searchParams.set('retryReason', String(attempt.reason))
    }
    const answer = await this.transport.send({
      method: call.method,
      url,
      headers: {
        accept: call.accept,
        'accept-encoding': 'gzip',
        'content-type': 'application/json',
        'user-agent': 'Icecore',
        ...(call.token === null ? {} : { authorization: `Snowflake Token="${call.token.reveal()}"` }),
      },
      ...(call.body === undefined ? {} : { body: await call.body() }),
      timeoutMs: call.timeoutMs ?? this.#options.timeouts.requestMs,
      signal: call.signal,
    })
    return readAnswer(answer)
  }
}

function readAnswer({ status, contentType, body }: HttpAnswer): AnswerEnvelope {
  if (isTransient(status)) throw new TransportFailure(`HTTP status ${status}`, { sent: 'maybe', status })
  // Snowflake answers 200 to everything; some put an envelope into a 401.
  if (status !== 200 && status !== 401) throw protocolError(`it has the HTTP status ${status}`)
  if (!/json|application\/snowflake/i.test(contentType)) throw protocolError('its content type is not JSON')
  const envelope = readEnvelope(body)
  if (status === 401 && envelope.success && !meansSessionTokenExpired(envelope.code)) {
    throw protocolError('it has the HTTP status 401')
  }
  return envelope
}

function protocolError(reason: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason })
}
