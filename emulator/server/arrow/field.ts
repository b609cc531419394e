import { DataType, Field } from 'apache-arrow'
import type { Column } from '../../engine.ts'

/** An Arrow field with what drivers read from its metadata: always texts, and the same as in `rowtype`. */
export function toField(column: Column, type: DataType): Field {
  const metadata = new Map([
    ['logicalType', logicalType(column, type)],
    ['precision', String(column.precision ?? 38)],
    ['scale', String(column.scale ?? 0)],
    ['charLength', String(column.length ?? 0)],
    ['byteLength', String(byteLength(column))],
    ['finalType', 'T'],
  ])
  return new Field(column.name, type, column.nullable, metadata)
}

/** Drivers look for a map's entries wherever the type says so; of a text they read an object. */
function logicalType({ type }: Column, physical: DataType): string {
  return type === 'map' && DataType.isUtf8(physical) ? 'OBJECT' : type.toUpperCase()
}

/** Up to this scale a TIMESTAMP_TZ has two members, 8 bytes as Snowflake counts them; else three, and 16. */
export const MAX_TWO_MEMBER_SCALE = 3

function byteLength({ type, scale, byteLength: declared }: Column): number {
  if (type !== 'timestamp_tz') return declared ?? 0
  return (scale ?? 0) <= MAX_TWO_MEMBER_SCALE ? 8 : 16
}
