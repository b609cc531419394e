import type { Binding, Cell, Column } from '../../engine.ts'
import { fixed, type SnowflakeType, TEXT } from '../types/index.ts'

/** The value of a variable, in the form in which results carry it. */
export interface Value {
  readonly type: SnowflakeType
  readonly cell: Cell
}

export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

export const NULL_VALUE: Value = { type: TEXT, cell: null }

export function textValue(text: string | null): Value {
  return { type: TEXT, cell: text }
}

export function numberValue(value: number): Value {
  return { type: fixed(38, 0), cell: String(value) }
}

export function booleanValue(value: boolean): Value {
  return { type: { name: 'boolean' }, cell: value ? '1' : '0' }
}

export function cellValue(column: Column, cell: Cell): Value {
  return { type: typeOf(column), cell }
}

function typeOf(column: Column): SnowflakeType {
  if (column.type === 'fixed') return fixed(column.precision ?? 38, column.scale ?? 0)
  return {
    name: column.type as SnowflakeType['name'],
    ...(column.scale === null ? {} : { scale: column.scale }),
    ...(column.length === null ? {} : { length: column.length }),
  }
}

/** The value as a driver would bind it (driver-protocol.md#bind-values). */
export function toBinding({ type, cell }: Value): Binding {
  if (cell === null) return { type: BIND_TYPES[type.name] ?? 'TEXT', value: null }
  switch (type.name) {
    case 'boolean':
      return { type: 'BOOLEAN', value: cell === '1' ? 'true' : 'false' }
    case 'date':
      return { type: 'DATE', value: String(Number(cell) * 86_400_000) }
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return { type: type.name.toUpperCase(), value: nanos(cell) }
    case 'timestamp_tz': {
      const [instant = '0', offset = '1440'] = cell.split(' ')
      return { type: 'TIMESTAMP_TZ', value: `${nanos(instant)} ${offset}` }
    }
    default:
      return { type: BIND_TYPES[type.name] ?? 'TEXT', value: cell }
  }
}

const BIND_TYPES: Readonly<Record<string, string>> = {
  fixed: 'FIXED',
  real: 'REAL',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time: 'TIME',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  timestamp_ltz: 'TIMESTAMP_LTZ',
  timestamp_tz: 'TIMESTAMP_TZ',
  binary: 'BINARY',
  variant: 'VARIANT',
  array: 'ARRAY',
  object: 'OBJECT',
}

/** `12.5` seconds as nanoseconds. */
function nanos(seconds: string): string {
  const [whole = '0', fraction = ''] = seconds.split('.')
  return String(BigInt(whole + fraction.padEnd(9, '0')))
}
