import { syntaxError } from '../errors.ts'

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'stage' | 'symbol'

/** A token of Snowflake SQL; offsets are UTF-16, as JavaScript slices. */
export interface Token {
  readonly kind: TokenKind
  /** The source text; for strings and quoted names the unescaped value. */
  readonly text: string
  /** `text` in upper case for words and symbols, else the empty string, so that keywords compare at once. */
  readonly keyword: string
  readonly start: number
  readonly end: number
}

const SYMBOLS = ['->>', '::', '=>', '->', '||', '<=', '>=', '<>', '!=', ':=']
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const VARIABLE = /\$(?:\d+|[A-Za-z_][\w$]*)/y
const STAGE = /@[^\s,;()']+/y
const BLANK = /(?:[\s\u00a0\ufeff]+|--[^\n]*|\/\/[^\n]*)+/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' }

/** Cuts Snowflake SQL into tokens, without comments (which do not nest). */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const blank = matchAt(BLANK, sql, at)
    if (blank) {
      at += blank.length
      continue
    }
    if (sql.startsWith('/*', at)) {
      const close = sql.indexOf('*/', at + 2)
      if (close < 0) throw syntaxError(sql, at, sql.slice(at, at + 20))
      at = close + 2
      continue
    }
    const token = readToken(sql, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function readToken(sql: string, at: number): Token {
  const char = sql[at] as string
  if (char === "'") return readString(sql, at)
  if (char === '"') return readQuoted(sql, at)
  if (sql.startsWith('$$', at)) {
    const close = sql.indexOf('$$', at + 2)
    if (close < 0) throw syntaxError(sql, at, '$$')
    return { kind: 'string', text: sql.slice(at + 2, close), keyword: '', start: at, end: close + 2 }
  }
  for (const [kind, pattern] of [
    ['number', NUMBER],
    ['word', WORD],
    ['variable', VARIABLE],
    ['stage', STAGE],
  ] as const) {
    const text = matchAt(pattern, sql, at)
    if (text)
      return { kind, text, keyword: kind === 'word' ? text.toUpperCase() : '', start: at, end: at + text.length }
  }
  const symbol = SYMBOLS.find((candidate) => sql.startsWith(candidate, at)) ?? char
  return { kind: 'symbol', text: symbol, keyword: symbol, start: at, end: at + symbol.length }
}

/** Reads `'…'`, in which `''` and backslash sequences stand for characters. */
function readString(sql: string, start: number): Token {
  let text = ''
  for (let at = start + 1; at < sql.length; at++) {
    const char = sql[at] as string
    if (char === "'" && sql[at + 1] === "'") {
      text += "'"
      at++
    } else if (char === "'") {
      return { kind: 'string', text, keyword: '', start, end: at + 1 }
    } else if (char === '\\') {
      at++
      const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(sql.slice(at, at + 5))
      if (code) {
        text += String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16))
        at += code[0].length - 1
      } else {
        text += ESCAPES[sql[at] ?? ''] ?? sql[at] ?? ''
      }
    } else {
      text += char
    }
  }
  throw syntaxError(sql, start, sql.slice(start, start + 20))
}

function readQuoted(sql: string, start: number): Token {
  const match = /^"((?:[^"]|"")*)"/.exec(sql.slice(start))
  if (!match) throw syntaxError(sql, start, sql.slice(start, start + 20))
  return {
    kind: 'quoted',
    text: (match[1] ?? '').replaceAll('""', '"'),
    keyword: '',
    start,
    end: start + match[0].length,
  }
}

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0]
}

/** The index of the token that closes the bracket at `open`; the last token's index when nothing does. */
export function closingBracket(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    const symbol = tokens[i]?.keyword
    if (symbol === '(' || symbol === '[' || symbol === '{') depth++
    else if (symbol === ')' || symbol === ']' || symbol === '}') depth--
    if (depth === 0) return i
  }
  return tokens.length - 1
}

/** The parts of a bracketed list, as tokens; empty ones are left out. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token
    if (token.keyword === ',') {
      parts.push([])
      continue
    }
    const end = token.keyword === '(' ? closingBracket(tokens, i) : i
    parts.at(-1)?.push(...tokens.slice(i, end + 1))
    i = end
  }
  return parts.filter((part) => part.length > 0)
}

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with some of its spans replaced. */
export function applyEdits(sql: string, edits: readonly Edit[]): string {
  let text = ''
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    text += sql.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return text + sql.slice(at)
}
