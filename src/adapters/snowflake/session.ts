import {
  type AnswerEnvelope,
  type Context,
  encodeAbortRequest,
  isQueryId,
  type ParameterValue,
} from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { ChunkBody, ChunkSource, QuerySubmission, UpstreamSession } from '../../gate/ports.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import type { ChunkStore } from './chunk-store.ts'
import { type SessionTarget, writeKeptSession } from './kept-session.ts'
import type { TimeoutOptions } from './options.ts'
import type { SessionTokens } from './session-tokens.ts'

export interface SessionParts {
  readonly target: SessionTarget
  readonly tokens: SessionTokens
  readonly chunks: ChunkStore
  readonly timeouts: TimeoutOptions
  readonly ids: Ids
  readonly log: Log
}

/** What is known of a session once its role and parameters were read back. */
export interface SessionFacts {
  readonly id: string
  readonly context: Context
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly serverVersion: string
}

export class SnowflakeSession implements UpstreamSession {
  readonly id: string
  readonly context: Context
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly serverVersion: string
  readonly #parts: SessionParts

  constructor(facts: SessionFacts, parts: SessionParts) {
    this.id = facts.id
    this.context = facts.context
    this.parameters = facts.parameters
    this.serverVersion = facts.serverVersion
    this.#parts = parts
  }

  /** The same session with what was read back of it. */
  withFacts(facts: Omit<SessionFacts, 'id' | 'serverVersion'>): SnowflakeSession {
    return new SnowflakeSession({ id: this.id, serverVersion: this.serverVersion, ...facts }, this.#parts)
  }

  submit({ requestId, body }: QuerySubmission, signal?: AbortSignal): Promise<AnswerEnvelope> {
    return this.#parts.tokens.call({
      what: 'query',
      method: 'POST',
      path: '/queries/v1/query-request',
      query: { requestId },
      body: () => body,
      accept: 'application/snowflake',
      reportsRetries: true,
      signal,
    })
  }

  async result(queryId: string, signal?: AbortSignal): Promise<AnswerEnvelope> {
    return this.#parts.tokens.call({
      what: 'result',
      method: 'GET',
      path: `/queries/${checked(queryId)}/result`,
      query: {},
      accept: 'application/snowflake',
      signal,
    })
  }

  async status(queryId: string): Promise<Uint8Array> {
    const answer = await this.#parts.tokens.call({
      what: 'status',
      method: 'GET',
      path: `/monitoring/queries/${checked(queryId)}`,
      query: {},
      accept: 'application/json',
    })
    return answer.document.bytes
  }

  async abort(query: { readonly requestId: string } | { readonly queryId: string }): Promise<void> {
    const byId = 'queryId' in query
    const answer = await this.#parts.tokens.call({
      what: 'abort',
      method: 'POST',
      path: byId ? `/queries/${checked(query.queryId)}/abort-request` : '/queries/v1/abort-request',
      query: { requestId: this.#parts.ids.uuid() },
      body: () => (byId ? Buffer.from('{}') : encodeAbortRequest(query.requestId)),
      accept: 'application/json',
    })
    // 000605: it is not running (any more). Nothing is left to abort.
    if (!answer.success) this.#parts.log.info('upstream.abort_refused', { session: this.id, code: answer.code })
  }

  keep(): Secret {
    const { id, context, parameters, serverVersion } = this
    const { target } = this.#parts
    return writeKeptSession({ target, id, context, parameters, serverVersion, ...this.#parts.tokens.tokens })
  }

  onRenewal(listener: () => Promise<void>): void {
    this.#parts.tokens.onRenewal(listener)
  }

  async heartbeat(): Promise<void> {
    const answer = await this.#parts.tokens.call({
      what: 'heartbeat',
      method: 'POST',
      path: '/session/heartbeat',
      query: { requestId: this.#parts.ids.uuid() },
      body: () => Buffer.from('{}'),
      accept: 'application/json',
    })
    if (!answer.success) this.#parts.log.warn('upstream.heartbeat_refused', { session: this.id, code: answer.code })
  }

  async close(): Promise<void> {
    try {
      await this.#parts.tokens.call({
        what: 'log-out',
        method: 'POST',
        path: '/session',
        query: { delete: 'true', requestId: this.#parts.ids.uuid() },
        body: () => Buffer.from('{}'),
        accept: 'application/json',
        timeoutMs: this.#parts.timeouts.logoutMs,
        attempts: 2,
      })
    } catch (error) {
      // It ends at the upstream by itself when nobody renews it.
      const code = error instanceof IcecoreError ? error.code : 'unknown'
      this.#parts.log.warn('upstream.logout_failed', { session: this.id, code })
    } finally {
      this.#parts.tokens.forget()
    }
  }

  openChunk(source: ChunkSource, signal?: AbortSignal): Promise<ChunkBody> {
    return this.#parts.chunks.open(source, signal)
  }
}

/** Ids go into paths: nothing but a UUID gets there. */
function checked(queryId: string): string {
  if (!isQueryId(queryId)) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
  return queryId
}
