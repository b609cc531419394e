import { SqlError } from '../engine.ts'
import { demangle } from './text/index.ts'

/** Snowflake counts lines and positions as `line 1 at position 0`. */
export function syntaxError(sql: string, offset: number, unexpected: string): SqlError {
  const { line, pos } = positionOf(sql, offset)
  return new SqlError(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line ${line} at position ${pos} unexpected '${unexpected}'.`,
    { line, pos },
  )
}

function positionOf(sql: string, offset: number): { line: number; pos: number } {
  const before = sql.slice(0, offset)
  const line = before.split('\n').length
  return { line, pos: offset - (before.lastIndexOf('\n') + 1) }
}

export function compilationError(code: string, sqlState: string, message: string): SqlError {
  return new SqlError(code, sqlState, `SQL compilation error:\n${message}`)
}

export function objectNotFound(kind: 'Object' | 'Schema' | 'Database', name: string): SqlError {
  return compilationError(
    '002003',
    kind === 'Object' ? '42S02' : '02000',
    `${kind} '${name}' does not exist or not authorized.`,
  )
}

/** What `USE`, `SHOW … IN` and `ALTER` say of an unknown object. */
export function operationNotPossible(): SqlError {
  return compilationError('002043', '02000', 'Object does not exist, or operation cannot be performed.')
}

export function alreadyExists(name: string): SqlError {
  return compilationError('002002', '42710', `Object '${name}' already exists.`)
}

export function invalidIdentifier(name: string): SqlError {
  return compilationError('000904', '42000', `error line 1 at position 7\ninvalid identifier '${name}'`)
}

export function unsupported(feature: string): SqlError {
  return compilationError('000002', '0A000', `Unsupported feature '${feature}'.`)
}

export function canceled(): SqlError {
  return new SqlError('000604', '57014', 'SQL execution canceled')
}

interface Translation {
  readonly pattern: RegExp
  readonly toError: (match: RegExpExecArray) => SqlError
}

const TRANSLATIONS: readonly Translation[] = [
  { pattern: /^INTERRUPT|Interrupted/i, toError: canceled },
  {
    // Errors which a macro of the library raises carry their Snowflake code themselves.
    pattern: /SF\[(\d{6}) (\w{5})\] ([\s\S]*?)(?:\n\nLINE|$)/,
    toError: (m) => new SqlError(m[1] ?? '', m[2] ?? '', m[3] ?? ''),
  },
  {
    pattern: /Referenced column "([^"]*)" (?:not found|was not found)/,
    toError: (m) => invalidIdentifier(demangle(m[1] ?? '')),
  },
  {
    pattern: /Referenced table "([^"]*)" not found/,
    toError: (m) => invalidIdentifier(demangle(m[1] ?? '')),
  },
  {
    pattern: /Table "([^"]*)" does not have a column named "([^"]*)"/,
    toError: (m) => invalidIdentifier(`${demangle(m[1] ?? '')}.${demangle(m[2] ?? '')}`),
  },
  {
    pattern: /Values list "([^"]*)" does not have a column named "([^"]*)"/,
    toError: (m) => invalidIdentifier(`${demangle(m[1] ?? '')}.${demangle(m[2] ?? '')}`),
  },
  {
    pattern: /Ambiguous reference to column name "([^"]*)"/,
    toError: (m) => compilationError('002019', '42601', `ambiguous column name '${demangle(m[1] ?? '')}'`),
  },
  {
    pattern: /(?:Function|Macro) with name ([^\s]+) does not exist/i,
    toError: (m) => compilationError('002140', '42601', `Unknown function ${(m[1] ?? '').toUpperCase()}`),
  },
  {
    pattern: /No function matches the given name and argument types '([^(']*)\(/,
    toError: (m) =>
      compilationError('001044', '42P13', `Invalid argument types for function '${(m[1] ?? '').toUpperCase()}'`),
  },
  {
    pattern: /must appear in the GROUP BY clause|column "?([^"\s]*)"? must appear/i,
    toError: (m) => compilationError('000979', '42601', `[${demangle(m[1] ?? '')}] is not a valid group by expression`),
  },
  {
    pattern: /Could not convert string '([\s\S]*?)' to BOOL/,
    toError: (m) => new SqlError('100037', '22018', `Boolean value '${m[1]}' is not recognized`),
  },
  {
    pattern: /invalid date field format: "([^"]*)"|date field value out of range: "([^"]*)"/,
    toError: (m) => new SqlError('100040', '22007', `Date '${m[1] ?? m[2]}' is not recognized`),
  },
  {
    pattern: /invalid timestamp field format: "([^"]*)"|timestamp field value out of range: "([^"]*)"/,
    toError: (m) => new SqlError('100035', '22007', `Timestamp '${m[1] ?? m[2]}' is not recognized`),
  },
  {
    pattern: /time field value out of range: "([^"]*)"/,
    toError: (m) => new SqlError('100108', '22007', `Time '${m[1]}' is not recognized`),
  },
  {
    pattern: /Could not convert string ['"]([\s\S]*?)['"] to|Failed to cast value: Could not convert string '([^']*)'/,
    toError: (m) => new SqlError('100038', '22018', `Numeric value '${m[1] ?? m[2]}' is not recognized`),
  },
  {
    pattern: /Out of Range Error|out of range|Could not cast value (\S+) to DECIMAL/i,
    toError: (m) => new SqlError('100039', '22003', `Numeric value '${m[1] ?? ''}' is out of range`),
  },
  {
    pattern: /NOT NULL constraint failed: .*?\.(\S+)/,
    toError: () => new SqlError('100072', '22000', 'NULL result in a non-nullable column'),
  },
  {
    pattern: /CHECK constraint failed/,
    toError: () => new SqlError('100078', '22000', 'String is too long and would be truncated'),
  },
  {
    pattern: /More than one row returned by a subquery/,
    toError: () => new SqlError('090150', '22000', 'Single-row subquery returns more than one row.'),
  },
  {
    pattern: /Malformed JSON|Invalid JSON/i,
    toError: () => new SqlError('100069', '22P02', 'Error parsing JSON: unknown keyword'),
  },
  {
    pattern: /set operations? .*(?:same number|columns)|Set operations can only apply/i,
    toError: () =>
      compilationError('001789', '42601', 'invalid number of result columns for set operator input branches'),
  },
  {
    pattern: /syntax error at or near "([^"]*)"/,
    toError: (m) =>
      compilationError('001003', '42000', `syntax error line 1 at position 0 unexpected '${demangle(m[1] ?? '')}'.`),
  },
]

/** DuckDB's error as Snowflake would say it. */
export function translateError(error: unknown): SqlError {
  if (error instanceof SqlError) return error
  const message = error instanceof Error ? error.message : String(error)
  for (const { pattern, toError } of TRANSLATIONS) {
    const match = pattern.exec(message)
    if (match) return toError(match)
  }
  const internal = demangle(message.split('\n')[0] ?? '')
  if (/^(Binder|Parser|Catalog) Error/.test(message)) return compilationError('002014', '22000', internal)
  return new SqlError('100132', 'P0000', internal)
}
