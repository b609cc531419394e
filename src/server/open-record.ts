/** The record of a data folder, opened for the one process that writes it. */
import type { KeyObject } from 'node:crypto'
import { type Journal, JournalCheck, JournalReader, openJournal } from '../adapters/journal/index.ts'
import { RecordingIndex, recordedPast, recordFolders } from '../adapters/store/index.ts'
import type { Past } from '../gate/index.ts'
import type { Config } from './config/index.ts'
import type { Basics, Started } from './lifecycle.ts'

export interface OpenRecord {
  readonly journal: Journal
  readonly index: RecordingIndex
  readonly reader: JournalReader
  readonly past: Past
  /** Reads what is older whole, once it is started. */
  readonly check: JournalCheck
}

/** Rejects with ICE_DATA_FOLDER, ICE_JOURNAL_DAMAGED or ICE_KEY_INVALID. */
export async function openRecord(
  config: Config,
  kek: KeyObject,
  { clock, ids, log, files }: Basics,
  started: Started,
): Promise<OpenRecord> {
  const { journal: folder, index: path } = recordFolders(config.data)
  const { segment_size, ballast, low_water } = config.recording
  const limits = { segmentBytes: segment_size, ballastBytes: ballast, lowWaterBytes: low_water }
  const assertLast = (lsn: number): Promise<void> => RecordingIndex.assertNotAhead(path, lsn)
  const journal = await openJournal({ folder, kek, clock, ids, limits, files, assertLast })
  started.add(() => journal.close())
  const reader = new JournalReader({ folder, kek })
  const index = await RecordingIndex.open({ path, reader, clock })
  started.add(() => index.close())
  const unsubscribe = journal.subscribe((events) => index.feed(events))
  started.add(async () => unsubscribe())
  const check = new JournalCheck({ journal, folder, kek, log })
  started.add(() => check.close())
  return { journal, index, reader, past: recordedPast(index.database, reader), check }
}
