import { type Cell, SqlError } from '../../engine.ts'

/** Of the numbers of an array bind, the one with most digits behind the point, which sets the scale of all. */
export function longestFraction(values: readonly Cell[]): string | null {
  const fraction = (value: Cell) => value?.split('.')[1]?.length ?? 0
  return values.reduce((longest, value) => (fraction(value) > fraction(longest) ? value : longest), null)
}

/** Snowflake's bind encodings (driver-protocol.md#bind-values) as DuckDB expressions over the value's text. */
export function bindExpression(type: string, text: string, value: string | null): string {
  switch (type.toUpperCase()) {
    case 'FIXED': {
      const digits = /\.(\d+)$/.exec(value ?? '')?.[1]?.length ?? 0
      return digits === 0 ? `CAST(${text} AS DECIMAL(38,0))` : `CAST(${text} AS DECIMAL(38,${digits}))`
    }
    case 'REAL':
      return `CAST(${text} AS DOUBLE)`
    case 'BOOLEAN':
      return `CAST(${text} AS BOOLEAN)`
    case 'DATE':
      return `SFX_BIND_DATE(${text})`
    case 'TIME':
      return `SFX_BIND_TIME(${text})`
    case 'TIMESTAMP_NTZ':
      return `SFX_BIND_NTZ(${text})`
    case 'TIMESTAMP_LTZ':
      return `SFX_BIND_LTZ(${text})`
    case 'TIMESTAMP_TZ':
      return `SFX_BIND_TZ(${text})`
    case 'BINARY':
      return `unhex(${text})`
    case 'VARIANT':
      return `CAST(${text} AS JSON)`
    case 'ARRAY':
      return `CAST(CAST(${text} AS JSON) AS JSON[])`
    case 'OBJECT':
      return `CAST(CAST(${text} AS JSON) AS MAP(VARCHAR, JSON))`
    case 'TEXT':
    case 'ANY':
    case 'NULL':
      return `CAST(${text} AS VARCHAR)`
    default:
      throw new SqlError('002062', '42601', `Unsupported bind type: ${type}`)
  }
}
