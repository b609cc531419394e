/** What a journal is found to be at start, and the repair of the one thing that a crash may leave behind. */
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CHAIN_START,
  checkContinuity,
  checkSegment,
  damageError,
  type OpenSegment,
  segmentStart,
} from '../../core/recording/format/index.ts'
import { chainAfter, JournalReader, type JournalReaderOptions } from './journal-reader.ts'

export interface RecoveredJournal {
  /** What the next segment is to be. */
  readonly number: number
  readonly firstLsn: number
  readonly previousChain: Buffer
  /** The torn end that was dropped, if there was one. */
  readonly dropped: { readonly segment: string; readonly droppedBytes: number } | null
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
    return { number: 1, firstLsn: 1, previousChain: CHAIN_START, dropped: null }
  }
  let end: VerifiedEnd = { chain: CHAIN_START, lsn: 1, offset: 0, tornBytes: 0 }
  for (let index = await firstToVerify(folder, segments, verifyBytes); index < segments.length; index += 1) {
    end = verifySegment(segments[index]!, segments[index + 1], await reader.segmentBytes(segments[index]!))
  }
  await truncate(join(folder, last.name), end.offset)
  return {
    number: last.header.number + 1,
    firstLsn: end.lsn,
    previousChain: end.chain,
    dropped: end.tornBytes > 0 ? { segment: last.name, droppedBytes: end.tornBytes } : null,
  }
}

interface VerifiedEnd {
  readonly chain: Buffer
  readonly lsn: number
  readonly offset: number
  readonly tornBytes: number
}

function verifySegment(segment: OpenSegment, next: OpenSegment | undefined, bytes: Buffer): VerifiedEnd {
  const start = segmentStart(segment)
  const end = checkSegment({ segment, bytes, base: start.offset, until: next?.header.firstLsn ?? null }, start)
  if (end.status === 'damaged') {
    throw damageError(end.damage)
  }
  const chain = chainAfter(segment, end.position)
  const broken = next === undefined ? null : checkContinuity(next, chain)
  if (broken !== null) {
    throw damageError(broken)
  }
  return { chain, lsn: end.position.lsn, offset: end.position.offset, tornBytes: end.tornBytes }
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
