/** One segment, read whole. */
import {
  checkContinuity,
  checkSegment,
  type Damage,
  type OpenSegment,
  type SegmentPosition,
  segmentStart,
} from '../../core/recording/format/index.ts'

export interface VerifiedSegment {
  readonly damage: Damage | null
  /** Where the good part of it ends. */
  readonly end: SegmentPosition
  /** Hash of the last event's frame up to there; that of an earlier segment where this one holds none. */
  readonly chain: Buffer
  /** Bytes of a write that did not come to its end: in the last segment of a journal only. */
  readonly tornBytes: number
}

/** Checks every frame, and that `next` goes on where the segment ends; `bytes` are those after its header. */
export function verifySegment(segment: OpenSegment, next: OpenSegment | undefined, bytes: Buffer): VerifiedSegment {
  const start = segmentStart(segment)
  const end = checkSegment({ segment, bytes, base: start.offset, until: next?.header.firstLsn ?? null }, start)
  const chain = chainAfter(segment, end.position)
  const found = { end: end.position, chain }
  if (end.status === 'damaged') return { ...found, damage: end.damage, tornBytes: 0 }
  return { ...found, damage: next === undefined ? null : checkContinuity(next, chain), tornBytes: end.tornBytes }
}

/** Hash of the last event's frame at the end of `segment`; that of an earlier segment where this one holds none. */
export function chainAfter(segment: OpenSegment, end: SegmentPosition): Buffer {
  const empty = end.lsn === segment.header.firstLsn
  return empty ? segment.header.previousChain : end.chain
}
