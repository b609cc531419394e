import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Journal, type JournalLimits, JournalReader, openJournal } from '../../../src/adapters/journal/index.ts'
import type { EventInput, StoredEvent } from '../../../src/core/recording/index.ts'
import { randomIds } from '../../../src/lib/ids.ts'
import { FakeClock } from '../fake-clock.ts'
import { FaultyFiles } from './faulty-files.ts'

/** A journal in a folder of its own, with a clock and files that a test rules. */
export class JournalFixture {
  readonly folder: string
  readonly kek: KeyObject
  readonly clock = new FakeClock()
  readonly files = new FaultyFiles()
  readonly #journals: Journal[] = []

  private constructor(folder: string, kek: KeyObject) {
    this.folder = folder
    this.kek = kek
  }

  static async make(kek: KeyObject = createSecretKey(randomBytes(32))): Promise<JournalFixture> {
    return new JournalFixture(await mkdtemp(join(tmpdir(), 'icecore-journal-')), kek)
  }

  async open(limits: Partial<JournalLimits> = {}): Promise<Journal> {
    const journal = await openJournal({
      folder: this.folder,
      kek: this.kek,
      clock: this.clock,
      ids: randomIds,
      files: this.files,
      limits: { ballastBytes: 64 * 1024, lowWaterBytes: 0, aheadBytes: 4096, ...limits },
    })
    this.#journals.push(journal)
    return journal
  }

  events(): Promise<StoredEvent[]> {
    return this.read(this.folder)
  }

  async read(folder: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = []
    for await (const { event } of new JournalReader({ folder, kek: this.kek }).read()) {
      events.push(event)
    }
    return events
  }

  async types(): Promise<string[]> {
    return (await this.events()).map(({ type }) => type)
  }

  /** Sessions of the recorded renewals, in order. */
  async sessions(): Promise<(string | null)[]> {
    return (await this.events()).filter(({ type }) => type === 'session.resumed').map(({ session }) => session)
  }

  async remove(): Promise<void> {
    this.files.heal()
    for (const journal of this.#journals) {
      await journal.close()
    }
    await rm(this.folder, { recursive: true })
  }
}

export function renewal(session: string, body?: Uint8Array): EventInput {
  return { type: 'session.resumed', session, facts: { openStatements: 0 }, ...(body === undefined ? {} : { body }) }
}

export function received(session: string): EventInput {
  const context = { role: null, warehouse: null, database: null, schema: null }
  const facts = {
    requestId: 'r',
    pendingId: 'p',
    fingerprint: 'f',
    sql: 'SELECT 1',
    secretsCut: 0,
    bindings: {},
    parameters: {},
    context,
  }
  return {
    type: 'statement.received',
    session,
    statement: 'st',
    facts: { ...facts, describeOnly: false, asynchronous: false },
  }
}
