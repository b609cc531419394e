import type { Cursor } from './cursor.ts'
import type { Token } from './tokens.ts'

/** Snowflake's case rule: an unquoted name is upper case. */
export function fold(token: Token): string {
  return token.kind === 'quoted' ? token.text : token.text.toUpperCase()
}

/** A name as Snowflake writes it: quoted only where it must be. */
export function display(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/**
 * DuckDB compares names without regard to case, Snowflake with it. Each lower-case letter is therefore written behind a
 * mark inside DuckDB, which keeps `"Email"` and `EMAIL` apart, and taken back where names come out.
 */
export function mangle(name: string): string {
  return name.replace(/[a-z~]/g, '~$&')
}

export function demangle(name: string): string {
  return name.replace(/~(.)/gs, '$1')
}

/** A Snowflake name as DuckDB's SQL writes it. */
export function duckName(name: string): string {
  return `"${mangle(name).replaceAll('"', '""')}"`
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Reads `a`, `a.b`, `a.b.c` or `a..c` (an empty middle part), also as `IDENTIFIER('a.b')`. */
export function readName(cursor: Cursor, variable?: (name: string) => string): string[] {
  if (cursor.at('IDENTIFIER', '(')) {
    cursor.skip()
    const [token] = cursor.group()
    if (!token) throw cursor.unexpected()
    return parseName(token.kind === 'variable' && variable ? variable(token.text.slice(1)) : token.text, cursor)
  }
  const parts: string[] = []
  for (;;) {
    const token = cursor.peek()
    if (token?.kind === 'word' || token?.kind === 'quoted') {
      parts.push(fold(cursor.next()))
    } else if (token?.keyword === '.' && parts.length === 1) {
      parts.push('')
    } else {
      throw cursor.unexpected()
    }
    if (!cursor.take('.')) return parts
  }
}

function parseName(text: string, cursor: Cursor): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g)
  if (!parts) throw cursor.unexpected()
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim().toUpperCase(),
  )
}
