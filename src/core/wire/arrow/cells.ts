/**
 * Cells of an Arrow column in the texts that Snowflake's JSON rows have for them, so that whoever shows rows knows one
 * form. Which physical type stands for which logical one: driver-protocol.md#arrow-cells.
 */
import { ArrowSyntaxError } from './flat-buffer.ts'
import type { ArrowValue, Vector } from './vectors.ts'

/** A cell that would hold more is not read: a column of nothing could promise any number. */
const MAX_ITEMS = 1_000_000
const NANOSECOND_DIGITS = 9

/** Throws ArrowSyntaxError. */
export function readCell(vector: Vector, row: number): string | null {
  const value = vector.at(row)
  if (value === null) return null
  switch (logicalType(vector)) {
    case 'FIXED':
    case 'TIME':
      return typeof value === 'bigint' ? formatDecimal(value, scaleOf(vector)) : describe(vector, value)
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP':
      return readTimestamp(vector, value)
    case 'TIMESTAMP_TZ':
      return readZoned(vector, value)
    case 'DECFLOAT':
      return readDecimalFloat(vector, value)
    default:
      return describe(vector, value)
  }
}

function logicalType({ field }: Vector): string {
  return (field.metadata.get('logicalType') ?? '').toUpperCase()
}

function scaleOf({ field }: Vector): number {
  const { layout, metadata } = field
  const scale = Number(metadata.get('scale') ?? (layout.kind === 'decimal' ? layout.scale : 0))
  if (!Number.isInteger(scale) || scale < 0 || scale > 38) throw new ArrowSyntaxError('a scale that cannot be')
  return scale
}

/** `value` stands for itself divided by 10^scale. */
function formatDecimal(value: bigint, scale: number): string {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Scaled seconds in one integer, or whole seconds with nanoseconds beside them. */
function readTimestamp(vector: Vector, value: ArrowValue): string {
  if (typeof value === 'bigint') return formatDecimal(value, scaleOf(vector))
  const [seconds, nanoseconds] = integers(vector, value, 2)
  return formatSeconds(seconds, nanoseconds, scaleOf(vector))
}

/** The same, with the offset in minutes, counted from 1440, as its last member. */
function readZoned(vector: Vector, value: ArrowValue): string {
  const scale = scaleOf(vector)
  if (vector.children.length === 2) {
    const [seconds, zone] = integers(vector, value, 2)
    return `${formatDecimal(seconds, scale)} ${zone}`
  }
  const [seconds, nanoseconds, zone] = integers(vector, value, 3)
  return `${formatSeconds(seconds, nanoseconds, scale)} ${zone}`
}

function formatSeconds(seconds: bigint, nanoseconds: bigint, scale: number): string {
  const whole = seconds * 10n ** BigInt(NANOSECOND_DIGITS) + nanoseconds
  const places = Math.min(scale, NANOSECOND_DIGITS)
  return formatDecimal(whole / 10n ** BigInt(NANOSECOND_DIGITS - places), places)
}

function readDecimalFloat(vector: Vector, value: ArrowValue): string {
  const [exponent, significand] = members(vector, value, 2)
  if (typeof exponent !== 'bigint' || !(significand instanceof Uint8Array)) return describe(vector, value)
  const digits = significand.length === 0 ? 0n : BigInt.asIntN(8 * significand.length, BigInt(`0x${hex(significand)}`))
  return exponent <= 0n && exponent >= -38n ? formatDecimal(digits, Number(-exponent)) : `${digits}e${exponent}`
}

function integers(vector: Vector, value: ArrowValue, count: 2): readonly [bigint, bigint]
function integers(vector: Vector, value: ArrowValue, count: 3): readonly [bigint, bigint, bigint]
function integers(vector: Vector, value: ArrowValue, count: number): readonly bigint[] {
  return members(vector, value, count).map((member) => {
    if (typeof member !== 'bigint') throw new ArrowSyntaxError('a time that is none')
    return member
  })
}

/** Those of a struct, by position. */
function members({ children }: Vector, value: ArrowValue, count: number): readonly ArrowValue[] {
  if (!isStruct(value) || children.length !== count) throw new ArrowSyntaxError('a struct of another form')
  return children.map((child) => child.at(value.row))
}

/** What is said by the physical type alone. */
function describe(vector: Vector, value: ArrowValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'bigint') return formatDecimal(value, scaleOf(vector))
  if (typeof value === 'number') return formatFloat(value)
  if (value instanceof Uint8Array) return hex(value)
  return toJson(vector, value, { items: MAX_ITEMS })
}

function formatFloat(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value)
  return value > 0 ? 'inf' : '-inf'
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase()
}

/** Structured types and vectors, as the JSON text that they are in JSON rows. `left` is what may still be read. */
function toJson(vector: Vector, value: ArrowValue, left: { items: number }): string {
  left.items -= 1
  if (left.items < 0) throw new ArrowSyntaxError('a cell with too many items')
  const { children } = vector
  if (value === null) return 'null'
  if (isStruct(value)) {
    if (SCALARS.has(logicalType(vector))) return JSON.stringify(readCell(vector, value.row))
    return `{${children.map((child) => `${JSON.stringify(child.field.name)}:${toJson(child, child.at(value.row), left)}`).join(',')}}`
  }
  if (isList(value)) {
    const [child] = children
    if (child === undefined) throw new ArrowSyntaxError('a list of nothing')
    const isMap = logicalType(vector) === 'MAP' && child.children.length === 2
    const items: string[] = []
    for (let row = value.from; row < value.until; row += 1) {
      items.push(isMap ? toEntry(child, row, left) : toJson(child, child.at(row), left))
    }
    return isMap ? `{${items.join(',')}}` : `[${items.join(',')}]`
  }
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(formatFloat(value))
  if (typeof value === 'bigint' && ['', 'FIXED'].includes(logicalType(vector)))
    return formatDecimal(value, scaleOf(vector))
  if (typeof value === 'string' && SEMI_STRUCTURED.has(logicalType(vector))) return value
  return JSON.stringify(typeof value === 'string' ? value : describe(vector, value))
}

/** Values that are structs in memory alone. */
const SCALARS: ReadonlySet<string> = new Set([
  'TIMESTAMP_NTZ',
  'TIMESTAMP_LTZ',
  'TIMESTAMP_TZ',
  'TIMESTAMP',
  'DECFLOAT',
])
/** Their text is JSON already. */
const SEMI_STRUCTURED: ReadonlySet<string> = new Set(['VARIANT', 'OBJECT', 'ARRAY', 'MAP'])

function toEntry({ children: [key, value] }: Vector, row: number, left: { items: number }): string {
  if (key === undefined || value === undefined) throw new ArrowSyntaxError('a map without keys')
  const name = key.at(row)
  const shown = typeof name === 'string' ? name : describe(key, name)
  return `${JSON.stringify(shown)}:${toJson(value, value.at(row), left)}`
}

function isStruct(value: ArrowValue): value is { readonly row: number } {
  return typeof value === 'object' && value !== null && 'row' in value
}

function isList(value: ArrowValue): value is { readonly from: number; readonly until: number } {
  return typeof value === 'object' && value !== null && 'from' in value
}
