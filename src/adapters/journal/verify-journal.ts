/**
 * Reads a whole journal, frame by frame, and names everything that is wrong with it. Nothing is changed, and a gateway
 * may be writing meanwhile: what it has not finished is no damage.
 */
import type { KeyObject } from 'node:crypto'
import {
  checkKeys,
  checkSequence,
  type Damage,
  damageError,
  hashOf,
  MAX_HEADER_BYTES,
  type OpenSegment,
  openSegment,
  type SegmentOpening,
  segmentName,
  segmentNumber,
} from '../../core/recording/format/index.ts'
import { listSegments, readSegmentFile } from './segment-files.ts'
import { verifySegment } from './verify-segment.ts'

/** After each segment. */
export interface VerifyProgress {
  /** The segment just read. */
  readonly segment: string
  /** Segments read so far, of how many. */
  readonly read: number
  readonly segments: number
  /** Bytes of segments read so far. */
  readonly bytes: number
}

export interface JournalVerification {
  readonly segments: number
  readonly events: number
  readonly bytes: number
  /** Everything that was found wrong, in the order of the journal; empty when it is whole. */
  readonly damages: readonly Damage[]
  /** Bytes at the end of a write that did not come to its end, or is under way. None had been acknowledged. */
  readonly tornBytes: number
}

export interface VerifyRange {
  /** Number of the first segment that is not read. */
  readonly before?: number
}

/**
 * Resolves also when the journal is damaged; a returned promise of `onProgress` is waited for.
 * Rejects with ICE_KEY_INVALID when no segment is under this key, and with the system's error where there is no folder.
 */
export async function verifyJournal(
  folder: string,
  kek: KeyObject,
  onProgress: (progress: VerifyProgress) => void | Promise<void> = () => undefined,
  { before = Number.POSITIVE_INFINITY }: VerifyRange = {},
): Promise<JournalVerification> {
  const { names, strays } = await listSegments(folder)
  const openings = checkKeys(await openAll(folder, names, kek))
  const [first] = openings
  if (first?.ok === false && first.damage.kind === 'wrong_key') throw damageError(first.damage)

  const count = names.filter((name) => numberOf(name) < before).length
  const damages: Damage[] = [...strays]
  let [events, bytes, tornBytes, number] = [0, 0, 0, 0]
  for (const [index, opening] of openings.slice(0, count).entries()) {
    const name = names[index] ?? ''
    if (numberOf(name) !== number + 1) damages.push(missing(number + 1, numberOf(name) - 1))
    number = numberOf(name)
    const found = opening.ok
      ? await verifyWhole(folder, opening.segment, followerOf(opening.segment, openings))
      : opening
    if (found.damage !== null) damages.push(found.damage)
    if ('events' in found) {
      events += found.events
      bytes += found.bytes
      tornBytes = found.tornBytes
    }
    await onProgress({ segment: name, read: index + 1, segments: count, bytes })
  }
  return { segments: count, events, bytes, damages, tornBytes }
}

function openAll(folder: string, names: readonly string[], kek: KeyObject): Promise<SegmentOpening[]> {
  return Promise.all(
    names.map(async (name): Promise<SegmentOpening> => {
      const read = await readSegmentFile(folder, name, 0, MAX_HEADER_BYTES)
      return read.ok ? openSegment(name, read.bytes, kek, hashOf) : read
    }),
  )
}

/** The segment after this one; where it is missing or cannot be opened, this one is read as if it were the last. */
function followerOf({ header }: OpenSegment, openings: readonly SegmentOpening[]): OpenSegment | undefined {
  const follower = openings.find((opening) => opening.ok && opening.segment.header.number === header.number + 1)
  return follower?.ok === true ? follower.segment : undefined
}

interface WholeSegment {
  readonly damage: Damage | null
  readonly events: number
  readonly bytes: number
  readonly tornBytes: number
}

async function verifyWhole(folder: string, segment: OpenSegment, next: OpenSegment | undefined): Promise<WholeSegment> {
  const { header, headerBytes, name } = segment
  const outOfPlace = header.number === 1 ? checkSequence([segment]) : null
  const read = await readSegmentFile(folder, name, headerBytes)
  if (!read.ok) return { damage: read.damage, events: 0, bytes: 0, tornBytes: 0 }
  let found = verifySegment(segment, next, read.bytes)
  if (found.damage !== null && next === undefined) {
    // A writer may have been in the middle of this frame when it was read: look once more.
    const again = await readSegmentFile(folder, name, headerBytes)
    found = again.ok ? verifySegment(segment, next, again.bytes) : { ...found, damage: again.damage }
  }
  return {
    damage: outOfPlace ?? found.damage,
    events: found.end.lsn - header.firstLsn,
    bytes: headerBytes + read.bytes.length,
    tornBytes: found.tornBytes,
  }
}

function missing(from: number, to: number): Damage {
  const segment = segmentName(from)
  const text = from === to ? `segment ${segment} is missing` : `segments ${segment} to ${segmentName(to)} are missing`
  return { kind: 'segment_missing', segment, offset: null, lsn: null, text }
}

function numberOf(name: string): number {
  return segmentNumber(name) ?? 0
}
