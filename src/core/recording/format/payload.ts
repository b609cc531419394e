/** An event as the plaintext of a frame: `u8 kind | u32 header length | header JSON | body`. */
import { type EventInput, isEventType, type StoredEvent } from '../events.ts'
import { PAYLOAD_EVENT, PAYLOAD_PREFIX_BYTES } from './layout.ts'

export interface EventTimes {
  readonly at: number
  readonly monotonic: number
}

/** The payload in pieces; the body is not copied. */
export function encodeEvent(event: EventInput, times: EventTimes): readonly Uint8Array[] {
  const json = JSON.stringify({
    type: event.type,
    session: event.session,
    statement: event.statement,
    at: times.at,
    monotonic: times.monotonic,
    facts: event.facts,
  })
  const head = Buffer.allocUnsafe(PAYLOAD_PREFIX_BYTES + Buffer.byteLength(json))
  head.writeUInt8(PAYLOAD_EVENT, 0)
  head.writeUInt32BE(head.length - PAYLOAD_PREFIX_BYTES, 1)
  head.write(json, PAYLOAD_PREFIX_BYTES)
  return event.body === undefined || event.body.length === 0 ? [head] : [head, event.body]
}

/**
 * Never fails: what this version cannot interpret is an opaque event. The data key has confirmed the bytes by now, so
 * what does not parse was written so by another version, and must not be lost.
 */
export function decodeEvent(lsn: number, payload: Buffer): StoredEvent {
  const header = readHeader(payload)
  if (header === null) {
    return { type: 'opaque', originalType: null, session: null, lsn, at: 0, monotonic: 0, facts: {}, body: payload }
  }
  const { fields, body } = header
  const common = {
    session: typeof fields.session === 'string' ? fields.session : null,
    ...(typeof fields.statement === 'string' ? { statement: fields.statement } : {}),
    facts: isRecord(fields.facts) ? fields.facts : {},
    lsn,
    at: numberOf(fields.at),
    monotonic: numberOf(fields.monotonic),
    ...(body.length > 0 ? { body } : {}),
  }
  const type = fields.type
  if (typeof type !== 'string' || !isEventType(type)) {
    return { ...common, type: 'opaque', originalType: typeof type === 'string' ? type : null }
  }
  // The facts were written by this code from the same type, and the data key confirms that nobody changed them since.
  return { ...common, type } as unknown as StoredEvent
}

function readHeader(payload: Buffer): { fields: Record<string, unknown>; body: Buffer } | null {
  if (payload.length < PAYLOAD_PREFIX_BYTES || payload.readUInt8(0) !== PAYLOAD_EVENT) {
    return null
  }
  const end = PAYLOAD_PREFIX_BYTES + payload.readUInt32BE(1)
  if (end > payload.length) {
    return null
  }
  try {
    const fields: unknown = JSON.parse(payload.toString('utf8', PAYLOAD_PREFIX_BYTES, end))
    return isRecord(fields) ? { fields, body: payload.subarray(end) } : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
