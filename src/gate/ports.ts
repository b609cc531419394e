/**
 * What the gate asks of the world. Adapters implement these; the gate, and through it every door, knows nothing else
 * of sockets, files and keys.
 */
import type { Principal } from '../core/identity/index.ts'
import type { EventInput, RecordedEvent } from '../core/recording/index.ts'
import type { AnswerEnvelope, Context } from '../core/wire/index.ts'
import type { Secret } from '../lib/secret.ts'

/** The journal, as the gate sees it. */
export interface Recorder {
  /**
   * Resolves when all events are durable, in this order. Rejects with ICE_RECORD_UNAVAILABLE when they are not: the
   * caller must then neither send nor release anything.
   */
  append(...events: readonly EventInput[]): Promise<void>
  /**
   * Where the record stands: number of the newest durable event and the beginning of its hash. It goes into query tags,
   * so that Snowflake's own history vouches for the record.
   */
  head(): string
  /** Why nothing can be recorded at present; null when all is well. */
  failure(): string | null
}

export interface TokenVerifier {
  /**
   * Checks a bearer token and says who acts.
   * Rejects with ICE_TOKEN_INVALID (details.reason is the class, cause the detail), ICE_ISSUER_UNAVAILABLE or
   * ICE_CERTIFICATE_UNTRUSTED.
   */
  verify(token: string): Promise<Principal>
}

export type ParameterValue = string | number | boolean

/** A log-in at the upstream with Icecore's own credential. */
export interface UpstreamLogin {
  readonly connection: string
  readonly role: string
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** The result format and the limits depend on the client: its claimed application and version go upstream. */
  readonly application: string
  readonly applicationVersion: string
}

export interface UpstreamConnector {
  /** Names and facts of the registered connections; never a credential. */
  connection(name: string): ConnectionFacts | undefined
  /** The connection whose name, or whose account where only one has it, is this (case-insensitive). */
  resolve(account: string): ConnectionFacts | undefined
  /**
   * Opens an upstream session: role pinned, secondary roles off, both read back.
   * Rejects with ICE_UPSTREAM_UNAVAILABLE, ICE_UPSTREAM_LOGIN_FAILED or ICE_CERTIFICATE_UNTRUSTED.
   */
  open(login: UpstreamLogin): Promise<UpstreamSession>
  /**
   * The session that another process had opened, from what it kept of it; nothing is asked of the upstream.
   * Throws ICE_UPSTREAM_SESSION_LOST when the connection is not there any more, or what was kept cannot be read.
   */
  resume(connection: string, kept: Secret): UpstreamSession
  close(): Promise<void>
}

export interface ConnectionFacts {
  readonly name: string
  readonly account: string
  /** Icecore's own user there: nothing that an agent sends may change its authentication. */
  readonly user: string
  readonly defaultRole: string
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  /** Stands for where the connection leads: another one once a reload has led it elsewhere. */
  readonly place: object
}

export interface QuerySubmission {
  /** UUID; the upstream runs one statement per id, so a repeated submission is answered, not run again. */
  readonly requestId: string
  /** The JSON body. The value of `sqlText` in it is the client's own bytes. */
  readonly body: Uint8Array
}

/**
 * One session at the upstream. Renewal, retries of lost connections and the credential are its own business; every
 * answer comes back as Snowflake's envelope, its bytes kept. All methods reject with ICE_UPSTREAM_UNAVAILABLE when
 * retrying did not help, ICE_CERTIFICATE_UNTRUSTED when it is not who it should be, ICE_UPSTREAM_SESSION_LOST when the session is gone for good, ICE_UPSTREAM_PROTOCOL when the
 * answer is no envelope.
 */
export interface UpstreamSession {
  /** The upstream's own session id, as decimal text (it may exceed 2^53). */
  readonly id: string
  readonly context: Context
  /** Effective session parameters as the upstream reported them at log-in. */
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly serverVersion: string
  submit(query: QuerySubmission, signal?: AbortSignal): Promise<AnswerEnvelope>
  /** `GET /queries/{id}/result`: holds up to 45 s, may answer 333333 again. */
  result(queryId: string, signal?: AbortSignal): Promise<AnswerEnvelope>
  /** `GET /monitoring/queries/{id}`: the bytes of the envelope. */
  status(queryId: string): Promise<Uint8Array>
  abort(query: { readonly requestId: string } | { readonly queryId: string }): Promise<void>
  heartbeat(): Promise<void>
  /** What another process needs to go on with the session: its tokens and facts. */
  keep(): Secret
  /** Calls back, and waits, whenever the upstream has given new tokens, before the first request goes out with them. */
  onRenewal(listener: () => Promise<void>): void
  /** Log-out. Never rejects: a session that cannot be closed ends at the upstream by itself. */
  close(): Promise<void>
  /** Opens a result chunk at cloud storage. No session token is sent there. */
  openChunk(source: ChunkSource, signal?: AbortSignal): Promise<ChunkBody>
}

export interface ChunkSource {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface ChunkBody {
  readonly encoding: 'identity' | 'gzip'
  /** Content-Length, when storage gave one. */
  readonly length: number | null
  /** The body as it comes. Ends with an error when the connection breaks or the length does not fit. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Encrypts what must be stored and not be read there. `purpose` must be the same on both ways. */
export interface Sealer {
  seal(text: Secret, purpose: string): string
  /** Throws ICE_KEY_INVALID for what was sealed under another key or for another purpose, or changed since. */
  open(sealed: string, purpose: string): Secret
}

type Recorded<T extends RecordedEvent['type']> = Extract<RecordedEvent, { readonly type: T }>

/** A session that had not ended when the last process did. */
export interface PastSession {
  readonly opened: Recorded<'session.opened'>
  /** In order: renewals of either side's tokens, and the last state. */
  readonly changes: readonly Recorded<'session.renewed' | 'session.upstreamRenewed' | 'session.state'>[]
  /** Wall clock of its last event, milliseconds. */
  readonly lastAt: number
  readonly statements: number
  /** Statements that have ended and of which the upstream had given an id: at least so many queries are its own there. */
  readonly queries: number
  /** Context after its last statement that ended well; null when none has. */
  readonly lastCompleted: Recorded<'statement.completed'> | null
  /** Statements that had not ended. */
  readonly open: readonly PastStatement[]
}

/** The client's id of the request, or Icecore's stand-in for the query id. */
export type StatementKey = { readonly requestId: string } | { readonly pendingId: string }

export interface PastStatement {
  readonly received: Recorded<'statement.received'>
  /** Null when it had not been sent. */
  readonly sent: Recorded<'statement.sent'> | null
  /** The upstream's id, if it had given one. */
  readonly queryId: string | null
  /** Null when it had not ended. */
  readonly ended: RecordedEvent | null
}

/** A result that can be fetched later, and whose it is. */
export interface Handle {
  readonly queryId: string
  readonly principal: string
  readonly connection: string
  readonly role: string | null
  readonly session: string
  readonly statement: string
  readonly openedAt: number
}

export interface PastLink {
  readonly session: string
  readonly statement: string
  readonly schema: Recorded<'result.schema'>
}

/** What earlier processes left on record of the sessions that still live. */
export interface Past {
  sessions(): AsyncIterable<PastSession>
  /** Oldest first, opened after `since` (wall clock, milliseconds). */
  handles(since: number): AsyncIterable<Handle>
  /** The newest statement of the session that a driver may ask for with this. */
  statement(session: string, key: StatementKey): Promise<PastStatement | null>
  /** The result whose chunk links have this hash. */
  link(tokenHash: string): Promise<PastLink | null>
}

/** Counts what is in a chunk without keeping it; the work is done off the event loop. */
export interface ChunkChecker {
  start(chunk: ChunkForm): ChunkCheck
}

export interface ChunkForm {
  readonly encoding: 'identity' | 'gzip'
  readonly format: 'json' | 'arrow'
  readonly columns: number
}

export interface ChunkCheck {
  /** Resolves when more may come. Rejects, here or in `end`, when the bytes are no rows of that width. */
  push(bytes: Uint8Array): Promise<void>
  /** The rows in the whole chunk. Rejects with ICE_UPSTREAM_PROTOCOL when it was cut off, or is no chunk. */
  end(): Promise<number>
  abandon(): void
}
