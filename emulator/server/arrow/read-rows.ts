/** Arrow streams back to Snowflake's JSON cells: what RESULT_SCAN reads of a former result. */
import { RecordBatchReader, Vector } from 'apache-arrow'
import type { Cell, Column } from '../../engine.ts'
import { toJson } from '../json.ts'
import type { Row } from '../result-chunk.ts'
import { isNested, memberValue } from './members.ts'

const NANOSECOND_DIGITS = 9

export function readArrowRows(columns: readonly Column[], stream: Uint8Array): readonly Row[] {
  return [...readArrowBatches(columns, stream)].flat()
}

/** The rows of each record batch. */
export function* readArrowBatches(columns: readonly Column[], stream: Uint8Array): Generator<readonly Row[]> {
  for (const batch of RecordBatchReader.from(stream)) {
    // Not by `getChildAt`: in the schema of a batch, columns of the same name are one.
    const cells = columns.map((column, index) => readColumn(column, new Vector([batch.data.children[index]!])))
    yield Array.from({ length: batch.numRows }, (_, row) => cells.map((column) => column[row] ?? null))
  }
}

function readColumn(column: Column, vector: Vector): readonly Cell[] {
  return Array.from(vector, (value: unknown) => (value === null ? null : readCell(column, value)))
}

function readCell(column: Column, value: unknown): Cell {
  const { type, scale } = column
  if (isNested(column) && typeof value !== 'string') return toJson(nestedValue(column, value))
  switch (type) {
    case 'fixed':
    case 'time':
    case 'interval_year_month':
    case 'interval_day_time':
      return decimalText(toInteger(value), scale ?? 0)
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return instantText(value, scale ?? 0)
    case 'timestamp_tz':
      return `${instantText(value, scale ?? 0)} ${membersOf(value).timezone}`
    case 'real':
      return realText(Number(value))
    case 'boolean':
      return value === true ? '1' : '0'
    case 'date':
      return String(Number(value) / MILLISECONDS_A_DAY)
    case 'binary':
      return Buffer.from(value as Uint8Array)
        .toString('hex')
        .toUpperCase()
    case 'decfloat':
      return decimalFloatText(membersOf(value))
    case 'vector':
      return JSON.stringify([...(value as Vector)])
    default:
      return String(value)
  }
}

/** Native JSON of a struct, list or map. */
function nestedValue({ type, fields = [] }: Column, value: unknown): unknown {
  const memberOf = (field: Column | undefined, member: unknown): unknown =>
    field === undefined || member === null ? null : memberValue(field, readCell(field, member))
  const [first, second] = fields
  if (type === 'array') return Array.from(value as Vector, (item) => memberOf(first, item))
  if (type === 'map') {
    const entries = [...(value as Iterable<readonly [unknown, unknown]>)]
    return Object.fromEntries(entries.map(([key, item]) => [first && readCell(first, key), memberOf(second, item)]))
  }
  const members = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(fields.map((field) => [field.name, memberOf(field, members[field.name])]))
}

/** The library gives dates as milliseconds. */
const MILLISECONDS_A_DAY = 86_400_000

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return (value as { toJSON(): Record<string, unknown> }).toJSON()
}

/** A decimal comes as four words, the lowest first. */
function toInteger(value: unknown): bigint {
  if (!(value instanceof Uint32Array)) return BigInt(value as number | bigint)
  return BigInt.asIntN(
    128,
    value.reduceRight((high, word) => (high << 32n) | BigInt(word), 0n),
  )
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function instantText(value: unknown, scale: number): string {
  if (typeof value === 'bigint') return decimalText(value, scale)
  const { epoch, fraction } = membersOf(value)
  if (fraction === undefined) return decimalText(BigInt(epoch as bigint), scale)
  const nanoseconds = (epoch as bigint) * 1_000_000_000n + BigInt(fraction as number)
  return decimalText(nanoseconds / 10n ** BigInt(NANOSECOND_DIGITS - scale), scale)
}

function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? 'inf' : '-inf'
}

function decimalFloatText({ exponent, significand }: Readonly<Record<string, unknown>>): string {
  const value = BigInt.asIntN(128, BigInt(`0x${Buffer.from(significand as Uint8Array).toString('hex')}`))
  return exponent === 0 ? String(value) : `${value}e${exponent}`
}
