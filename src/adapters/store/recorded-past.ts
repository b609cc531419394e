/** What the record says of sessions that had not ended: found by the index, read from the journal. */
import type { Kysely } from 'kysely'
import type { RecordedEvent, StoredEvent } from '../../core/recording/index.ts'
import type { Handle, Past, PastLink, PastSession, PastStatement, StatementKey } from '../../gate/ports.ts'
import type { JournalReader } from '../journal/index.ts'
import { type IndexTables, RESUME_TYPES } from './index-schema.ts'

const ROWS_AT_ONCE = 5_000
/** Read side by side: each is a few queries, and a few events of the journal. */
const SESSIONS_AT_ONCE = 64

export function recordedPast(database: Kysely<IndexTables>, reader: JournalReader): Past {
  return new RecordedPast(database, reader)
}

interface SessionPointers {
  readonly id: string
  readonly opened_lsn: number
  readonly last_at: number
  readonly statements: number
  readonly completed_lsn: number | null
}

type HandleOwner = Pick<Handle, 'principal' | 'connection' | 'role'>

interface StatementPointers {
  readonly lsn: number
  readonly sent_lsn: number | null
  readonly ended_lsn: number | null
  readonly query_id: string | null
}

class RecordedPast implements Past {
  readonly #database: Kysely<IndexTables>
  readonly #reader: JournalReader

  constructor(database: Kysely<IndexTables>, reader: JournalReader) {
    this.#database = database
    this.#reader = reader
  }

  async *sessions(): AsyncGenerator<PastSession> {
    const rows = await this.#database
      .selectFrom('sessions')
      .select(['id', 'opened_lsn', 'last_at', 'statements', 'completed_lsn'])
      .where('ended_at', 'is', null)
      .orderBy('opened_lsn')
      .execute()
    for (let from = 0; from < rows.length; from += SESSIONS_AT_ONCE) {
      const read = await Promise.all(rows.slice(from, from + SESSIONS_AT_ONCE).map((row) => this.#session(row)))
      yield* read.filter((session) => session !== null)
    }
  }

  async #session(row: SessionPointers): Promise<PastSession | null> {
    const { id, opened_lsn, last_at: lastAt, statements, completed_lsn } = row
    const [opened, changes, queries, lastCompleted, open] = await Promise.all([
      this.#event(opened_lsn, 'session.opened'),
      this.#changes(id),
      this.#countQueries(id),
      completed_lsn === null ? null : this.#event(completed_lsn, 'statement.completed'),
      this.#openStatements(id),
    ])
    return opened === null ? null : { opened, changes, lastAt, statements, queries, lastCompleted, open }
  }

  async *handles(since: number): AsyncGenerator<Handle> {
    const owners = await this.#owners(since)
    const found: (Omit<Handle, keyof HandleOwner> & { readonly lsn: number })[] = []
    let after: string | undefined = ''
    // In the order of the table: another order would look each row up, which takes several times as long.
    while (after !== undefined) {
      const rows = await this.#database
        .selectFrom('handles')
        .select(['query_id as queryId', 'session', 'statement', 'lsn', 'at as openedAt'])
        .where('at', '>=', since)
        .where('query_id', '>', after)
        .orderBy('query_id')
        .limit(ROWS_AT_ONCE)
        .execute()
      found.push(...rows)
      after = rows.at(-1)?.queryId
    }
    for (const { queryId, session, statement, openedAt } of found.sort((one, other) => one.lsn - other.lsn)) {
      const owner = owners.get(session)
      if (owner === undefined) continue
      const { principal, connection, role } = owner
      yield { queryId, principal, connection, role, session, statement, openedAt }
    }
  }

  /** Whose the handles of each session are. */
  async #owners(since: number): Promise<ReadonlyMap<string, HandleOwner>> {
    const rows = await this.#database
      .selectFrom('sessions')
      .select(['id', 'principal', 'connection', 'role'])
      .where('id', 'in', (of) => of.selectFrom('handles').select('session').where('at', '>=', since))
      .execute()
    return new Map(rows.map((row) => [row.id, row]))
  }

  async statement(session: string, key: StatementKey): Promise<PastStatement | null> {
    const [column, value] =
      'requestId' in key ? (['request_id', key.requestId] as const) : (['pending_id', key.pendingId] as const)
    const row = await this.#database
      .selectFrom('statements')
      .select(['lsn', 'sent_lsn', 'ended_lsn', 'query_id'])
      .where('session', '=', session)
      .where(column, '=', value)
      .orderBy('lsn', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? null : this.#statement(row)
  }

  async link(tokenHash: string): Promise<PastLink | null> {
    const row = await this.#database.selectFrom('links').selectAll().where('token', '=', tokenHash).executeTakeFirst()
    if (row === undefined) return null
    const schema = await this.#event(row.lsn, 'result.schema')
    return schema === null ? null : { session: row.session, statement: row.statement, schema }
  }

  async #countQueries(session: string): Promise<number> {
    const { queries } = await this.#database
      .selectFrom('statements')
      .select(({ fn }) => fn.countAll<number>().as('queries'))
      .where('session', '=', session)
      .where('ended_lsn', 'is not', null)
      .where('query_id', 'is not', null)
      .executeTakeFirstOrThrow()
    return queries
  }

  async #openStatements(session: string): Promise<readonly PastStatement[]> {
    const rows = await this.#database
      .selectFrom('statements')
      .select(['lsn', 'sent_lsn', 'ended_lsn', 'query_id'])
      .where('session', '=', session)
      .where('ended_lsn', 'is', null)
      .orderBy('lsn')
      .execute()
    const statements = await Promise.all(rows.map((row) => this.#statement(row)))
    return statements.filter((statement) => statement !== null)
  }

  async #statement({ lsn, sent_lsn, ended_lsn, query_id }: StatementPointers): Promise<PastStatement | null> {
    const received = await this.#event(lsn, 'statement.received')
    if (received === null) return null
    const ended = ended_lsn === null ? null : await this.#read(ended_lsn)
    return {
      received,
      sent: sent_lsn === null ? null : await this.#event(sent_lsn, 'statement.sent'),
      queryId: query_id,
      ended: ended === null || ended.type === 'opaque' ? null : ended,
    }
  }

  async #changes(session: string): Promise<PastSession['changes']> {
    const rows = await this.#database
      .selectFrom('events')
      .select('lsn')
      .where('session', '=', session)
      .where('type', 'in', RESUME_TYPES)
      .orderBy('lsn')
      .execute()
    const events = await Promise.all(rows.map(({ lsn }) => this.#read(lsn)))
    return events.filter((event): event is PastSession['changes'][number] =>
      RESUME_TYPES.some((type) => event?.type === type),
    )
  }

  /** Null when another event lies there: the index is not of this journal's making then, and says nothing. */
  async #event<T extends RecordedEvent['type']>(
    lsn: number,
    type: T,
  ): Promise<Extract<RecordedEvent, { readonly type: T }> | null> {
    const event = await this.#read(lsn)
    return event?.type === type ? (event as Extract<RecordedEvent, { readonly type: T }>) : null
  }

  /** Rejects with ICE_JOURNAL_DAMAGED where it cannot be read. */
  async #read(lsn: number): Promise<StoredEvent | null> {
    const row = await this.#database
      .selectFrom('events')
      .select(['segment', 'offset', 'bytes'])
      .where('lsn', '=', lsn)
      .executeTakeFirst()
    return row === undefined ? null : this.#reader.readAt(lsn, row)
  }
}
