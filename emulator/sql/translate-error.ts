import { SqlError } from '../engine.ts'
import { canceled, compilationError, incident, invalidIdentifier, notNumeric, positionOf } from './errors.ts'
import { demangle, tokenize } from './text/index.ts'

interface Translation {
  readonly pattern: RegExp
  readonly toError: (match: RegExpExecArray) => SqlError
}

const shown = (name: string | undefined): string => demangle(name ?? '').replace(/^SFX?_/i, '')

const wrongTypes = (name: string | undefined): SqlError =>
  compilationError('001044', '42P13', `Invalid argument types for function '${shown(name).toUpperCase()}'`)

const badExpression = (code: string, message: string): SqlError => compilationError(code, '42601', message)

/** What DuckDB says, and how Snowflake says it; the first that matches counts. */
const TRANSLATIONS: readonly Translation[] = [
  { pattern: /^INTERRUPT|Interrupted/i, toError: canceled },
  {
    // Errors which a macro of the library raises carry their Snowflake code themselves.
    pattern: /SF\[(\d{6}) (\w{5})\] ([\s\S]*?)(?:\n\nLINE|$)/,
    toError: (m) => new SqlError(m[1] ?? '', m[2] ?? '', m[3] ?? ''),
  },

  // Names
  {
    pattern: /Referenced (?:column|table) "([^"]*)" (?:was )?not found/,
    toError: (m) => invalidIdentifier(demangle(m[1] ?? '')),
  },
  {
    pattern: /(?:Table|Values list) "([^"]*)" does not have a column named "([^"]*)"/,
    toError: (m) => invalidIdentifier(`${demangle(m[1] ?? '')}.${demangle(m[2] ?? '')}`),
  },
  {
    pattern: /Ambiguous reference to column name "([^"]*)"|Ambiguous reference to "([^"]*)"/,
    toError: (m) => badExpression('002028', `ambiguous column name '${demangle(m[1] ?? m[2] ?? '')}'`),
  },
  {
    pattern: /DEFAULT value cannot contain/i,
    toError: () => compilationError('002262', '22000', 'Invalid expression in the default of a column'),
  },
  {
    pattern: /duplicate alias "([^"]*)"/i,
    toError: (m) => badExpression('002027', `duplicate alias '${demangle(m[1] ?? '')}'`),
  },
  {
    pattern: /Column with name (\S+) already exists|duplicate column name "?([^"\s]*)"?/i,
    toError: (m) => compilationError('002025', '42S21', `duplicate column name '${demangle(m[1] ?? m[2] ?? '')}'`),
  },
  {
    pattern: /(?:Function|Macro) with name "?([^\s"]+)"? does not exist/i,
    toError: (m) => compilationError('002140', '42601', `Unknown function ${shown(m[1]).toUpperCase()}`),
  },

  // Types of arguments
  {
    pattern:
      /No function matches the given name and argument types '([^(']*)\(|for the function call "([^("]*)\(|Macro "?([^\s"(]+)"?\(\) does not support/,
    toError: (m) => wrongTypes(m[1] ?? m[2] ?? m[3]),
  },
  { pattern: /Cannot compare values of type/, toError: () => wrongTypes('=') },
  { pattern: /Cannot mix values of type .* in (\w+)/, toError: (m) => wrongTypes(m[1]) },
  {
    pattern: /Unimplemented type for cast|Unsupported cast|Cannot cast/i,
    toError: () => compilationError('001007', '22023', "invalid type for parameter 'CAST'"),
  },

  // Aggregates and subqueries
  {
    pattern: /column "?([^"\s]*)"? must appear in the GROUP BY clause/i,
    toError: (m) => badExpression('000979', `[${demangle(m[1] ?? '')}] is not a valid group by expression`),
  },
  {
    pattern: /WHERE clause cannot contain aggregates/,
    toError: () => badExpression('002035', 'Invalid aggregate function in where clause'),
  },
  {
    pattern: /aggregate function calls cannot be nested/,
    toError: () => badExpression('002036', 'Aggregate functions cannot be nested'),
  },
  {
    pattern: /cannot contain window functions|window functions are not allowed/i,
    toError: () => badExpression('002303', 'Window function appears outside of SELECT, QUALIFY, and ORDER BY clauses.'),
  },
  {
    pattern: /More than one row returned by a subquery/,
    toError: () => new SqlError('090150', '22000', 'Single-row subquery returns more than one row.'),
  },
  {
    pattern: /Subquery returns \d+ columns|correlated/i,
    toError: () => badExpression('002031', 'Unsupported subquery type cannot be evaluated'),
  },
  {
    pattern: /set operations? .*(?:same number|columns)|Set operations can only apply/i,
    toError: () => badExpression('001789', 'invalid number of result columns for set operator input branches'),
  },
  {
    pattern: /ORDER term out of range|GROUP BY term out of range/i,
    toError: () => badExpression('002037', 'Positional reference is out of range of the select list'),
  },
  {
    pattern: /LIMIT\/OFFSET cannot be negative|LIMIT .* must be|limit clause/i,
    toError: () => compilationError('001014', '22023', 'Invalid row count in limit clause'),
  },
  { pattern: /\* expression without FROM clause/, toError: () => badExpression('002030', 'SELECT with no columns') },
  { pattern: /SELECT clause without selection list/, toError: () => badExpression('002030', 'SELECT with no columns') },

  // Values
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
    toError: (m) => notNumeric(m[1] ?? m[2] ?? ''),
  },
  {
    pattern: /Could not convert (?:string )?"([^"]*)" to INTERVAL|interval.*?"([^"]*)"/i,
    toError: (m) => compilationError('001003', '42000', `invalid interval '${m[1] ?? m[2]}'`),
  },
  {
    pattern: /(?:Invalid input for hex digit|Hex string|blob)/i,
    toError: () => new SqlError('100115', '22000', 'The following string is not a legal hex-encoded value'),
  },
  {
    pattern: /base64/i,
    toError: () => new SqlError('100116', '22000', 'The following string is not a legal base64-encoded value'),
  },
  {
    pattern: /cannot take (square root|logarithm)/i,
    toError: (m) => new SqlError('100041', '22003', `Invalid floating point operation: ${FUNCTIONS[m[1] ?? '']}`),
  },
  {
    pattern: /Overflow in \w+ of|Overflow on abs|overflow/i,
    toError: () => new SqlError('100046', '22003', 'Number out of representable range: type FIXED[SB16](38,0)'),
  },
  {
    pattern:
      /Could not cast value (\S+) (?:from \S+ )?to DECIMAL|Type \S+ with value (\S+) can't be cast|Out of Range Error|out of range/i,
    toError: (m) => new SqlError('100039', '22003', `Numeric value '${m[1] ?? m[2] ?? ''}' is out of range`),
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
    pattern: /Malformed JSON|Invalid JSON/i,
    toError: () => new SqlError('100069', '22P02', 'Error parsing JSON: unknown keyword'),
  },
  {
    // The regular expressions of both are RE2's, and so are the texts of their errors.
    pattern:
      /((?:missing [)\]]|missing argument to repetition|unexpected \)|invalid escape|invalid character|bad repetition|invalid perl)[^\n]*)/i,
    toError: (m) => new SqlError('100048', '2201B', `Invalid regular expression: ${m[1]}`),
  },
  {
    pattern: /syntax error at (?:or near "([^"]*)"|end of input)/,
    toError: (m) =>
      compilationError('001003', '42000', `syntax error line 1 at position 0 unexpected '${shown(m[1] ?? '<EOF>')}'.`),
  },
]

const FUNCTIONS: Readonly<Record<string, string>> = { 'square root': 'sqrt', logarithm: 'ln' }

/** DuckDB's error as Snowflake would say it: nothing of DuckDB's own wording gets through. */
export function translateError(error: unknown): SqlError {
  if (error instanceof SqlError) return error
  const message = error instanceof Error ? error.message : String(error)
  for (const { pattern, toError } of TRANSLATIONS) {
    const match = pattern.exec(message)
    if (!match) continue
    const translated = toError(match)
    translated.cause = error
    return translated
  }
  return incident(error, /^(?:Binder|Parser|Catalog) Error/.test(message))
}

/** Puts the place in the text before what a compilation error says of a name, as Snowflake does. */
export function placeError(error: SqlError, sql: string): SqlError {
  const name = /^SQL compilation error:\n(?:invalid identifier|ambiguous column name) '(?:.*\.)?"?([^'".]+)"?'$/.exec(
    error.message,
  )?.[1]
  if (error.line >= 0 || name === undefined) return error
  const tokens = tokenize(sql)
  const token = tokens.find(({ kind, text, keyword }) => (kind === 'quoted' ? text === name : keyword === name))
  if (!token) return error
  const at = positionOf(sql, token.start)
  const placed = new SqlError(
    error.code,
    error.sqlState,
    error.message.replace('\n', `\nerror line ${at.line} at position ${at.pos}\n`),
    at,
  )
  placed.cause = error.cause
  return placed
}
