/**
 * The index of the recordings: SQLite, derived from the journal, never authoritative. Any process may bring it up to
 * date: each batch says after which event it comes, and is dropped when the index is elsewhere by then.
 */
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Kysely } from 'kysely'
import { damageError, type PlacedEvent } from '../../core/recording/format/index.ts'
import { isIcecoreError } from '../../errors.ts'
import { type Clock, systemClock, type Timer } from '../../lib/clock.ts'
import { type JournalPosition, type JournalReader, positionAfter } from '../journal/index.ts'
import { type IndexTables, SCHEMA, SCHEMA_VERSION } from './index-schema.ts'
import { projectEvents } from './project-event.ts'
import { type Queries, sqliteDialect } from './sqlite-dialect.ts'
import type { SqlStatement } from './sqlite-protocol.ts'
import { SqliteThread } from './sqlite-thread.ts'

/** Events in one transaction while catching up. */
const BATCH_EVENTS = 500

export interface IndexOptions {
  /** The index file; null for an index in memory, made from the whole journal. */
  readonly path: string | null
  readonly reader: JournalReader
  readonly clock?: Clock
}

/** Fed events that may wait for the thread; beyond them the index reads the journal instead. */
const MAX_WAITING = 5_000

/** Fed events are gathered for so long: a transaction of its own for every flush of the journal costs much more. */
const GATHER_MS = 100

const BEGIN = "INSERT INTO progress (id, last_lsn, segment, offset, chain) VALUES (1, 0, 0, 0, '')"
const ADVANCE = 'UPDATE progress SET last_lsn = ?, segment = ?, offset = ?, chain = ? WHERE id = 1 AND last_lsn = ?'

interface Progress {
  readonly lastLsn: number
  /** Null before the first event. */
  readonly position: JournalPosition | null
}

export class RecordingIndex {
  readonly #path: string | null
  #thread: SqliteThread
  /** Settles when the thread is one that answers: while another file takes the index's place, questions wait. */
  #ready: Promise<void> = Promise.resolve()
  readonly #reader: JournalReader
  readonly #clock: Clock
  readonly database: Kysely<IndexTables>
  #work: Promise<void> = Promise.resolve()
  #gathered: Batch | null = null
  #gathering: Timer | null = null
  #waiting = 0
  #behind = false

  private constructor(thread: SqliteThread, { path, reader, clock = systemClock }: IndexOptions) {
    this.#path = path
    this.#thread = thread
    this.#reader = reader
    this.#clock = clock
    this.database = new Kysely<IndexTables>({ dialect: sqliteDialect(this.#queries()) })
  }

  /**
   * Opens the index and brings it up to the end of the journal; makes it again when it is corrupt, or does not fit the
   * journal. Rejects with ICE_JOURNAL_DAMAGED where the journal cannot be read, or ends before what the index had seen.
   */
  static async open(options: IndexOptions): Promise<RecordingIndex> {
    const { path, reader } = options
    try {
      return await RecordingIndex.#openFitting(options)
    } catch (error) {
      if (path === null || !isCorrupt(error)) throw error
      await RecordingIndex.makeAnew(path, reader)
      return RecordingIndex.#openFitting(options)
    }
  }

  /**
   * Rejects with ICE_JOURNAL_DAMAGED where the index in this file had seen more than the journal's last event. To be asked
   * before a journal is written to: it would grow over the place at which events are missing.
   */
  static async assertNotAhead(path: string, lastLsn: number): Promise<void> {
    const indexed = await lastIndexed(path)
    if (indexed > lastLsn) throw shortened(indexed, lastLsn)
  }

  static async #openFitting(options: IndexOptions): Promise<RecordingIndex> {
    const { path } = options
    const index = await RecordingIndex.#connect(options)
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
    const again = await RecordingIndex.#connect({ ...options, path: null })
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
    const made = await RecordingIndex.#connect(options)
    await made.catchUp()
    return made
  }

  static async #connect(options: IndexOptions): Promise<RecordingIndex> {
    const { path } = options
    const connect = async (): Promise<RecordingIndex> => {
      if (path !== null) await makePrivate(path)
      return new RecordingIndex(new SqliteThread({ path: path ?? ':memory:', readOnly: false }), options)
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

  /**
   * Makes an index file from the whole journal, and puts it in the place of the one that is there, whatever that is.
   * Nothing else may have it open. Resolves with the number of events in it.
   */
  static async makeAnew(path: string, reader: JournalReader): Promise<number> {
    const made = await RecordingIndex.#makeBeside(path, reader)
    const events = await made.lastLsn()
    await made.close()
    await replaceIndex(path)
    return events
  }

  /** The same while this one is open: it answers meanwhile, and only the exchange is waited for. */
  async rebuild(): Promise<number> {
    const path = this.#path
    if (path === null) throw new Error('an index in memory is made anew whenever it is opened')
    const made = await RecordingIndex.#makeBeside(path, this.#reader)
    await this.#queue(async () => {
      const exchanged = Promise.withResolvers<void>()
      this.#ready = exchanged.promise
      try {
        // What has become durable since it was made; nothing is fed while this runs.
        await made.catchUp()
        await made.close()
        await this.#thread.close()
        await replaceIndex(path)
      } finally {
        this.#thread = new SqliteThread({ path, readOnly: false })
        exchanged.resolve()
      }
      await this.#catchUp()
    })
    return this.lastLsn()
  }

  static async #makeBeside(path: string, reader: JournalReader): Promise<RecordingIndex> {
    const beside = besideOf(path)
    await removeIndex(beside)
    const made = await RecordingIndex.#connect({ path: beside, reader })
    try {
      await made.catchUp()
      return made
    } catch (error) {
      await made.close()
      await removeIndex(beside)
      throw error
    }
  }

  #queries(): Queries {
    return {
      query: async (statement) => {
        await this.#ready
        return this.#thread.query(statement)
      },
      close: () => this.#thread.close(),
    }
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
    this.#waiting += batch.events
    if (this.#gathered !== null && !follows(this.#gathered, batch)) this.#applyGathered()
    this.#gathered = this.#gathered === null ? batch : joined(this.#gathered, batch)
    if (this.#gathered.events >= BATCH_EVENTS) this.#applyGathered()
    else this.#gathering ??= this.#clock.timer(GATHER_MS, () => this.#applyGathered())
  }

  #applyGathered(): void {
    this.#gathering?.cancel()
    this.#gathering = null
    const batch = this.#gathered
    this.#gathered = null
    if (batch === null) return
    void this.#queue(async () => {
      this.#waiting -= batch.events
      if (!(await this.#apply(batch)) || this.#behind) {
        this.#behind = false
        await this.#catchUp()
      }
    })
  }

  /** Reads on in the journal to its end. */
  catchUp(): Promise<void> {
    this.#applyGathered()
    return this.#queue(() => this.#catchUp())
  }

  /** Resolves when everything fed so far is in; rejects when it could not be. */
  settled(): Promise<void> {
    this.#applyGathered()
    return this.#work
  }

  /** Number of the last event that is in it. */
  async lastLsn(): Promise<number> {
    return (await this.#progress()).lastLsn
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined)
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
    const { position } = await this.#progress()
    let pending: PlacedEvent[] = []
    for await (const event of this.#reader.read(position ?? undefined)) {
      pending.push(event)
      if (pending.length >= BATCH_EVENTS) {
        // False means that another process was here first: the next event then does not follow on either.
        await this.#apply(toBatch(pending))
        pending = []
      }
    }
    if (pending.length > 0) {
      await this.#apply(toBatch(pending))
    }
  }

  /** False when the index does not stand just before these events, and nothing was done. */
  #apply(batch: Batch | null): Promise<boolean> {
    if (batch === null) {
      return Promise.resolve(true)
    }
    return this.#thread.batch(batch.writes, { sql: ADVANCE, parameters: [...batch.advance, batch.after] })
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
  /** The event before the first of them. */
  readonly after: number
  readonly events: number
  readonly writes: readonly SqlStatement[]
  /** Where the index stands afterwards: the row of `progress`. */
  readonly advance: readonly (string | number)[]
}

function toBatch(events: readonly PlacedEvent[]): Batch | null {
  const [first] = events
  const last = events.at(-1)
  if (first === undefined || last === undefined) return null
  const { segment, offset, chain } = positionAfter(last)
  return {
    after: first.event.lsn - 1,
    events: events.length,
    writes: projectEvents(events),
    advance: [last.event.lsn, segment, offset, chain.toString('hex')],
  }
}

function follows(batch: Batch, next: Batch): boolean {
  return next.after === batch.after + batch.events
}

function joined(batch: Batch, next: Batch): Batch {
  const { after, events } = batch
  return { after, events: events + next.events, writes: [...batch.writes, ...next.writes], advance: next.advance }
}

/** SQLITE_NOTADB and SQLITE_CORRUPT (sqlite.org/rescode.html), by their texts: codes do not come out of the thread. */
function isCorrupt(error: unknown): boolean {
  return /file is not a database|database disk image is malformed/.test((error as Error).message)
}

/** Number of the last event in the index; 0 where there is none, or none that can be read: it is made anew. */
async function lastIndexed(path: string): Promise<number> {
  if (!existsSync(path)) return 0
  const thread = new SqliteThread({ path, readOnly: true })
  try {
    const { rows } = await thread.query({ sql: 'SELECT last_lsn FROM progress', parameters: [] })
    return Number(rows[0]?.last_lsn ?? 0)
  } catch {
    return 0
  } finally {
    await thread.close()
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

/** Where an index is made that is to take the place of this one. */
function besideOf(path: string): string {
  return `${path}.new`
}

/** Both are closed, and a SQLite file that was closed last has no log beside it that could be taken for the other's. */
async function replaceIndex(path: string): Promise<void> {
  await removeIndex(path)
  await rename(besideOf(path), path)
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
