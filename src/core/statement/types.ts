/**
 * What Icecore understands of an SQL text. Made from tokens alone; which columns a statement reads comes later and
 * builds on it.
 */

/** Offsets into the SQL text in UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What a statement does to an object (docs/concepts/statement.md). */
export type Effect =
  | 'read'
  | 'write'
  | 'ddl'
  | 'rights'
  | 'export'
  | 'session'
  | 'transaction'
  | 'metadata'
  | 'call'
  | 'deferred'
  | 'unknown'

/** An identifier in canonical form: upper-case unless it was quoted. */
export type Name = string

/**
 * A change to the state of the session, in the order in which the text makes it. `name: null` means that the text
 * does not say which (a variable, a bind): the caller takes the strict side.
 */
export type StateChange =
  | { readonly change: 'use_role' | 'use_warehouse' | 'use_database'; readonly name: Name | null }
  | { readonly change: 'use_schema'; readonly database: Name | null; readonly name: Name | null }
  | { readonly change: 'use_secondary_roles'; readonly roles: 'all' | 'none' | 'other' }
  | { readonly change: 'set_parameter'; readonly name: Name; readonly value: string | null }
  | { readonly change: 'unset_parameter'; readonly name: Name }
  | { readonly change: 'set_variable'; readonly name: Name; readonly value: string | null }
  | { readonly change: 'unset_variable'; readonly name: Name }
  | {
      readonly change: 'create_database' | 'drop_database' | 'create_warehouse' | 'drop_warehouse'
      readonly name: Name | null
      /** IF [NOT] EXISTS: the text does not say whether anything happens, and so whether the context moves. */
      readonly conditional?: true
    }
  | {
      readonly change: 'create_schema' | 'drop_schema'
      /** Null when the text names none: the session's. */
      readonly database: Name | null
      readonly name: Name | null
      readonly conditional?: true
    }
  | { readonly change: 'transaction'; readonly step: 'begin' | 'commit' | 'rollback' }
  | { readonly change: 'temporary_object' }
  /** Code that is not seen has run in the session, and may have set any variable. */
  | { readonly change: 'forget_variables' }

/** A former result that the statement reads: `RESULT_SCAN('<id>')`, or by `LAST_QUERY_ID()`. */
export type ResultReference =
  | { readonly by: 'id'; readonly queryId: string }
  /** `index` as in `LAST_QUERY_ID(-2)`; absent for the last one. */
  | { readonly by: 'last_query'; readonly index?: number }

/** Why the never-list forbids a statement (docs/concepts/statement.md#what-is-refused-and-what-loosens-it). */
export interface NeverMatch {
  readonly rule:
    | 'mints_credential'
    | 'mints_url'
    | 'reads_secret'
    | 'changes_own_user'
    | 'reaches_other_users'
    /** The text names an object or a function by a value that it does not say: it may be any of the above. */
    | 'unknown_name'
    /** Code in another language, or in files, that runs statements of its own: they may be any of the above. */
    | 'unread_code'
  /** In words, with the names the text itself wrote. */
  readonly text: string
}

/**
 * What a statement uses besides tables and views: files in stages or at URLs, of which no catalogue knows what they
 * hold; AI functions, which hand what they are given to a model.
 */
export type Use = 'stage' | 'model'

export interface Statement {
  /** For example SELECT, INSERT, MERGE, CREATE_TABLE, ALTER_SESSION, COPY_INTO_LOCATION, SHOW, USE, PUT. */
  readonly kind: string
  readonly effects: readonly Effect[]
  readonly uses: readonly Use[]
  readonly span: Span
  /** The text with every literal replaced by `?`, comments dropped and white space folded. */
  readonly shape: string
  readonly stateChanges: readonly StateChange[]
  readonly resultReferences: readonly ResultReference[]
  readonly never: readonly NeverMatch[]
  /** True for PUT and GET: the driver would speak with cloud storage directly. */
  readonly fileTransfer: boolean
}

export interface StatementText {
  /** One, or the children of a multi-statement in order. Empty statements are left out. */
  readonly statements: readonly Statement[]
  readonly shape: string
  /** Every literal of the text: strings, numbers, dollar-quoted texts. */
  readonly literals: readonly Span[]
  /** Literals that are secrets (`CREDENTIALS=(…)`, `PASSWORD='…'`, keys, tokens): to be cut out of the record. */
  readonly secrets: readonly Span[]
}

/** A text that Icecore does not understand, and therefore does not forward. */
export interface StatementRefusal {
  /** Stable word, for example `unterminated_string`, `control_character`, `unknown_statement`, `too_deep`. */
  readonly code: string
  /** For the agent: what was found and where (line and column, from 1). */
  readonly text: string
  /** Secrets found up to there; null when the text could not be read so far: then no SQL goes into the record's clear parts. */
  readonly secrets: readonly Span[] | null
}

export type Analysis =
  | { readonly ok: true; readonly text: StatementText }
  | { readonly ok: false; readonly refusal: StatementRefusal }

export interface StatementLimits {
  /** UTF-8 bytes of one SQL text. */
  readonly maxBytes: number
  readonly maxDepth: number
  /** Longest chain of one operator (`a + a + a …`). */
  readonly maxChain: number
  readonly maxStatements: number
}

export interface AnalysisOptions {
  readonly limits: StatementLimits
  /** Session variables whose value is known, for `IDENTIFIER($v)`. */
  readonly variables: ReadonlyMap<Name, string>
  /** Icecore's own user at the upstream: nothing may change its authentication. */
  readonly ownUser: Name
  /** Id of the session at the upstream. */
  readonly ownSession: string
}
