import type { Cursor } from '../text/index.ts'
import { type Field, fixed, INTEGER, MAX_BINARY, MAX_TEXT, type SnowflakeType } from './snowflake-type.ts'

const INTEGERS = new Set(['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT'])
const FLOATS = new Set(['FLOAT', 'FLOAT4', 'FLOAT8', 'DOUBLE', 'REAL'])
const TEXTS = new Set(['VARCHAR', 'STRING', 'TEXT', 'NVARCHAR', 'NVARCHAR2', 'CHAR', 'CHARACTER', 'NCHAR'])
const TIMESTAMPS: Readonly<Record<string, 'timestamp_ntz' | 'timestamp_ltz' | 'timestamp_tz'>> = {
  TIMESTAMP: 'timestamp_ntz',
  DATETIME: 'timestamp_ntz',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  TIMESTAMPNTZ: 'timestamp_ntz',
  TIMESTAMP_LTZ: 'timestamp_ltz',
  TIMESTAMPLTZ: 'timestamp_ltz',
  TIMESTAMP_TZ: 'timestamp_tz',
  TIMESTAMPTZ: 'timestamp_tz',
}

/** Reads a data type of Snowflake's; undefined, with nothing taken, when what comes next is none. */
export function readType(cursor: Cursor): SnowflakeType | undefined {
  const word = cursor.peek()?.keyword ?? ''
  const timestamp = TIMESTAMPS[word]
  if (timestamp) {
    cursor.skip()
    const [scale = 9] = readNumbers(cursor)
    return { name: timestamp, scale }
  }
  if (INTEGERS.has(word)) {
    cursor.skip()
    return INTEGER
  }
  if (FLOATS.has(word)) {
    cursor.skip()
    if (word === 'DOUBLE') cursor.take('PRECISION')
    return { name: 'real' }
  }
  if (TEXTS.has(word)) {
    cursor.skip()
    const [length = word.includes('CHAR') && !word.includes('VAR') ? 1 : MAX_TEXT] = readNumbers(cursor)
    return { name: 'text', length }
  }
  switch (word) {
    case 'NUMBER':
    case 'DECIMAL':
    case 'NUMERIC':
    case 'DEC': {
      cursor.skip()
      const [precision = 38, scale = 0] = readNumbers(cursor)
      return fixed(precision, scale)
    }
    case 'BINARY':
    case 'VARBINARY': {
      cursor.skip()
      const [length = MAX_BINARY] = readNumbers(cursor)
      return { name: 'binary', length }
    }
    case 'TIME': {
      cursor.skip()
      const [scale = 9] = readNumbers(cursor)
      return { name: 'time', scale }
    }
    case 'BOOLEAN':
    case 'DATE':
    case 'VARIANT':
    case 'GEOGRAPHY':
    case 'GEOMETRY':
    case 'DECFLOAT':
      cursor.skip()
      return { name: word.toLowerCase() as 'boolean' | 'date' | 'variant' | 'geography' | 'geometry' | 'decfloat' }
    case 'INTERVAL':
      return readInterval(cursor)
    case 'ARRAY':
    case 'OBJECT':
    case 'MAP':
    case 'VECTOR':
      return readNested(cursor, word)
    default:
      return undefined
  }
}

function readInterval(cursor: Cursor): SnowflakeType {
  cursor.skip()
  const units: string[] = []
  do {
    const unit = cursor.takeAny(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'])
    if (unit) units.push(unit)
  } while (cursor.take('TO'))
  return {
    name: units.some((unit) => unit === 'YEAR' || unit === 'MONTH') ? 'interval_year_month' : 'interval_day_time',
  }
}

function readNested(cursor: Cursor, word: 'ARRAY' | 'OBJECT' | 'MAP' | 'VECTOR'): SnowflakeType {
  cursor.skip()
  const name = word.toLowerCase() as 'array' | 'object' | 'map' | 'vector'
  if (!cursor.take('(')) return { name }
  const fields: Field[] = []
  let dimension: number | undefined
  while (!cursor.at(')')) {
    if (word === 'VECTOR' && cursor.peek()?.kind === 'number') {
      dimension = Number(cursor.next().text)
    } else {
      // Names of members are keys of JSON: they keep their case, also without quotes.
      const fieldName = word === 'OBJECT' ? cursor.next().text : ''
      const type = readType(cursor)
      if (!type) throw cursor.unexpected()
      const notNull = cursor.take('NOT', 'NULL')
      fields.push({ name: fieldName, type, ...(notNull ? { notNull } : {}) })
    }
    if (!cursor.take(',') && !cursor.at(')')) throw cursor.unexpected()
  }
  cursor.expect(')')
  return { name, fields, ...(dimension === undefined ? {} : { dimension }) }
}

function readNumbers(cursor: Cursor): number[] {
  if (!cursor.at('(') || cursor.peek(1)?.kind !== 'number') return []
  return cursor
    .group()
    .filter((token) => token.kind === 'number')
    .map((token) => Number(token.text))
}
