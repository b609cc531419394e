import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeNSValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell } from '../../engine.ts'
import { momentText } from '../../moment-text.ts'
import { demangle } from '../text/index.ts'
import type { SnowflakeType } from './snowflake-type.ts'

const NANOS = 1_000_000_000n

/** Makes the function that writes a column's values as Snowflake's JSON cells (driver-protocol.md#json-cells). */
export function cellWriter(type: SnowflakeType): (value: DuckDBValue) => Cell {
  const write = writerOf(type)
  return (value) => (value === null ? null : write(value))
}

function writerOf(type: SnowflakeType): (value: DuckDBValue) => Cell {
  const scale = type.scale ?? 0
  switch (type.name) {
    case 'fixed':
      // DuckDB writes a decimal with all digits of its scale, as Snowflake does.
      return (value) => String(value)
    case 'real':
      return (value) => realText(Number(value))
    case 'boolean':
      return (value) => (value === true ? '1' : '0')
    case 'date':
      return (value) => (value instanceof DuckDBDateValue ? String(value.days) : String(value))
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return (value) => secondsText(nanosOf(value), scale)
    case 'timestamp_tz':
      return zonedText(scale)
    case 'binary':
      return (value) =>
        value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString('hex').toUpperCase() : String(value)
    case 'geography':
    case 'geometry':
    case 'decfloat':
      return (value) => (value instanceof DuckDBStructValue ? text(value.entries[type.name]) : text(value))
    case 'interval_year_month':
      return (value) => (value instanceof DuckDBStructValue ? monthsText(value.entries[type.name]) : String(value))
    case 'interval_day_time':
      return (value) => (value instanceof DuckDBIntervalValue ? intervalText(value) : String(value))
    case 'variant':
      return (value) => String(value)
    case 'array':
    case 'object':
    case 'map':
    case 'vector':
      return (value) => jsonText(value, type)
    case 'text':
      return text
  }
}

function text(value: DuckDBValue | undefined): Cell {
  return value === null || value === undefined ? null : String(value)
}

function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return String(value)
}

function nanosOf(value: DuckDBValue): bigint {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros * 1000n
  if (value instanceof DuckDBTimeValue) return value.micros * 1000n
  if (value instanceof DuckDBTimeNSValue || value instanceof DuckDBTimestampNanosecondsValue) return value.nanos
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000_000n
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * NANOS
  throw new TypeError(`no time: ${String(value)}`)
}

/** Seconds with `scale` digits; the sign stands before the whole: -0.5 s is `-0.500`. */
export function secondsText(nanos: bigint, scale: number): string {
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  const seconds = `${sign}${size / NANOS}`
  return scale === 0
    ? seconds
    : `${seconds}.${String(size % NANOS)
        .padStart(9, '0')
        .slice(0, scale)}`
}

function zonedText(scale: number): (value: DuckDBValue) => Cell {
  return (value) => {
    if (!(value instanceof DuckDBStructValue)) return text(value)
    const { epoch, nanos, offset_minutes: offset } = value.entries
    const seconds = secondsText(BigInt(String(epoch)) * NANOS + BigInt(String(nanos)), scale)
    return `${seconds} ${Number(offset) + 1440}`
  }
}

/** Months, from years and months as they are written: `-1-02`. */
function monthsText(value: DuckDBValue | undefined): Cell {
  const [, sign = '', years = '0', months = '0'] = /^([+-]?)(\d+)(?:-(\d+))?$/.exec(String(value).trim()) ?? []
  const count = Number(years) * 12 + Number(months)
  return text(value === undefined || value === null ? null : `${sign === '-' && count > 0 ? '-' : ''}${count}`)
}

/** Nanoseconds. */
function intervalText(value: DuckDBIntervalValue): string {
  return String((BigInt(value.days) * 86_400_000_000n + value.micros) * 1000n)
}

/** Strict JSON: the Node driver evaluates as JavaScript what is not (driver-protocol.md#json-cells). */
function jsonText(value: DuckDBValue, type: SnowflakeType): string {
  if (value === null) return 'null'
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const element = type.fields?.[0]?.type ?? VARIANT_ELEMENT
    return `[${value.items.map((item) => jsonText(item, element)).join(',')}]`
  }
  if (value instanceof DuckDBMapValue) {
    const element = type.fields?.[1]?.type ?? VARIANT_ELEMENT
    const entries = value.entries.map((entry) => [String(entry.key), jsonText(entry.value, element)] as const)
    return jsonObject(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  }
  if (value instanceof DuckDBStructValue && (type.name === 'object' || type.name === 'variant')) {
    return jsonObject(
      Object.entries(value.entries).map(([name, entry], i) => [
        demangle(name),
        jsonText(entry, type.fields?.[i]?.type ?? VARIANT_ELEMENT),
      ]),
    )
  }
  switch (type.name) {
    case 'variant':
      return String(value)
    case 'fixed':
    case 'real':
      return value instanceof DuckDBDecimalValue || Number.isFinite(Number(value))
        ? String(value)
        : JSON.stringify(String(value))
    case 'boolean':
      return String(value)
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return JSON.stringify(momentText(writerOf({ ...type, scale: MILLISECONDS })(value) ?? '', type.name))
    case 'time':
      return JSON.stringify(String(value).slice(0, 'HH:MM:SS'.length))
    case 'binary':
    case 'decfloat':
      return JSON.stringify(writerOf(type)(value))
    default:
      return JSON.stringify(String(value))
  }
}

const MILLISECONDS = 3

const VARIANT_ELEMENT: SnowflakeType = { name: 'variant' }

function jsonObject(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}
