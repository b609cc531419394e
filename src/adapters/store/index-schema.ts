/**
 * The tables of the index. They hold ids, names, shapes, counts and times, in clear: never SQL, literals, binds, rows or
 * claims. All of it is derived from the journal; another `SCHEMA_VERSION` means that the file is made again.
 */
export const SCHEMA_VERSION = 3

export interface ProgressTable {
  id: 1
  /** The last event that is in the index, and where the journal goes on after it. */
  last_lsn: number
  segment: number
  offset: number
  chain: string
}

export interface SessionTable {
  id: string
  opened_lsn: number
  opened_at: number
  principal: string
  principal_name: string
  agent: string | null
  door: string
  connection: string
  role: string | null
  application: string
  application_version: string
  last_at: number
  ended_at: number | null
  end_reason: string | null
  statements: number
  denied: number
  failed: number
  rows: number
  bytes: number
  /** Its last statement that ended well. */
  completed_lsn: number | null
}

export interface StatementTable {
  session: string
  id: string
  lsn: number
  /** The client's id of the request: under it a driver asks again. */
  request_id: string
  /** Icecore's stand-in for the query id: with it a driver polls that was given no other. */
  pending_id: string
  sent_lsn: number | null
  ended_lsn: number | null
  received_at: number
  kind: string | null
  shape: string | null
  decision: string | null
  outcome: string
  code: string | null
  query_id: string | null
  rows: number | null
  bytes: number | null
  duration_ms: number | null
}

export interface HandleTable {
  query_id: string
  session: string
  statement: string
  lsn: number
  at: number
}

/** Links to result chunks, by the hash of the part in their path. */
export interface LinkTable {
  token: string
  session: string
  statement: string
  lsn: number
}

export interface EventTable {
  lsn: number
  session: string
  type: string
  segment: number
  offset: number
  bytes: number
}

export interface IndexTables {
  progress: ProgressTable
  sessions: SessionTable
  statements: StatementTable
  handles: HandleTable
  links: LinkTable
  events: EventTable
}

/** Events that say what a session needs to go on. */
export const RESUME_TYPES = ['session.renewed', 'session.upstreamRenewed', 'session.state'] as const

export const SCHEMA: readonly string[] = [
  `CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1), last_lsn INTEGER NOT NULL, segment INTEGER NOT NULL,
    offset INTEGER NOT NULL, chain TEXT NOT NULL) STRICT`,
  `CREATE TABLE sessions (
    id TEXT PRIMARY KEY, opened_lsn INTEGER NOT NULL, opened_at INTEGER NOT NULL, principal TEXT NOT NULL,
    principal_name TEXT NOT NULL, agent TEXT, door TEXT NOT NULL, connection TEXT NOT NULL, role TEXT,
    application TEXT NOT NULL, application_version TEXT NOT NULL, last_at INTEGER NOT NULL, ended_at INTEGER,
    end_reason TEXT, statements INTEGER NOT NULL, denied INTEGER NOT NULL, failed INTEGER NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL, completed_lsn INTEGER) STRICT, WITHOUT ROWID`,
  'CREATE INDEX sessions_open ON sessions (opened_lsn) WHERE ended_at IS NULL',
  'CREATE INDEX sessions_opened ON sessions (opened_lsn)',
  `CREATE TABLE statements (
    session TEXT NOT NULL, id TEXT NOT NULL, lsn INTEGER NOT NULL, request_id TEXT NOT NULL,
    pending_id TEXT NOT NULL, sent_lsn INTEGER,
    ended_lsn INTEGER, received_at INTEGER NOT NULL, kind TEXT, shape TEXT, decision TEXT, outcome TEXT NOT NULL, code TEXT, query_id TEXT, rows INTEGER, bytes INTEGER, duration_ms REAL,
    PRIMARY KEY (session, id)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX statements_request ON statements (session, request_id)',
  'CREATE INDEX statements_pending ON statements (session, pending_id)',
  'CREATE INDEX statements_open ON statements (session, lsn) WHERE ended_lsn IS NULL',
  `CREATE TABLE handles (
    query_id TEXT PRIMARY KEY, session TEXT NOT NULL, statement TEXT NOT NULL, lsn INTEGER NOT NULL,
    at INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  'CREATE INDEX handles_lsn ON handles (lsn, query_id)',
  `CREATE TABLE events (
    lsn INTEGER PRIMARY KEY, session TEXT NOT NULL, type TEXT NOT NULL, segment INTEGER NOT NULL,
    offset INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT`,
  'CREATE INDEX events_session ON events (session, lsn)',
  `CREATE INDEX events_resume ON events (session, lsn) WHERE type IN (${RESUME_TYPES.map((type) => `'${type}'`).join(', ')})`,
  `CREATE TABLE links (
    token TEXT PRIMARY KEY, session TEXT NOT NULL, statement TEXT NOT NULL, lsn INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  `PRAGMA user_version = ${SCHEMA_VERSION}`,
]
