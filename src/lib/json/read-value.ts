import type { JsonDocument, JsonValue } from './json-document.ts'
import { bytesOf } from './json-document.ts'

/*
 * Typed reads of one scanned value. Each gives `undefined` when the value is missing or of another kind: what that
 * means is for the caller to say.
 */

export function readString(document: JsonDocument, value: JsonValue | undefined): string | undefined {
  return value?.kind === 'string' ? (parseValue(document, value) as string) : undefined
}

export function readBoolean(document: JsonDocument, value: JsonValue | undefined): boolean | undefined {
  return value?.kind === 'boolean' ? document.bytes[value.start] === 0x74 : undefined
}

/** An integer without loss, however many digits it has: `JSON.parse` turns …993 into …992 beyond 2^53. */
export function readInteger(document: JsonDocument, value: JsonValue | undefined): bigint | undefined {
  if (value?.kind !== 'number') return undefined
  const text = textOf(document, value)
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined
}

/** An integer that a number holds exactly. */
export function readSafeInteger(document: JsonDocument, value: JsonValue | undefined): number | undefined {
  const integer = readInteger(document, value)
  if (integer === undefined) return undefined
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : undefined
}

/** A string, boolean or number; a number only when it is exact as an integer, or no integer at all. */
export function readScalar(
  document: JsonDocument,
  value: JsonValue | undefined,
): string | number | boolean | undefined {
  if (value?.kind === 'string') return readString(document, value)
  if (value?.kind === 'boolean') return readBoolean(document, value)
  if (value?.kind !== 'number') return undefined
  const number = parseValue(document, value) as number
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : undefined
}

/** The raw text of a value. */
function textOf(document: JsonDocument, value: JsonValue): string {
  const bytes = bytesOf(document, value)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** `JSON.parse` of one value, for parts that hold no 64-bit integers. */
export function parseValue(document: JsonDocument, value: JsonValue): unknown {
  return JSON.parse(textOf(document, value))
}
