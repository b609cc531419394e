/**
 * The index of the recordings: SQLite, derived from the journal, never authoritative. Any process may bring it up to
 * date: each batch says after which event it comes, and is dropped when the index is elsewhere by then.
 */
import { open, rm } from 'node:fs/promises'
import { Kysely } from 'kysely'
import { damageError, type PlacedEvent } from '../../core/recording/format/index.ts'
import { isIcecoreError } from '../../errors.ts'
import { type JournalPosition, type JournalReader, positionAfter } from '../journal/index.ts'
import { type IndexTables, SCHEMA, SCHEMA_VERSION } from './index-schema.ts'
import { projectEvent } from './project-event.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { SqliteThread } from './sqlite-thread.ts'

/** Events in one transaction while catching up. */
const BATCH_EVENTS = 500

export interface IndexOptions {
  /** The index file; null for an index in memory, made from the whole journal. */
  readonly path: string | null
  readonly reader: JournalReader
}

/** Fed events that may wait for the thread; beyond them the index reads the journal instead. */
const MAX_WAITING = 5_000

const BEGIN = "INSERT INTO progress (id, last_lsn, segment, offset, chain) VALUES (1, 0, 0, 0, '')"
const ADVANCE = 'UPDATE progress SET last_lsn = ?, segment = ?, offset = ?, chain = ? WHERE id = 1 AND last_lsn = ?'

interface Progress {
  readonly lastLsn: number
  /** Null before the first event. */
  readonly position: JournalPosition | null
}

export class RecordingIndex {
  readonly #thread: SqliteThread
  readonly #reader: JournalReader
  readonly database: Kysely<IndexTables>
  #work: Promise<void> = Promise.resolve()
  #waiting = 0
  #behind = false

  private constructor(thread: SqliteThread, reader: JournalReader) {
    this.#thread = thread
    this.#reader = reader
    this.database = new Kysely<IndexTables>({ dialect: sqliteDialect(thread) })
  }

  /**
   * Opens the index and brings it up to the end of the journal; makes it again when it does not fit the journal.
   * Rejects with ICE_JOURNAL_DAMAGED where the journal cannot be read, or ends before what the index had seen of it.
   */
  static async open(options: IndexOptions): Promise<RecordingIndex> {
    const { path, reader } = options
    const index = await RecordingIndex.#connect(path, reader)
    const before = await index.#progress()
    try {
      await index.catchUp()
      return index
    } catch (error) {
      await index.close()
      if (path === null || !isIcecoreError(error, 'ICE_JOURNAL_DAMAGED')) {
        throw error
      }
    }
    // The place where the index had stopped is no longer one: the journal itself says whether it is whole.
    const again = await RecordingIndex.#connect(null, reader)
    try {
      await again.catchUp()
      const { lastLsn } = await again.#progress()
      if (lastLsn < before.lastLsn) {
        throw shortened(before.lastLsn, lastLsn)
      }
    } finally {
      await again.close()
    }
    await removeIndex(path)
    const made = await RecordingIndex.#connect(path, reader)
    await made.catchUp()
    return made
  }

  static async #connect(path: string | null, reader: JournalReader): Promise<RecordingIndex> {
    const connect = async (): Promise<RecordingIndex> => {
      if (path !== null) await makePrivate(path)
      return new RecordingIndex(new SqliteThread({ path: path ?? ':memory:', readOnly: false }), reader)
    }
    let index = await connect()
    const version = await index.#version()
    if (path !== null && version !== 0 && version !== SCHEMA_VERSION) {
      await index.close()
      await removeIndex(path)
      index = await connect()
    }
    if ((await index.#version()) === 0) {
      await index.#thread.batch([...SCHEMA, BEGIN].map((sql) => ({ sql, parameters: [] })))
    }
    return index
  }

  /** Takes durable events as the journal reports them. What does not follow on is read from the journal. */
  feed(events: readonly PlacedEvent[]): void {
    if (this.#waiting + events.length > MAX_WAITING) {
      // Dropped here: the next events to be applied will not follow on, and that sends the index to the journal.
      this.#behind = true
      return
    }
    const batch = toBatch(events)
    if (batch === null) return
    const after = (events[0]?.event.lsn ?? 0) - 1
    const { length } = events
    this.#waiting += length
    void this.#queue(async () => {
      this.#waiting -= length
      if (!(await this.#apply(after, batch)) || this.#behind) {
        this.#behind = false
        await this.#catchUp()
      }
    })
  }

  /** Reads on in the journal to its end. */
  catchUp(): Promise<void> {
    return this.#queue(() => this.#catchUp())
  }

  /** Resolves when everything fed so far is in; rejects when it could not be. */
  settled(): Promise<void> {
    return this.#work
  }

  async close(): Promise<void> {
    await this.#work.catch(() => undefined)
    await this.#thread.close()
  }

  #queue(work: () => Promise<void>): Promise<void> {
    // After a failure the next piece of work starts anew: `feed` sees the gap then and reads the journal.
    const next = this.#work.catch(() => undefined).then(work)
    this.#work = next
    next.catch(() => undefined)
    return next
  }

  async #catchUp(): Promise<void> {
    let { lastLsn, position } = await this.#progress()
    let pending: PlacedEvent[] = []
    for await (const event of this.#reader.read(position ?? undefined)) {
      pending.push(event)
      if (pending.length >= BATCH_EVENTS) {
        // False means that another process was here first: the next event then does not follow on either.
        await this.#apply(lastLsn, toBatch(pending))
        lastLsn = event.event.lsn
        pending = []
      }
    }
    if (pending.length > 0) {
      await this.#apply(lastLsn, toBatch(pending))
    }
  }

  /** False when the index does not stand just before these events, and nothing was done. */
  #apply(after: number, batch: Batch | null): Promise<boolean> {
    if (batch === null) {
      return Promise.resolve(true)
    }
    return this.#thread.batch(batch.writes, { sql: ADVANCE, parameters: [...batch.advance, after] })
  }

  async #progress(): Promise<Progress> {
    const row = await this.database.selectFrom('progress').selectAll().executeTakeFirstOrThrow()
    const chain = Buffer.from(row.chain, 'hex')
    const position = { segment: row.segment, offset: row.offset, lsn: row.last_lsn + 1, chain }
    return { lastLsn: row.last_lsn, position: row.segment === 0 ? null : position }
  }

  async #version(): Promise<number> {
    const { rows } = await this.#thread.query({ sql: 'PRAGMA user_version', parameters: [] })
    return Number(rows[0]?.user_version ?? 0)
  }
}

/** What events mean for the index. Made at once, so that the events and their rows need not wait in memory. */
interface Batch {
  readonly writes: ReturnType<typeof projectEvent>
  readonly advance: readonly (string | number)[]
}

function toBatch(events: readonly PlacedEvent[]): Batch | null {
  const last = events.at(-1)
  if (last === undefined) return null
  const { segment, offset, chain } = positionAfter(last)
  return {
    writes: events.flatMap(projectEvent),
    advance: [last.event.lsn, segment, offset, chain.toString('hex')],
  }
}

/** Before SQLite opens it: the files it makes beside the index take the index's mode (`findCreateFileMode` in os_unix.c). */
async function makePrivate(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.chmod(0o600)
  } finally {
    await file.close()
  }
}

async function removeIndex(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(path + suffix, { force: true })
  }
}

function shortened(indexed: number, found: number) {
  return damageError({
    kind: 'gap',
    segment: 'last',
    offset: null,
    lsn: found + 1,
    text: `the journal ends with event ${found}, and its index had seen event ${indexed}`,
  })
}
