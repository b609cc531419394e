/**
 * The layout of a journal segment on disk, format 1.0. All integers are big-endian.
 * docs/reference/recording-format.md is the description for readers who do not have this code.
 */

export const FORMAT_MAJOR = 1
export const FORMAT_MINOR = 0

/** First bytes of every segment, of this and of every later version. */
export const MAGIC = Buffer.from('ICEJRNL\n', 'latin1')

/** Offsets in the segment header. Magic and version keep their place in every later version. */
export const HEADER = {
  major: 8,
  minor: 10,
  length: 12,
  number: 16,
  id: 20,
  firstLsn: 36,
  createdAt: 44,
  previousChain: 52,
  keyId: 84,
  wrapNonce: 100,
  wrappedKey: 112,
  wrapTag: 144,
  /** Room for fields of later minor versions; the CRC is always the last four bytes of the header. */
  extension: 160,
} as const

export const HEADER_BYTES = 164
/** A later minor version may lengthen the header up to here. */
export const MAX_HEADER_BYTES = 4096

/** Offsets in a frame. */
export const FRAME = {
  length: 0,
  crc: 4,
  lsn: 8,
  /** How many frames before this one were written by the same flush. */
  flushOffset: 16,
  chain: 20,
  payload: 52,
} as const

export const TAG_BYTES = 16
export const KEY_BYTES = 32
export const NONCE_BYTES = 12
const CHAIN_BYTES = 32

/** First byte of a decrypted payload. Other values are room for what later versions add, and are read as opaque. */
export const PAYLOAD_EVENT = 1
/** Kind, then the length of the event's header. */
export const PAYLOAD_PREFIX_BYTES = 5

/** The largest payload, tag included: a length beyond it is damage, not a frame to wait for. */
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024

/** Chain value before the first frame of a journal. */
export const CHAIN_START = Buffer.alloc(CHAIN_BYTES)
