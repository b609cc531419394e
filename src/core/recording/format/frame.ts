/**
 * One frame: `u32 length | u32 crc32 | u64 lsn | u32 flush offset | 32 B chain | payload`.
 *
 * The chain is the hash of the frame before (of the segment header for the first frame). It is part of the associated
 * data of the payload, so the order of frames is confirmed by the data key and not by public hashes alone, while a
 * single frame can be read without the ones before it.
 */
import { createCipheriv, createDecipheriv, createHash, hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { FRAME, MAX_PAYLOAD_BYTES, NONCE_BYTES, TAG_BYTES } from './layout.ts'
import type { OpenSegment } from './segment-header.ts'

/** What a frame needs to know of the segment that it is written into. */
export type FrameKey = Pick<OpenSegment, 'idBytes' | 'key'>

export interface FrameInput {
  readonly lsn: number
  readonly flushOffset: number
  readonly chain: Buffer
  /** The plaintext, in pieces: large bodies are encrypted from where they lie. */
  readonly payload: readonly Uint8Array[]
}

export interface EncodedFrame {
  readonly pieces: readonly Buffer[]
  readonly bytes: number
  /** Chain value of the next frame. */
  readonly hash: Buffer
}

export function encodeFrame(segment: FrameKey, input: FrameInput): EncodedFrame {
  const length = input.payload.reduce((sum, piece) => sum + piece.length, TAG_BYTES)
  if (length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`a frame holds at most ${MAX_PAYLOAD_BYTES} bytes, not ${length}`)
  }
  const head = Buffer.alloc(FRAME.payload)
  head.writeUInt32BE(length, FRAME.length)
  head.writeBigUInt64BE(BigInt(input.lsn), FRAME.lsn)
  head.writeUInt32BE(input.flushOffset, FRAME.flushOffset)
  input.chain.copy(head, FRAME.chain)

  const cipher = createCipheriv('aes-256-gcm', segment.key, nonceOf(input.lsn))
  cipher.setAAD(frameContext(segment, head))
  const payload = length <= SMALL_BYTES ? [Buffer.concat(input.payload)] : input.payload
  const sealed = payload.map((piece) => cipher.update(piece))
  cipher.final()
  sealed.push(cipher.getAuthTag())

  let checksum = crc32(head.subarray(FRAME.length, FRAME.crc))
  checksum = crc32(head.subarray(FRAME.lsn), checksum)
  for (const piece of sealed) {
    checksum = crc32(piece, checksum)
  }
  head.writeUInt32BE(checksum, FRAME.crc)
  const bytes = FRAME.payload + length
  if (length <= SMALL_BYTES) {
    const frame = Buffer.concat([head, ...sealed], bytes)
    return { pieces: [frame], bytes, hash: hashOf(frame) }
  }
  const digest = createHash('sha256').update(head)
  for (const piece of sealed) {
    digest.update(piece)
  }
  return { pieces: [head, ...sealed], bytes, hash: digest.digest() }
}

/** Frames up to this size are made in one piece: many small pieces cost more than copying them together. */
const SMALL_BYTES = 16 * 1024

/** A frame as it lies on disk, its checksum found right; not yet decrypted. */
export interface Frame {
  readonly lsn: number
  readonly flushOffset: number
  readonly chain: Buffer
  /** The whole frame. */
  readonly bytes: Buffer
}

export type FrameDecoding =
  | { readonly status: 'frame'; readonly frame: Frame }
  /** Zeros: nothing was written here yet. */
  | { readonly status: 'blank' }
  /** The bytes end before the frame does. */
  | { readonly status: 'incomplete' }
  | { readonly status: 'damaged'; readonly reason: string }

/** Reads the frame at `offset`, without its key: length and checksum only. */
export function decodeFrame(bytes: Buffer, offset: number): FrameDecoding {
  const available = bytes.length - offset
  const head = bytes.subarray(offset, offset + FRAME.payload)
  if (head.every((byte) => byte === 0)) {
    return { status: 'blank' }
  }
  if (available < FRAME.payload) {
    return { status: 'incomplete' }
  }
  const length = head.readUInt32BE(FRAME.length)
  if (length < TAG_BYTES || length > MAX_PAYLOAD_BYTES) {
    return { status: 'damaged', reason: 'its length is impossible' }
  }
  if (available < FRAME.payload + length) {
    return { status: 'incomplete' }
  }
  const frame = bytes.subarray(offset, offset + FRAME.payload + length)
  const checksum = crc32(frame.subarray(FRAME.lsn), crc32(frame.subarray(FRAME.length, FRAME.crc)))
  if (checksum !== head.readUInt32BE(FRAME.crc)) {
    return { status: 'damaged', reason: 'its checksum is wrong' }
  }
  return {
    status: 'frame',
    frame: {
      lsn: Number(frame.readBigUInt64BE(FRAME.lsn)),
      flushOffset: frame.readUInt32BE(FRAME.flushOffset),
      chain: frame.subarray(FRAME.chain, FRAME.payload),
      bytes: frame,
    },
  }
}

/** The plaintext of a frame; null when the data key does not confirm it. */
export function decryptFrame(segment: FrameKey, frame: Frame): Buffer | null {
  const end = frame.bytes.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', segment.key, nonceOf(frame.lsn))
  decipher.setAAD(frameContext(segment, frame.bytes))
  decipher.setAuthTag(frame.bytes.subarray(end))
  try {
    const plaintext = decipher.update(frame.bytes.subarray(FRAME.payload, end))
    decipher.final()
    return plaintext
  } catch {
    return null
  }
}

export function hashOf(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer')
}

/** Unique under one data key: see segment-header.ts. */
function nonceOf(lsn: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeBigUInt64BE(BigInt(lsn), NONCE_BYTES - 8)
  return nonce
}

/** The segment's id and every field of the frame but the checksum, which is computed last. */
function frameContext(segment: FrameKey, frame: Buffer): Buffer {
  return Buffer.concat([
    segment.idBytes,
    frame.subarray(FRAME.length, FRAME.crc),
    frame.subarray(FRAME.lsn, FRAME.payload),
  ])
}
