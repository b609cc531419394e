import type { Column } from '../../engine.ts'
import { MAX_TEXT, type SnowflakeType } from './snowflake-type.ts'

export interface ColumnSource {
  readonly database: string
  readonly schema: string
  readonly table: string
}

const NO_SOURCE: ColumnSource = { database: '', schema: '', table: '' }

/** Describes a column as Snowflake's `rowtype` does (driver-protocol.md#row-types). */
export function toColumn(
  name: string,
  type: SnowflakeType,
  nullable: boolean,
  source: ColumnSource = NO_SOURCE,
): Column {
  return {
    name,
    ...source,
    nullable,
    type: WIRE_NAMES[type.name] ?? type.name,
    byteLength:
      type.name === 'text'
        ? Math.min((type.length ?? MAX_TEXT) * 4, MAX_TEXT)
        : type.name === 'binary'
          ? (type.length ?? null)
          : null,
    length: type.length ?? null,
    precision: precisionOf(type),
    scale: type.scale ?? (type.name.startsWith('interval') ? 0 : null),
    collation: null,
    ...(type.fields ? { fields: type.fields.map((field) => toColumn(field.name, field.type, !field.notNull)) } : {}),
    ...(type.dimension === undefined ? {} : { vectorDimension: type.dimension }),
    ...(type.name === 'geography' || type.name === 'geometry' ? { extTypeName: type.name.toUpperCase() } : {}),
  }
}

/** GeoJSON is the default output of both, and goes out as an object. */
const WIRE_NAMES: Readonly<Partial<Record<SnowflakeType['name'], string>>> = { geography: 'object', geometry: 'object' }

/** Digits of the leading field unless declared. */
const INTERVAL_PRECISION = 9

function precisionOf(type: SnowflakeType): number | null {
  if (type.name === 'decfloat') return 38
  if (type.name === 'fixed') return type.precision ?? 38
  if (type.name.startsWith('interval')) return INTERVAL_PRECISION
  return type.name === 'time' || type.name.startsWith('timestamp') ? 0 : null
}
