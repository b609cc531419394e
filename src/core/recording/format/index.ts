export { type Damage, type DamageKind, damageError, damageHint } from './damage.ts'
export { decodeFrame, decryptFrame, type EncodedFrame, encodeFrame, type FrameInput, hashOf } from './frame.ts'
export { deriveKey } from './keys.ts'
export { CHAIN_START, MAX_HEADER_BYTES } from './layout.ts'
export { decodeEvent, type EventTimes, encodeEvent } from './payload.ts'
export {
  encodeSegmentHeader,
  type OpenSegment,
  openSegment,
  type SegmentHeader,
  type SegmentOpening,
  segmentName,
  segmentNumber,
} from './segment-header.ts'
export {
  checkSegment,
  type EventPlace,
  type PlacedEvent,
  readSegment,
  type SegmentEnd,
  type SegmentPosition,
  segmentStart,
} from './segment-reader.ts'
export { checkContinuity, checkKeys, checkSequence } from './segment-sequence.ts'
