/** The type of a column or expression, as Snowflake's `rowtype` names it. */
export type TypeName =
  | 'fixed'
  | 'real'
  | 'decfloat'
  | 'text'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp_ntz'
  | 'timestamp_ltz'
  | 'timestamp_tz'
  | 'binary'
  | 'variant'
  | 'object'
  | 'array'
  | 'map'
  | 'vector'
  | 'geography'
  | 'geometry'
  | 'interval_year_month'
  | 'interval_day_time'

export interface SnowflakeType {
  readonly name: TypeName
  readonly precision?: number
  readonly scale?: number
  /** Characters of text, bytes of binary. */
  readonly length?: number
  /** Of structured types: key and value of a map, the element of an array or a vector, the fields of an object. */
  readonly fields?: readonly Field[]
  readonly dimension?: number
}

export interface Field {
  readonly name: string
  readonly type: SnowflakeType
  /** Of an element, a map's value or an object's member: declared NOT NULL. */
  readonly notNull?: boolean
}

export interface ColumnType {
  readonly type: SnowflakeType
  readonly nullable: boolean
}

export const MAX_TEXT = 16_777_216
export const MAX_BINARY = 8_388_608

export const TEXT: SnowflakeType = { name: 'text', length: MAX_TEXT }
export const INTEGER: SnowflakeType = { name: 'fixed', precision: 38, scale: 0 }
export const REAL: SnowflakeType = { name: 'real' }
export const VARIANT: SnowflakeType = { name: 'variant' }
export const ARRAY: SnowflakeType = { name: 'array' }
export const OBJECT: SnowflakeType = { name: 'object' }
export const BOOLEAN: SnowflakeType = { name: 'boolean' }
export const LTZ: SnowflakeType = { name: 'timestamp_ltz', scale: 9 }

export function fixed(precision: number, scale: number): SnowflakeType {
  return { name: 'fixed', precision, scale }
}

/** The type as `DESCRIBE TABLE` and `GET_DDL` write it. */
export function renderType(type: SnowflakeType): string {
  switch (type.name) {
    case 'fixed':
      return `NUMBER(${type.precision},${type.scale})`
    case 'real':
      return 'FLOAT'
    case 'text':
      return `VARCHAR(${type.length})`
    case 'binary':
      return `BINARY(${type.length})`
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `${type.name.toUpperCase()}(${type.scale})`
    case 'vector':
      return `VECTOR(${type.fields?.[0]?.type.name === 'fixed' ? 'INT' : 'FLOAT'}, ${type.dimension})`
    case 'map':
      return `MAP(${(type.fields ?? []).map(renderField).join(', ')})`
    case 'array':
      return type.fields?.[0] ? `ARRAY(${renderField(type.fields[0])})` : 'ARRAY'
    case 'object':
      return type.fields
        ? `OBJECT(${type.fields.map((field) => `${field.name} ${renderField(field)}`).join(', ')})`
        : 'OBJECT'
    default:
      return type.name.toUpperCase().replaceAll('_', ' ')
  }
}

function renderField({ type, notNull }: Field): string {
  return `${renderType(type)}${notNull ? ' NOT NULL' : ''}`
}
