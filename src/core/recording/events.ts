/**
 * The events of a recording: what the journal holds, in the order in which it became durable.
 *
 * An event is a header (JSON, this file) and, for rows, a body of bytes exactly as they were delivered. Everything
 * the record says is folded from these events; nothing else is authoritative. `docs/reference/recording-format.md`
 * describes how they lie on disk.
 */
import type { SessionPrincipal } from '../identity/index.ts'
import type { StateChange } from '../statement/index.ts'
import type { Binding, ColumnFacts, Context } from '../wire/index.ts'

/** What the driver says of itself: kept as claimed, trusted for nothing that grants. */
export interface ClaimedClient {
  readonly application: string
  readonly version: string
  readonly loginName: string | null
  /** `CLIENT_ENVIRONMENT` of the driver's log-in, size-capped. */
  readonly environment: Readonly<Record<string, unknown>>
}

export interface NetworkFacts {
  readonly address: string
  /** Trusted proxies between the address and Icecore, the nearest last; left out where there are none. */
  readonly via?: readonly string[]
  readonly userAgent: string | null
}

export type Door = 'driver' | 'sql-api' | 'mcp' | 'api'

/** A session of Icecore's own came through no door. */
export type SessionDoor = Door | 'none'

export interface DecisionReason {
  /** Stable word, for example `never_list`, `unclassified`, `default_allow`. */
  readonly code: string
  readonly text: string
}

export interface ChildFacts {
  readonly kind: string
  readonly effects: readonly string[]
  /** What it uses besides tables and views: `stage`, `model`. */
  readonly uses: readonly string[]
  readonly shape: string
}

/** How a statement ended without a result. */
export interface FailureFacts {
  /** The code the driver was shown: Snowflake's own, or Icecore's in Snowflake's form. */
  readonly code: string
  readonly sqlState: string
  readonly message: string
  /** Icecore's own code, when the error is Icecore's. */
  readonly icecore: string | null
}

/** The tokens that a session's driver holds, by hashes that give none of them. */
export interface TokenFacts {
  /** SHA-256, base64. */
  readonly token: string
  readonly master: string
  /** Wall clock, milliseconds. */
  readonly tokenExpiresAt: number
  readonly masterExpiresAt: number
}

/**
 * Who called over the operator socket, as their command says of itself. The socket is open to the user that Icecore runs
 * as, and to root: that much is sure, the rest is claimed.
 */
export interface OperatorFacts {
  readonly user: string
  readonly uid: number
  readonly pid: number
}

export type OperatorCall =
  | 'status'
  | 'reload'
  | 'doctor'
  | 'index.rebuild'
  | 'sessions.list'
  | 'sessions.read'
  | 'sessions.replay'
  | 'sessions.export'
  | 'sessions.tail'
  | 'sessions.end'

/** One value of the configuration that is another than before. Secrets are references there; not even those are told. */
export interface ConfigChange {
  readonly path: string
  /** As JSON; null where there is none. */
  readonly from: string | null
  readonly to: string | null
  /** False when it holds from the next start only. */
  readonly live: boolean
}

/** What a session needs to go on in another process. */
export interface ResumeFacts {
  readonly tokens: TokenFacts
  /** The session at the upstream: its tokens and facts, encrypted under a key derived from the key-encryption key. */
  readonly upstream: string
  readonly clientTag: string | null
}

/** Fields of the header that depend on the type. */
export interface EventFacts {
  'gateway.started': { readonly version: string; readonly config: string; readonly pid: number }
  'gateway.stopped': { readonly reason: string }
  /** Durable before what was asked for is done. */
  'operator.called': {
    readonly by: OperatorFacts
    readonly call: OperatorCall
    /** The session that it is about, where it is about one. */
    readonly about: string | null
    readonly reason: string | null
    /** Of a replay or an export: as what the session is shown. Where an export goes is nobody's to know. */
    readonly form?: 'screen' | 'text' | 'json' | 'html' | 'asciicast'
  }
  /** Another configuration holds from here on. */
  'operator.reloaded': {
    /** The operator, or the signal. */
    readonly by: OperatorFacts | 'SIGHUP'
    readonly from: string
    readonly to: string
    readonly changes: readonly ConfigChange[]
    /** How many more changes there were than are told. */
    readonly untold: number
  }
  /** A configuration was not taken: everything stays as it was. */
  'operator.reloadRefused': {
    readonly by: OperatorFacts | 'SIGHUP'
    /** Codes of the problems, and where they are. */
    readonly problems: readonly { readonly code: string; readonly path: string; readonly line: number }[]
  }
  /** At start: the torn end of a write that a crash cut off was dropped. No event in it had been acknowledged. */
  'journal.recovered': { readonly segment: string; readonly droppedBytes: number }
  /** A write failed, and the events that had not been acknowledged went into a new segment. Nothing is missing. */
  'journal.continued': { readonly segment: string; readonly reason: string }
  /** Nothing can be recorded from here on: appends are refused until `journal.resumed`. */
  'journal.failed': { readonly reason: string }
  'journal.resumed': { readonly failedForMs: number; readonly refusedAppends: number }
  /** Found while a start's older segments were read whole, after it: `text` names the place. */
  'journal.damaged': {
    readonly kind: string
    readonly segment: string
    readonly offset: number | null
    readonly lsn: number | null
    readonly text: string
  }
  /** All older segments of a start were read whole; every damage among them has an event of its own before this one. */
  'journal.verified': {
    readonly segments: number
    readonly events: number
    readonly bytes: number
    readonly damages: number
  }
  /** The wall clock was set: `at` of what follows is so much later than what went before makes expect, or earlier. */
  'journal.clockStepped': { readonly byMs: number }
  /** The last event of an orderly stop: it proves that everything before it was durable. */
  'journal.closed': { readonly reason: string }

  /** One event per source and window, however many attempts: see the cap in gate/refusals.ts. */
  'login.refused': {
    /** Null for Icecore itself, here and below. */
    readonly network: NetworkFacts | null
    readonly connection: string | null
    /** Class of the reason, as the driver was told. */
    readonly reason: string
    /** For the operator: what exactly was wrong. */
    readonly detail: string
    readonly attempts: number
  }
  'session.opened': {
    readonly door: SessionDoor
    readonly principal: SessionPrincipal
    readonly client: ClaimedClient
    readonly network: NetworkFacts | null
    readonly connection: string
    readonly accessRule: string | null
    readonly context: Context
    readonly upstreamSession: string
    readonly parameters: Readonly<Record<string, string | number | boolean>>
    /** Null for a session that ends with its process: Icecore's own. */
    readonly resume: ResumeFacts | null
  }
  'session.renewed': {
    readonly tokens: TokenFacts
    /** Hashes of the tokens that were renewed: they work for a short while only. */
    readonly retired: readonly string[]
  }
  /** The session at the upstream got new tokens, encrypted as in `session.opened`. */
  'session.upstreamRenewed': { readonly upstream: string }
  /** What decides how the session's next statement is read has changed: this is all of it. */
  'session.state': {
    /** One, or after a statement whose end is not known all that are possible. */
    readonly contexts: readonly Context[]
    readonly variables: Readonly<Record<string, string>>
  }
  /** Another process of Icecore goes on with the session. */
  'session.resumed': { readonly openStatements: number }
  'session.ended': { readonly reason: string; readonly statements: number }

  'statement.received': {
    readonly requestId: string
    /** Stand-in for the query id, for drivers that poll before there is one. */
    readonly pendingId: string
    /** Keyed hash of text, binds and flags: the same request sent again is known by it. */
    readonly fingerprint: string
    readonly sql: string
    /** How many secret literals were cut out of `sql`; each stands there as `[secret:<keyed hash>]`. */
    readonly secretsCut: number
    readonly bindings: Readonly<Record<string, Binding>>
    readonly parameters: Readonly<Record<string, string | number | boolean>>
    readonly describeOnly: boolean
    readonly asynchronous: boolean
    readonly context: Context
  }
  'statement.decision': {
    readonly decision: 'allow' | 'deny' | 'hold'
    readonly reasons: readonly DecisionReason[]
    readonly kind: string
    readonly shape: string
    readonly statements: readonly ChildFacts[]
    readonly policy: string
  }
  'statement.sent': {
    readonly upstreamRequestId: string
    /** What it changes in the session if it succeeds. */
    readonly changes: readonly StateChange[]
  }
  /** After a restart: how the upstream was asked for the outcome of a statement that had been sent. */
  'statement.lookedUp': { readonly by: 'query_id' | 'request_id'; readonly found: boolean }
  'statement.queryId': { readonly queryId: string }
  'statement.polled': { readonly queryId: string; readonly answer: 'in_progress' | 'answer' | 'error' }
  'statement.abortRequested': { readonly by: string }
  'result.schema': {
    readonly queryId: string
    readonly statementTypeId: number | null
    readonly format: 'json' | 'arrow'
    readonly columns: readonly ColumnFacts[]
    /** Rows promised in all, and how they are split: inline rows, then chunks. */
    readonly total: number | null
    readonly inlineRows: number
    readonly chunks: readonly { readonly rows: number }[]
    readonly childQueryIds: readonly string[]
    /** Of the links to its chunks: hashes (SHA-256, base64) of the part in their path and of the header they want. */
    readonly link: { readonly token: string; readonly key: string | null } | null
  }
  /**
   * A part of a result, durable before its first byte leaves. The body holds the bytes: for the inline part the value
   * of `rowset` as JSON, for a chunk the HTTP body as sent. A large chunk is several pieces, in order.
   */
  'result.batch': {
    readonly queryId: string
    readonly part: 'inline' | 'chunk'
    /** 0 for the inline part, else the chunk's number from 0. */
    readonly index: number
    readonly piece: number
    readonly last: boolean
    /** Which delivery this is: a chunk that is fetched again is delivered, and recorded, again. */
    readonly delivery: string
    readonly encoding: 'identity' | 'gzip'
    /** With the last piece: rows in this part and SHA-256 (hex) of the whole HTTP body as sent. */
    readonly rows?: number
    readonly sha256?: string
    readonly bodyBytes?: number
  }
  /** A delivery that did not reach its end: the connection was reset, and this is why. */
  'result.broken': {
    readonly queryId: string
    readonly index: number
    readonly delivery: string
    readonly reason: string
  }
  'result.fetched': { readonly queryId: string; readonly by: 'result' | 'status' | 'chunk' | 'result_scan' }

  'statement.completed': {
    readonly queryId: string
    readonly statementTypeId: number | null
    readonly rows: number | null
    readonly bytes: number
    readonly durationMs: number
    readonly context: Context
  }
  'statement.failed': FailureFacts & { readonly queryId: string | null; readonly durationMs: number }
  'statement.denied': FailureFacts
  'statement.cancelled': { readonly by: string; readonly queryId: string | null; readonly durationMs: number }
  'statement.outcomeUnknown': { readonly reason: string; readonly durationMs: number }

  /** A request that never became a statement: unknown path, foreign token, a handle of somebody else. */
  'request.refused': {
    readonly network: NetworkFacts
    readonly method: string
    readonly path: string
    readonly icecore: string
    readonly reason: string
    readonly attempts: number
  }
}

export type EventType = keyof EventFacts

/** Every type that this version knows. A type of a newer minor version is read as an `OpaqueEvent`. */
const EVENT_TYPES: Readonly<Record<EventType, true>> = {
  'gateway.started': true,
  'gateway.stopped': true,
  'operator.called': true,
  'operator.reloaded': true,
  'operator.reloadRefused': true,
  'journal.recovered': true,
  'journal.continued': true,
  'journal.failed': true,
  'journal.resumed': true,
  'journal.damaged': true,
  'journal.verified': true,
  'journal.clockStepped': true,
  'journal.closed': true,
  'login.refused': true,
  'session.opened': true,
  'session.renewed': true,
  'session.upstreamRenewed': true,
  'session.state': true,
  'session.resumed': true,
  'session.ended': true,
  'statement.received': true,
  'statement.decision': true,
  'statement.sent': true,
  'statement.lookedUp': true,
  'statement.queryId': true,
  'statement.polled': true,
  'statement.abortRequested': true,
  'result.schema': true,
  'result.batch': true,
  'result.broken': true,
  'result.fetched': true,
  'statement.completed': true,
  'statement.failed': true,
  'statement.denied': true,
  'statement.cancelled': true,
  'statement.outcomeUnknown': true,
  'request.refused': true,
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_TYPES, type)
}

/** What a caller hands to the recorder. The recorder adds the sequence number and the time. */
export type EventInput = {
  [T in EventType]: {
    readonly type: T
    /** Null for events of the gateway itself. */
    readonly session: string | null
    /** Id of the statement the event belongs to. */
    readonly statement?: string
    readonly facts: EventFacts[T]
    readonly body?: Uint8Array
  }
}[EventType]

/** Where and when an event was recorded. */
export interface EventStamp {
  /** Log sequence number: 1, 2, 3, … over all sessions of a data folder, without gaps. */
  readonly lsn: number
  /** Wall clock when it was appended, milliseconds since the epoch. */
  readonly at: number
  /** Monotonic clock of the process that appended it: for durations, which a stepped wall clock would falsify. */
  readonly monotonic: number
}

/** An event as read back. */
export type RecordedEvent = EventInput & EventStamp

/** An event of a type that this version does not know: kept, shown and counted, never dropped. */
export interface OpaqueEvent extends EventStamp {
  readonly type: 'opaque'
  readonly session: string | null
  readonly statement?: string
  /** The type by its name in the newer version; null where the payload is not an event at all. */
  readonly originalType: string | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly body?: Uint8Array
}

export type StoredEvent = RecordedEvent | OpaqueEvent
