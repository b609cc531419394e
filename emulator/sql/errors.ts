import { SqlError } from '../engine.ts'

interface Position {
  readonly line: number
  readonly pos: number
}

/** Snowflake counts lines and positions as `line 1 at position 0`. */
export function syntaxError(sql: string, offset: number, unexpected: string): SqlError {
  const at = positionOf(sql, offset)
  return new SqlError(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line ${at.line} at position ${at.pos} unexpected '${unexpected}'.`,
    at,
  )
}

export function positionOf(sql: string, offset: number): Position {
  const before = sql.slice(0, offset)
  const line = before.split('\n').length
  return { line, pos: offset - (before.lastIndexOf('\n') + 1) }
}

export function compilationError(code: string, sqlState: string, message: string): SqlError {
  return new SqlError(code, sqlState, `SQL compilation error:\n${message}`)
}

export function objectNotFound(
  kind: 'Object' | 'Schema' | 'Database' | 'Table' | 'Tag' | 'Sequence' | 'Function' | 'Procedure' | 'Policy',
  name: string,
): SqlError {
  return compilationError(
    '002003',
    kind === 'Schema' || kind === 'Database' ? '02000' : '42S02',
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
  return compilationError('000904', '42000', `invalid identifier '${name}'`)
}

export function unknownFunction(parts: readonly string[]): never {
  throw compilationError('002140', '42601', `Unknown function ${parts.join('.')}`)
}

export function unsupported(feature: string): SqlError {
  return compilationError('000002', '0A000', `Unsupported feature '${feature}'.`)
}

export function canceled(): SqlError {
  return new SqlError('000604', '57014', 'SQL execution canceled')
}

export function notNumeric(text: string): SqlError {
  return new SqlError('100038', '22018', `Numeric value '${text}' is not recognized`)
}

export function wrongArgumentCount(name: string, expected: number, got: number): SqlError {
  const [code, verdict] = got < expected ? ['000938', 'not enough'] : ['000939', 'too many']
  return compilationError(
    code,
    '22023',
    `${verdict} arguments for function [${name}], expected ${expected}, got ${got}`,
  )
}

/**
 * What failed inside and has no wording of Snowflake's: an incident, which says nothing of how the emulator is built.
 * The same cause gives the same incident; the cause itself stays on the error for whoever debugs.
 */
export function incident(cause: unknown, isCompilation: boolean): SqlError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const number = hashOf(text.split('\n')[0] ?? '')
  const error = isCompilation
    ? compilationError('370001', 'XX000', `Processing aborted by error 370001:${number}; incident ${number}.`)
    : new SqlError(
        '000603',
        'XX000',
        `SQL execution internal error:\nProcessing aborted by error 300010:${number}; incident ${number}.`,
      )
  error.cause = cause
  return error
}

/** FNV-1a, in seven digits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return 1_000_000 + (hash % 9_000_000)
}
