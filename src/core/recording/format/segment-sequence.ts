import type { Damage } from './damage.ts'
import { CHAIN_START } from './layout.ts'
import { type OpenSegment, type SegmentOpening, segmentName } from './segment-header.ts'

/**
 * A segment under another key beside segments under this one came from elsewhere: the key is right, and the segment is
 * not. What is damaged otherwise stays as it was found.
 */
export function checkKeys(openings: readonly SegmentOpening[]): readonly SegmentOpening[] {
  if (!openings.some(({ ok }) => ok)) return openings
  return openings.map((opening) => {
    if (opening.ok || opening.damage.kind !== 'wrong_key') return opening
    const { segment } = opening.damage
    const text = `segment ${segment} was written under another key-encryption key than the others`
    return { ok: false, damage: { ...opening.damage, kind: 'foreign_key', text } }
  })
}

/** Checks, from the headers alone, that the segments are a whole journal: none missing, none out of place. */
export function checkSequence(segments: readonly OpenSegment[]): Damage | null {
  for (const [index, { header, name }] of segments.entries()) {
    const missing = (number: number): Damage => ({
      kind: 'segment_missing',
      segment: segmentName(number),
      offset: null,
      lsn: null,
      text: `segment ${segmentName(number)} is missing`,
    })
    if (header.number !== index + 1) {
      return missing(index + 1)
    }
    const before = segments[index - 1]?.header.firstLsn ?? 1
    if (header.firstLsn < before || (index === 0 && header.firstLsn !== 1)) {
      return {
        kind: 'gap',
        segment: name,
        offset: null,
        lsn: before,
        text: `segment ${name} begins with event ${header.firstLsn}, where ${before} or later was due`,
      }
    }
  }
  return null
}

/** Checks that a segment goes on where the one before it ended: `chain` is the hash of the last event's frame. */
export function checkContinuity(segment: OpenSegment, chain: Buffer | null): Damage | null {
  if (segment.header.previousChain.equals(chain ?? CHAIN_START)) {
    return null
  }
  return {
    kind: 'chain_broken',
    segment: segment.name,
    offset: 0,
    lsn: segment.header.firstLsn,
    text: `segment ${segment.name} does not follow the segment before it`,
  }
}
