/**
 * The head of a segment: which journal part it is, what came before it, and the data key of its frames, wrapped.
 *
 * Every segment has a random data key of its own. A frame's nonce is its log sequence number, which is safe for one
 * reason only: no segment is ever continued. After a restart, and after any failed write, the journal begins a new
 * segment with a new key, so that no (key, nonce) pair can come twice.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Damage, DamageKind } from './damage.ts'
import { deriveKey, keyIdOf } from './keys.ts'
import { FORMAT_MAJOR, FORMAT_MINOR, HEADER, HEADER_BYTES, KEY_BYTES, MAGIC, MAX_HEADER_BYTES } from './layout.ts'

const WRAP_PURPOSE = 'journal-wrap'
const CRC_BYTES = 4

export interface SegmentHeader {
  readonly major: number
  readonly minor: number
  /** 1, 2, 3, … without gaps: a missing segment is seen by its number. */
  readonly number: number
  /** UUID, in every frame's associated data: a frame cannot be moved into another segment. */
  readonly id: string
  readonly firstLsn: number
  readonly createdAt: number
  /** Hash of the frame with the sequence number before `firstLsn`; zeros for the first event of a journal. */
  readonly previousChain: Buffer
}

/** A segment whose header was checked and whose data key was unwrapped. */
export interface OpenSegment {
  readonly name: string
  readonly header: SegmentHeader
  readonly idBytes: Buffer
  readonly key: KeyObject
  /** Where the first frame begins. */
  readonly headerBytes: number
  /** Chain value of the first frame: the hash of the header. */
  readonly chain: Buffer
}

export interface SegmentSecrets {
  readonly kek: KeyObject
  /** 32 random bytes. */
  readonly dataKey: Buffer
  /** 12 random bytes. */
  readonly wrapNonce: Buffer
}

export type NewSegment = Omit<SegmentHeader, 'major' | 'minor'>

export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.journal`
}

/** The number in a segment's file name; null for other files. */
export function segmentNumber(name: string): number | null {
  const match = /^(\d{10})\.journal$/.exec(name)
  return match === null ? null : Number(match[1])
}

export function encodeSegmentHeader(fields: NewSegment, secrets: SegmentSecrets): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt16BE(FORMAT_MAJOR, HEADER.major)
  bytes.writeUInt16BE(FORMAT_MINOR, HEADER.minor)
  bytes.writeUInt32BE(HEADER_BYTES, HEADER.length)
  bytes.writeUInt32BE(fields.number, HEADER.number)
  uuidBytes(fields.id).copy(bytes, HEADER.id)
  bytes.writeBigUInt64BE(BigInt(fields.firstLsn), HEADER.firstLsn)
  bytes.writeBigUInt64BE(BigInt(fields.createdAt), HEADER.createdAt)
  fields.previousChain.copy(bytes, HEADER.previousChain)
  keyIdOf(secrets.kek).copy(bytes, HEADER.keyId)
  secrets.wrapNonce.copy(bytes, HEADER.wrapNonce)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secrets.kek, WRAP_PURPOSE), secrets.wrapNonce)
  cipher.setAAD(wrapContext(bytes))
  cipher.update(secrets.dataKey).copy(bytes, HEADER.wrappedKey)
  cipher.final()
  cipher.getAuthTag().copy(bytes, HEADER.wrapTag)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -CRC_BYTES)), HEADER_BYTES - CRC_BYTES)
  return bytes
}

export type SegmentOpening =
  | { readonly ok: true; readonly segment: OpenSegment }
  | { readonly ok: false; readonly damage: Damage }

/** Checks the header at the start of `bytes` and unwraps the data key. */
export function openSegment(
  name: string,
  bytes: Buffer,
  kek: KeyObject,
  hash: (bytes: Buffer) => Buffer,
): SegmentOpening {
  const refuse = (kind: DamageKind, text: string): SegmentOpening => ({
    ok: false,
    damage: { kind, segment: name, offset: 0, lsn: null, text: `segment ${name} ${text}` },
  })
  if (bytes.length < HEADER.length + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return refuse('not_a_segment', 'does not begin as a segment of a journal does')
  }
  const major = bytes.readUInt16BE(HEADER.major)
  const minor = bytes.readUInt16BE(HEADER.minor)
  if (major > FORMAT_MAJOR) {
    return refuse('newer_version', `has format ${major}.${minor}, and this Icecore reads up to ${FORMAT_MAJOR}.x`)
  }
  const length = bytes.readUInt32BE(HEADER.length)
  if (major < 1 || length < HEADER_BYTES || length > MAX_HEADER_BYTES || length > bytes.length) {
    return refuse('header_damaged', 'has a damaged header')
  }
  const head = bytes.subarray(0, length)
  if (crc32(head.subarray(0, -CRC_BYTES)) !== head.readUInt32BE(length - CRC_BYTES)) {
    return refuse('header_damaged', 'has a damaged header (checksum)')
  }
  if (!head.subarray(HEADER.keyId, HEADER.wrapNonce).equals(keyIdOf(kek))) {
    return refuse('wrong_key', 'was written under another key-encryption key')
  }
  const key = unwrapDataKey(head, kek)
  if (key === null) {
    return refuse('not_authentic', 'has a header that its key does not confirm')
  }
  const idBytes = Buffer.from(head.subarray(HEADER.id, HEADER.firstLsn))
  const header: SegmentHeader = {
    major,
    minor,
    number: head.readUInt32BE(HEADER.number),
    id: formatUuid(idBytes),
    firstLsn: Number(head.readBigUInt64BE(HEADER.firstLsn)),
    createdAt: Number(head.readBigUInt64BE(HEADER.createdAt)),
    previousChain: Buffer.from(head.subarray(HEADER.previousChain, HEADER.keyId)),
  }
  if (segmentName(header.number) !== name) {
    return refuse('not_authentic', `says that it is ${segmentName(header.number)}`)
  }
  return { ok: true, segment: { name, header, idBytes, key, headerBytes: length, chain: hash(head) } }
}

function unwrapDataKey(head: Buffer, kek: KeyObject): KeyObject | null {
  const nonce = head.subarray(HEADER.wrapNonce, HEADER.wrappedKey)
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(kek, WRAP_PURPOSE), nonce)
  decipher.setAAD(wrapContext(head))
  decipher.setAuthTag(head.subarray(HEADER.wrapTag, HEADER.extension))
  try {
    const key = decipher.update(head.subarray(HEADER.wrappedKey, HEADER.wrappedKey + KEY_BYTES))
    decipher.final()
    return createSecretKey(key)
  } catch {
    return null
  }
}

/** What the wrapping binds the data key to: every field of the header, those of later versions included. */
function wrapContext(head: Buffer): Buffer {
  return Buffer.concat([head.subarray(0, HEADER.wrapNonce), head.subarray(HEADER.extension, head.length - CRC_BYTES)])
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function formatUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
