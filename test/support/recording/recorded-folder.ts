/** A data folder with a record of a test's own, as a gateway would have left it or is still writing it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Journal, openJournal } from '../../../src/adapters/journal/index.ts'
import { createKeyFile, loadKek } from '../../../src/adapters/secrets/index.ts'
import { openRecordings, type Recordings, recordFolders } from '../../../src/adapters/store/index.ts'
import type { EventInput } from '../../../src/core/recording/index.ts'
import { randomIds } from '../../../src/lib/ids.ts'
import { FakeClock } from '../fake-clock.ts'

export class RecordedFolder implements AsyncDisposable {
  readonly folder: string
  clock = new FakeClock()
  #journal: Journal
  #recordings: Recordings | null = null

  private constructor(folder: string, journal: Journal) {
    this.folder = folder
    this.#journal = journal
  }

  static async make(): Promise<RecordedFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'icecore-record-'))
    await createKeyFile(join(folder, 'record.key'))
    const made = new RecordedFolder(folder, await openAt(folder, new FakeClock()))
    await made.restart()
    return made
  }

  /** Options by which a command finds it. */
  get options(): readonly string[] {
    return ['--store', join(this.folder, 'data'), '--key', join(this.folder, 'record.key')]
  }

  /** Another process goes on with it: with a monotonic clock of its own. */
  async restart(monotonic = 0): Promise<void> {
    await this.#journal.close()
    this.clock = new FakeClock(this.clock.now() - monotonic)
    this.clock.advance(monotonic)
    this.#journal = await openAt(this.folder, this.clock)
    await this.#journal.append({
      type: 'gateway.started',
      session: null,
      facts: { version: '1', config: 'c', pid: 1 },
    })
  }

  /** Records events, so many milliseconds after each other. */
  async record(events: Iterable<EventInput>, apartMs = 1000): Promise<void> {
    for (const event of events) {
      await this.#journal.append(event)
      this.clock.advance(apartMs)
    }
  }

  async recordings(): Promise<Recordings> {
    const kek = await loadKek(`\${file:${join(this.folder, 'record.key')}}`, { environment: {} })
    this.#recordings ??= await openRecordings({ folder: join(this.folder, 'data'), kek })
    await this.#recordings.refresh()
    return this.#recordings
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recordings?.close()
    await this.#journal.close()
    await rm(this.folder, { recursive: true })
  }
}

async function openAt(folder: string, clock: FakeClock): Promise<Journal> {
  return openJournal({
    folder: recordFolders(join(folder, 'data')).journal,
    kek: await loadKek(`\${file:${join(folder, 'record.key')}}`, { environment: {} }),
    clock,
    ids: randomIds,
    limits: { ballastBytes: 0, lowWaterBytes: 0, aheadBytes: 4096 },
  })
}
