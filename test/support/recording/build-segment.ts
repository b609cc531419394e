/** Builds a segment in memory from fixed keys and times: same input, same bytes. */
import { createSecretKey, type KeyObject } from 'node:crypto'
import {
  encodeEvent,
  encodeFrame,
  encodeSegmentHeader,
  hashOf,
  type OpenSegment,
  openSegment,
  segmentName,
} from '../../../src/core/recording/format/index.ts'
import type { EventInput } from '../../../src/core/recording/index.ts'
import { sessionEvents } from './sample-session.ts'

export const VECTOR_KEK: KeyObject = createSecretKey(Buffer.alloc(32, 0x4b))
export const VECTOR_START = 1_700_000_000_000

export interface BuildOptions {
  readonly kek?: KeyObject
  readonly number?: number
  readonly firstLsn?: number
  readonly previousChain?: Buffer
  /** Byte that the data key is filled with. */
  readonly seed?: number
}

export interface BuiltSegment {
  readonly bytes: Buffer
  readonly open: OpenSegment
  /** Where each frame begins, and where the last one ends. */
  readonly offsets: readonly number[]
  /** Hash of the last frame. */
  readonly hash: Buffer
}

/** One list of payloads a flush. */
export function buildSegment(flushes: readonly (readonly Uint8Array[])[][], options: BuildOptions = {}): BuiltSegment {
  const { kek = VECTOR_KEK, number = 1, firstLsn = 1, previousChain = Buffer.alloc(32), seed = 0x44 } = options
  const fields = {
    number,
    id: `00000000-0000-4000-8000-0000000000${seed.toString(16)}`,
    firstLsn,
    createdAt: VECTOR_START,
    previousChain,
  }
  const secrets = { kek, dataKey: Buffer.alloc(32, seed), wrapNonce: Buffer.alloc(12, seed) }
  const header = encodeSegmentHeader(fields, secrets)
  const opening = openSegment(segmentName(number), header, kek, hashOf)
  if (!opening.ok) {
    throw new Error(opening.damage.text)
  }
  const pieces: Buffer[] = [header]
  const offsets = [header.length]
  let chain = opening.segment.chain
  let lsn = firstLsn
  for (const flush of flushes) {
    for (const [flushOffset, payload] of flush.entries()) {
      const frame = encodeFrame(opening.segment, { lsn, flushOffset, chain, payload })
      pieces.push(...frame.pieces)
      offsets.push(offsets.at(-1)! + frame.bytes)
      chain = frame.hash
      lsn += 1
    }
  }
  return { bytes: Buffer.concat(pieces), open: opening.segment, offsets, hash: chain }
}

/** Payloads of events that are one second apart. */
export function payloadsOf(events: readonly EventInput[]): (readonly Uint8Array[])[] {
  return events.map((event, index) => encodeEvent(event, { at: VECTOR_START + index * 1000, monotonic: index * 1000 }))
}

/** The segment of test/vectors/recording: a session with one of everything, in flushes of three. */
export function goldenSegment(): BuiltSegment {
  const payloads = payloadsOf(sessionEvents('golden'))
  const flushes = Array.from({ length: Math.ceil(payloads.length / 3) }, (_, index) =>
    payloads.slice(index * 3, index * 3 + 3),
  )
  return buildSegment(flushes)
}
