/**
 * One session in the record, to be gone through in any direction: what comes next, what came before, the statement with a
 * number. The index answers where it is, and only that is read from the journal.
 */
import type { Kysely } from 'kysely'
import type { EventType, StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { JournalReader } from '../journal/index.ts'
import type { IndexTables } from './index-schema.ts'
import { type EventPointer, listPointers } from './query-sessions.ts'

/** Of the statements of one piece of a session, all pieces being of the same number of statements. */
export interface ReelPiece {
  readonly piece: number
  readonly denied: number
  readonly failed: number
}

const POINTERS_AT_ONCE = 1000

/** See `Reel`: in the index and the journal, or as a running Icecore tells it. */
export interface SessionReel {
  readonly session: string
  find(direction: 'after' | 'before', lsn: number, types?: readonly EventType[]): Promise<EventPointer | null>
  pointers(after: number, before: number): AsyncGenerator<EventPointer>
  read(pointer: EventPointer): Promise<StoredEvent>
  events(after: number): AsyncGenerator<StoredEvent>
  statementsUntil(lsn: number): Promise<number>
  received(which: { readonly id: string } | { readonly number: number }): Promise<number | null>
  ended(id: string): Promise<number | null>
  troubles(pieces: number): Promise<readonly ReelPiece[]>
  starts(after: number): Promise<readonly number[]>
}

export class Reel implements SessionReel {
  readonly #database: Kysely<IndexTables>
  readonly #reader: JournalReader
  readonly session: string

  constructor(database: Kysely<IndexTables>, reader: JournalReader, session: string) {
    this.#database = database
    this.#reader = reader
    this.session = session
  }

  /** The first event of these types after an event, or the last before it; of any type where none are named. */
  async find(
    direction: 'after' | 'before',
    lsn: number,
    types: readonly EventType[] = [],
  ): Promise<EventPointer | null> {
    const after = direction === 'after'
    let query = this.#database
      .selectFrom('events')
      .select(['lsn', 'type', 'segment', 'offset', 'bytes'])
      .where('session', '=', this.session)
      .where('lsn', after ? '>' : '<', lsn)
      .orderBy('lsn', after ? 'asc' : 'desc')
      .limit(1)
    if (types.length > 0) query = query.where('type', 'in', types)
    const row = await query.executeTakeFirst()
    if (row === undefined) return null
    const { lsn: found, type, ...place } = row
    return { lsn: found, type, place }
  }

  /** Between two events, both left out; in order, read from the index as they are taken. */
  async *pointers(after: number, before: number): AsyncGenerator<EventPointer> {
    let last = after
    for (;;) {
      const pointers = await listPointers(this.#database, this.session, last, POINTERS_AT_ONCE)
      for (const pointer of pointers) {
        if (pointer.lsn >= before) return
        yield pointer
      }
      last = pointers.at(-1)?.lsn ?? last
      if (pointers.length < POINTERS_AT_ONCE) return
    }
  }

  /** Rejects with ICE_JOURNAL_DAMAGED where the event cannot be read. */
  read({ lsn, place }: EventPointer): Promise<StoredEvent> {
    return this.#reader.readAt(lsn, place)
  }

  /** Every event after one of them, in order, read as they are taken. Rejects as `read` does. */
  async *events(after: number): AsyncGenerator<StoredEvent> {
    let last = after
    for (;;) {
      const pointers = await listPointers(this.#database, this.session, last, POINTERS_AT_ONCE)
      yield* this.#reader.readEach(pointers)
      last = pointers.at(-1)?.lsn ?? last
      if (pointers.length < POINTERS_AT_ONCE) return
    }
  }

  /** The event with this number. Rejects with ICE_RECORDING_UNKNOWN where that is none of this session. */
  async event(lsn: number): Promise<StoredEvent> {
    const pointer = await this.find('after', lsn - 1)
    if (pointer?.lsn !== lsn)
      throw new IcecoreError('ICE_RECORDING_UNKNOWN', { session: `${this.session}, event ${lsn}` })
    return this.read(pointer)
  }

  /** How many statements had been received when this event was recorded. */
  async statementsUntil(lsn: number): Promise<number> {
    const { count } = await this.#database
      .selectFrom('statements')
      .select((is) => is.fn.countAll<number>().as('count'))
      .where('session', '=', this.session)
      .where('lsn', '<=', lsn)
      .executeTakeFirstOrThrow()
    return count
  }

  /** Where the statement with this id was received, or the one with this number, counted from 1. */
  async received(which: { readonly id: string } | { readonly number: number }): Promise<number | null> {
    const query = this.#database.selectFrom('statements').select('lsn').where('session', '=', this.session)
    const found =
      'id' in which
        ? query.where('id', '=', which.id)
        : query
            .orderBy('lsn')
            .limit(1)
            .offset(which.number - 1)
    return (await found.executeTakeFirst())?.lsn ?? null
  }

  /** Where the statement with this id ended; null where it has not. */
  async ended(id: string): Promise<number | null> {
    const found = this.#database
      .selectFrom('statements')
      .select('ended_lsn')
      .where('session', '=', this.session)
      .where('id', '=', id)
    return (await found.executeTakeFirst())?.ended_lsn ?? null
  }

  /** Where among the statements there were denials and failures, in so many pieces; pieces without any are left out. */
  async troubles(pieces: number): Promise<readonly ReelPiece[]> {
    const numbered = this.#database
      .selectFrom('statements')
      .select((is) => [
        'outcome',
        is.fn
          .agg<number>('row_number')
          .over((window) => window.orderBy('lsn'))
          .as('number'),
        is.fn.countAll<number>().over().as('total'),
      ])
      .where('session', '=', this.session)
    return this.#database
      .selectFrom(numbered.as('numbered'))
      .select((is) => [
        is
          .cast<number>(is(is.parens(is(is.parens('number', '-', 1), '*', pieces)), '/', is.ref('total')), 'integer')
          .as('piece'),
        is.fn.count<number>('outcome').filterWhere('outcome', '=', 'denied').as('denied'),
        is.fn.count<number>('outcome').filterWhere('outcome', 'in', ['failed', 'outcome_unknown']).as('failed'),
      ])
      .where('outcome', 'in', ['denied', 'failed', 'outcome_unknown'])
      .groupBy('piece')
      .orderBy('piece')
      .$castTo<ReelPiece>()
      .execute()
  }

  /** Where processes of Icecore began after an event: each has a monotonic clock of its own. */
  async starts(after: number): Promise<readonly number[]> {
    const rows = await this.#database
      .selectFrom('events')
      .select('lsn')
      .where('session', '=', '')
      .where('type', '=', 'gateway.started')
      .where('lsn', '>', after)
      .orderBy('lsn')
      .execute()
    return rows.map(({ lsn }) => lsn)
  }
}
