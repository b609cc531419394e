/**
 * Reads the frames of a segment and says precisely how it ends. What was acknowledged is never left out in silence:
 * either every frame comes, or the damage is named.
 */

import type { StoredEvent } from '../events.ts'
import type { Damage, DamageKind } from './damage.ts'
import { decodeFrame, decryptFrame, hashOf } from './frame.ts'
import { FRAME } from './layout.ts'
import { decodeEvent } from './payload.ts'
import type { OpenSegment } from './segment-header.ts'

/** Where an event lies. */
export interface EventPlace {
  readonly segment: number
  readonly offset: number
  readonly bytes: number
}

export interface PlacedEvent {
  readonly event: StoredEvent
  readonly place: EventPlace
  /** Hash of the event's frame: the chain value of the next one. */
  readonly hash: Buffer
}

/** From where to read on: the first frame of a segment, or where an earlier reading had ended. */
export interface SegmentPosition {
  readonly offset: number
  readonly lsn: number
  /** Chain value expected of the frame there. */
  readonly chain: Buffer
}

export type SegmentEnd =
  | {
      readonly status: 'complete'
      readonly position: SegmentPosition
      /** Bytes of a write that did not come to its end, or is under way. None of them had been acknowledged. */
      readonly tornBytes: number
    }
  | { readonly status: 'damaged'; readonly damage: Damage; readonly position: SegmentPosition }

export interface SegmentBytes {
  readonly segment: OpenSegment
  /** The segment from byte `base` on. */
  readonly bytes: Buffer
  readonly base: number
  /**
   * First sequence number of the next segment; null for the last segment. What lies in this segment from there on was
   * given up after a failed write and recorded again in the next one.
   */
  readonly until: number | null
}

export function segmentStart(segment: OpenSegment): SegmentPosition {
  return { offset: segment.headerBytes, lsn: segment.header.firstLsn, chain: segment.chain }
}

/** Yields events from `start` on, and returns how the segment ends. */
export function* readSegment(source: SegmentBytes, start: SegmentPosition): Generator<PlacedEvent, SegmentEnd> {
  const frames = readFrames(source, start)
  for (;;) {
    const step = frames.next()
    if (step.done === true) return step.value
    const { lsn, payload, place, hash } = step.value
    yield { event: decodeEvent(lsn, payload), place, hash }
  }
}

/** Checks every frame from `start` on, and says how the segment ends. */
export function checkSegment(source: SegmentBytes, start: SegmentPosition): SegmentEnd {
  const frames = readFrames(source, start)
  for (;;) {
    const step = frames.next()
    if (step.done === true) return step.value
  }
}

interface PlacedFrame {
  readonly lsn: number
  readonly payload: Buffer
  readonly place: EventPlace
  readonly hash: Buffer
}

function* readFrames(source: SegmentBytes, start: SegmentPosition): Generator<PlacedFrame, SegmentEnd> {
  const { segment, bytes, base, until } = source
  let { offset, lsn, chain } = start
  const damaged = (kind: DamageKind, what: string): SegmentEnd => ({
    status: 'damaged',
    position: { offset, lsn, chain },
    damage: { kind, segment: segment.name, offset, lsn, text: `segment ${segment.name}, byte ${offset}: ${what}` },
  })

  while (until === null || lsn < until) {
    const decoding = decodeFrame(bytes, offset - base)
    if (decoding.status !== 'frame') {
      if (until !== null) {
        return decoding.status === 'blank'
          ? damaged('gap', `event ${lsn} is missing, and the next segment begins with ${until}`)
          : damaged('frame_damaged', `the frame of event ${lsn} is damaged`)
      }
      if (laterFlushBegins(bytes, offset - base, lsn)) {
        return damaged('frame_damaged', `the frame of event ${lsn} is damaged, and later ones are not`)
      }
      return {
        status: 'complete',
        position: { offset, lsn, chain },
        tornBytes: usedBytes(bytes) - Math.min(offset - base, usedBytes(bytes)),
      }
    }
    const { frame } = decoding
    if (frame.lsn !== lsn) {
      return damaged('gap', `event ${lsn} is missing, and event ${frame.lsn} stands in its place`)
    }
    if (!frame.chain.equals(chain)) {
      return damaged('chain_broken', `event ${lsn} does not follow the event before it`)
    }
    const payload = decryptFrame(segment, frame)
    if (payload === null) {
      return damaged('not_authentic', `event ${lsn} is not as it was written`)
    }
    const place = { segment: segment.header.number, offset, bytes: frame.bytes.length }
    const hash = hashOf(frame.bytes)
    yield { lsn, payload, place, hash }
    offset += frame.bytes.length
    lsn += 1
    chain = hash
  }
  return { status: 'complete', position: { offset, lsn, chain }, tornBytes: 0 }
}

/**
 * True when the bytes after a bad frame prove that it once was whole. A flush begins only after the one before it is
 * durable, so a good frame of a later flush proves that; a good frame of the same flush does not, because a disk may
 * lose power after writing the sectors of one write in any order.
 */
function laterFlushBegins(bytes: Buffer, from: number, lsn: number): boolean {
  const high = Math.floor(lsn / 2 ** 32)
  for (let at = from + 1; at + FRAME.payload <= bytes.length; at += 1) {
    const candidateHigh = bytes.readUInt32BE(at + FRAME.lsn)
    if (candidateHigh !== high && candidateHigh !== high + 1) {
      continue
    }
    const candidate = candidateHigh * 2 ** 32 + bytes.readUInt32BE(at + FRAME.lsn + 4)
    if (candidate - bytes.readUInt32BE(at + FRAME.flushOffset) <= lsn) {
      continue
    }
    if (decodeFrame(bytes, at).status === 'frame') {
      return true
    }
  }
  return false
}

/** Length without the zeros written ahead. */
function usedBytes(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) {
    end -= 1
  }
  return end
}
