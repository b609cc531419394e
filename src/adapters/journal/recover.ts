/** What a journal is found to be at start, and the repair of the one thing that a crash may leave behind. */
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CHAIN_START, damageError, type OpenSegment } from '../../core/recording/format/index.ts'
import { JournalReader, type JournalReaderOptions } from './journal-reader.ts'
import { type VerifiedSegment, verifySegment } from './verify-segment.ts'

export interface RecoveredJournal {
  /** What the next segment is to be. */
  readonly number: number
  readonly firstLsn: number
  readonly previousChain: Buffer
  /** The torn end that was dropped, if there was one. */
  readonly dropped: { readonly segment: string; readonly droppedBytes: number } | null
  /** Number of the first segment that was read whole: of those before it, the headers were checked. */
  readonly verifiedFrom: number
}

/**
 * Checks the journal and cuts off the torn end of the last segment. Anything else that is wrong is refused: a gateway
 * that starts over a damaged record would bury the damage.
 */
export async function recoverJournal(options: JournalReaderOptions, verifyBytes: number): Promise<RecoveredJournal> {
  const { folder } = options
  for (const name of await readdir(folder)) {
    if (name.endsWith('.journal.new')) {
      await rm(join(folder, name))
    }
  }
  const reader = new JournalReader(options)
  const segments = await reader.segments()
  const last = segments.at(-1)
  if (last === undefined) {
    return { number: 1, firstLsn: 1, previousChain: CHAIN_START, dropped: null, verifiedFrom: 1 }
  }
  const first = await firstToVerify(folder, segments, verifyBytes)
  const verified: VerifiedSegment[] = []
  for (const [index, segment] of segments.entries()) {
    if (index < first) continue
    const found = verifySegment(segment, segments[index + 1], await reader.segmentBytes(segment))
    if (found.damage !== null) throw damageError(found.damage)
    verified.push(found)
  }
  const { chain, end, tornBytes } = verified.at(-1)!
  await truncate(join(folder, last.name), end.offset)
  return {
    number: last.header.number + 1,
    firstLsn: end.lsn,
    previousChain: chain,
    dropped: tornBytes > 0 ? { segment: last.name, droppedBytes: tornBytes } : null,
    verifiedFrom: first + 1,
  }
}

/** Index of the oldest segment that is read whole. */
async function firstToVerify(folder: string, segments: readonly OpenSegment[], verifyBytes: number): Promise<number> {
  let index = segments.length - 1
  let bytes = 0
  while (index > 0) {
    bytes += (await stat(join(folder, segments[index]!.name))).size
    if (bytes > verifyBytes) {
      break
    }
    index -= 1
  }
  return index
}

async function truncate(path: string, length: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(length)
    await file.sync()
  } finally {
    await file.close()
  }
}
