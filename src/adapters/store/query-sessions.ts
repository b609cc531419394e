/** Questions to the index. */
import type { Kysely } from 'kysely'
import type { EventPlace } from '../../core/recording/format/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { IndexTables, SessionTable, StatementTable } from './index-schema.ts'

export interface SessionFilter {
  /** Id of the principal, its display name, or the name of the agent. */
  readonly principal?: string
  readonly connection?: string
  /** Milliseconds since the epoch: opened at or after, opened before. */
  readonly since?: number
  readonly until?: number
  readonly limit?: number
  /** Only those that have not ended. */
  readonly open?: boolean
  /** Only those that came through a door: none of Icecore's own. */
  readonly throughDoor?: boolean
}

const SESSION_COLUMNS = [
  'id',
  'opened_lsn',
  'opened_at',
  'principal',
  'principal_name',
  'agent',
  'door',
  'connection',
  'role',
  'application',
  'application_version',
  'last_at',
  'ended_at',
  'end_reason',
  'statements',
  'denied',
  'failed',
  'rows',
  'bytes',
] as const satisfies (keyof SessionTable)[]

const STATEMENT_COLUMNS = [
  'session',
  'id',
  'lsn',
  'received_at',
  'kind',
  'shape',
  'decision',
  'outcome',
  'code',
  'query_id',
  'rows',
  'bytes',
  'duration_ms',
] as const satisfies (keyof StatementTable)[]

export type SessionSummary = Readonly<Pick<SessionTable, (typeof SESSION_COLUMNS)[number]>>
export type StatementSummary = Readonly<Pick<StatementTable, (typeof STATEMENT_COLUMNS)[number]>>

export interface EventPointer {
  readonly lsn: number
  readonly type: string
  readonly place: EventPlace
}

type Database = Kysely<IndexTables>

const DEFAULT_LIMIT = 50
/** Enough to say that a prefix is not unique. */
const TWO = 2

/** Newest first. */
export async function listSessions(database: Database, filter: SessionFilter = {}): Promise<SessionSummary[]> {
  const { principal, connection, since, until, limit = DEFAULT_LIMIT, open = false, throughDoor = false } = filter
  let query = database.selectFrom('sessions').select(SESSION_COLUMNS).orderBy('opened_lsn', 'desc').limit(limit)
  if (principal !== undefined) {
    query = query.where((is) =>
      is.or([is('principal', '=', principal), is('principal_name', '=', principal), is('agent', '=', principal)]),
    )
  }
  if (connection !== undefined) {
    query = query.where('connection', '=', connection)
  }
  if (open) {
    query = query.where('ended_at', 'is', null)
  }
  if (throughDoor) {
    query = query.where('door', '<>', 'none')
  }
  if (since !== undefined) {
    query = query.where('opened_at', '>=', since)
  }
  if (until !== undefined) {
    query = query.where('opened_at', '<', until)
  }
  return query.execute()
}

/** By the whole id, or by a beginning that only one has. Rejects with ICE_RECORDING_UNKNOWN. */
export async function findSession(database: Database, idOrPrefix: string): Promise<SessionSummary> {
  const unknown = (hint: string): IcecoreError =>
    new IcecoreError('ICE_RECORDING_UNKNOWN', { session: idOrPrefix }, { hint })
  if (idOrPrefix === '') {
    throw unknown('Give the id of a session, or its beginning.')
  }
  const found = await database
    .selectFrom('sessions')
    .select(SESSION_COLUMNS)
    // A range instead of LIKE: the text is the user's, and `%` in it means nothing here.
    .where('id', '>=', idOrPrefix)
    .where('id', '<', `${idOrPrefix}\u{10ffff}`)
    .orderBy('id')
    .limit(TWO)
    .execute()
  const exact = found.find((session) => session.id === idOrPrefix)
  const only = exact ?? (found.length === 1 ? found[0] : undefined)
  if (only === undefined) {
    throw unknown(found.length === 0 ? 'List them with: icecore sessions list' : 'More than one session begins so.')
  }
  return only
}

/** In the order in which they were received. */
export function listStatements(database: Database, session: string): Promise<StatementSummary[]> {
  return database
    .selectFrom('statements')
    .select(STATEMENT_COLUMNS)
    .where('session', '=', session)
    .orderBy('lsn')
    .execute()
}

/** Up to `limit` pointers of the session after `afterLsn`, in order. */
export async function listPointers(
  database: Database,
  session: string,
  afterLsn: number,
  limit: number,
): Promise<EventPointer[]> {
  const rows = await database
    .selectFrom('events')
    .select(['lsn', 'type', 'segment', 'offset', 'bytes'])
    .where('session', '=', session)
    .where('lsn', '>', afterLsn)
    .orderBy('lsn')
    .limit(limit)
    .execute()
  return rows.map(({ lsn, type, ...place }) => ({ lsn, type, place }))
}
