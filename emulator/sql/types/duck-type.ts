import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { demangle, duckName } from '../text/index.ts'
import {
  ARRAY,
  type Field,
  fixed,
  INTEGER,
  MAX_BINARY,
  OBJECT,
  REAL,
  type SnowflakeType,
  TEXT,
  VARIANT,
} from './snowflake-type.ts'

/*
 * How Snowflake's types live in DuckDB. User types of DuckDB's lose their names on the way through expressions, so each
 * Snowflake type has a DuckDB type of its own shape, which survives tables, CTAS, set operations and expressions:
 *
 *   VARIANT       JSON                     ARRAY      JSON[]
 *   OBJECT        MAP(VARCHAR, JSON)       VECTOR     FLOAT[n] or INTEGER[n]
 *   TIMESTAMP_TZ  STRUCT(epoch BIGINT, nanos INTEGER, offset_minutes SMALLINT)
 *   GEOGRAPHY, GEOMETRY, DECFLOAT, year-month intervals: a STRUCT of one field named after the type
 *
 * TIMESTAMP_NTZ of scale 9 lives as TIMESTAMP (microseconds, years to 294246), since TIMESTAMP_NS ends in 2262.
 */
const TZ_STRUCT = 'STRUCT(epoch BIGINT, nanos INTEGER, offset_minutes SMALLINT)'

export function toDuckType(type: SnowflakeType): string {
  switch (type.name) {
    case 'fixed':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'real':
      return 'DOUBLE'
    case 'text':
      return 'VARCHAR'
    case 'binary':
      return 'BLOB'
    case 'timestamp_ntz':
      return type.scale === 0 ? 'TIMESTAMP_S' : type.scale === 3 ? 'TIMESTAMP_MS' : 'TIMESTAMP'
    case 'timestamp_ltz':
      return 'TIMESTAMPTZ'
    case 'timestamp_tz':
      return TZ_STRUCT
    case 'time':
      return type.scale !== undefined && type.scale > 6 ? 'TIME_NS' : 'TIME'
    case 'variant':
      return 'JSON'
    case 'array':
      return type.fields?.[0] ? `${toDuckType(type.fields[0].type)}[]` : 'JSON[]'
    case 'object':
      return type.fields
        ? `STRUCT(${type.fields.map((field) => `${duckName(field.name)} ${toDuckType(field.type)}`).join(', ')})`
        : 'MAP(VARCHAR, JSON)'
    case 'map':
      return `MAP(${(type.fields ?? []).map((field) => toDuckType(field.type)).join(', ')})`
    case 'vector':
      return `${type.fields?.[0]?.type.name === 'fixed' ? 'INTEGER' : 'FLOAT'}[${type.dimension}]`
    case 'geography':
    case 'geometry':
    case 'decfloat':
    case 'interval_year_month':
      return `STRUCT(${type.name} VARCHAR)`
    case 'interval_day_time':
      return 'INTERVAL'
    case 'boolean':
    case 'date':
      return type.name.toUpperCase()
  }
}

const ONE_FIELD_STRUCTS = new Set<string>(['geography', 'geometry', 'decfloat', 'interval_year_month'])

const SIMPLE: ReadonlyMap<DuckDBTypeId, SnowflakeType> = new Map<DuckDBTypeId, SnowflakeType>([
  [DuckDBTypeId.BOOLEAN, { name: 'boolean' }],
  [DuckDBTypeId.TINYINT, fixed(3, 0)],
  [DuckDBTypeId.SMALLINT, fixed(5, 0)],
  [DuckDBTypeId.INTEGER, fixed(10, 0)],
  [DuckDBTypeId.BIGINT, fixed(18, 0)],
  [DuckDBTypeId.UTINYINT, fixed(3, 0)],
  [DuckDBTypeId.USMALLINT, fixed(5, 0)],
  [DuckDBTypeId.UINTEGER, fixed(10, 0)],
  [DuckDBTypeId.UBIGINT, fixed(20, 0)],
  [DuckDBTypeId.HUGEINT, INTEGER],
  [DuckDBTypeId.UHUGEINT, INTEGER],
  [DuckDBTypeId.BIGNUM, INTEGER],
  [DuckDBTypeId.FLOAT, REAL],
  [DuckDBTypeId.DOUBLE, REAL],
  [DuckDBTypeId.BLOB, { name: 'binary', length: MAX_BINARY }],
  [DuckDBTypeId.DATE, { name: 'date' }],
  [DuckDBTypeId.TIME, { name: 'time', scale: 9 }],
  [DuckDBTypeId.TIME_NS, { name: 'time', scale: 9 }],
  [DuckDBTypeId.TIMESTAMP_S, { name: 'timestamp_ntz', scale: 0 }],
  [DuckDBTypeId.TIMESTAMP_MS, { name: 'timestamp_ntz', scale: 3 }],
  [DuckDBTypeId.TIMESTAMP, { name: 'timestamp_ntz', scale: 9 }],
  [DuckDBTypeId.TIMESTAMP_NS, { name: 'timestamp_ntz', scale: 9 }],
  [DuckDBTypeId.TIMESTAMP_TZ, { name: 'timestamp_ltz', scale: 9 }],
  [DuckDBTypeId.INTERVAL, { name: 'interval_day_time' }],
])

/** The Snowflake type which a DuckDB type stands for. */
export function fromDuckType(type: DuckDBType): SnowflakeType {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return fixed(type.width, type.scale)
    case DuckDBTypeId.VARCHAR:
      return type.alias === 'JSON' ? VARIANT : TEXT
    case DuckDBTypeId.LIST:
      return type.valueType.alias === 'JSON' ? ARRAY : { name: 'array', fields: [unnamed(type.valueType)] }
    case DuckDBTypeId.ARRAY:
      return { name: 'vector', fields: [unnamed(type.valueType)], dimension: type.length }
    case DuckDBTypeId.MAP:
      return type.valueType.alias === 'JSON'
        ? OBJECT
        : { name: 'map', fields: [unnamed(type.keyType), unnamed(type.valueType)] }
    case DuckDBTypeId.STRUCT: {
      const [first = ''] = type.entryNames
      if (first === 'epoch' && type.entryNames[2] === 'offset_minutes') return { name: 'timestamp_tz', scale: 9 }
      if (type.entryNames.length === 1 && ONE_FIELD_STRUCTS.has(first)) {
        return { name: first as 'geography' | 'geometry' | 'decfloat' | 'interval_year_month' }
      }
      return {
        name: 'object',
        fields: type.entryNames.map((name, i) => ({
          name: demangle(name),
          type: fromDuckType(type.entryTypes[i] as DuckDBType),
        })),
      }
    }
    default:
      return SIMPLE.get(type.typeId) ?? TEXT
  }
}

function unnamed(type: DuckDBType): Field {
  return { name: '', type: fromDuckType(type) }
}
