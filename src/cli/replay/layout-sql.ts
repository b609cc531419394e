/** SQL as lines for a terminal: safe, wrapped, and lightly coloured. For eyes only: nothing is decided by these tokens. */
import { type Paint, safeLines, wrap } from '../../lib/text/index.ts'

type TokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'other'

/** A mark of `safeLines` is one word: the digits in it are no number of the statement's. */
const TOKEN =
  /(?<mark>\\u\{[0-9a-f]+\})|(?<comment>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'?|\$\$[\s\S]*?(?:\$\$|$))|(?<quoted>"(?:[^"]|"")*"?)|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_][\w$]*)|(?<rest>[\s\S])/gu

const KEYWORDS: ReadonlySet<string> = new Set(
  `ALTER AND AS ASC BEGIN BETWEEN BY CALL CASE COMMIT COPY CREATE CROSS DATABASE DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXISTS
   EXPLAIN FALSE FROM FULL GRANT GROUP HAVING IF ILIKE IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT MERGE NOT NULL ON OR ORDER OUTER
   OVER PARTITION QUALIFY REVOKE RIGHT ROLE ROLLBACK SCHEMA SELECT SESSION SET SHOW TABLE THEN TO TRUE TRUNCATE UNION UPDATE USE USING
   VALUES VIEW WAREHOUSE WHEN WHERE WITH`.split(/\s+/),
)

const COLOURS = { keyword: 'cyan', string: 'green', number: 'yellow', comment: 'dim' } as const

/** Longer texts are looked at no further: a 16 MB statement is not for reading. */
const MAX_CHARACTERS = 20_000
const HANGING = '  '

export interface SqlLayout {
  readonly width: number
  readonly maxLines: number
  readonly paint: Paint
}

export function layoutSql(sql: string, { width, maxLines, paint }: SqlLayout): readonly string[] {
  // Made safe as a whole: a word of mixed scripts, or a character of two halves, cannot be told from its parts.
  const text = safeLines(sql.trim().slice(0, MAX_CHARACTERS)).join('\n')
  const all = [...splitLines(tokens(text))].flatMap((line) => layoutLine(line, width, paint))
  const cut = sql.length > MAX_CHARACTERS
  if (all.length <= maxLines && !cut) return all
  const more = cut ? `${sql.length.toLocaleString('en')} characters in all` : `${all.length - maxLines} more lines`
  return [...all.slice(0, maxLines), paint('dim', `… ${more}`)]
}

interface Token {
  readonly kind: TokenKind
  readonly text: string
}

function* tokens(sql: string): Generator<Token> {
  for (const { 0: text, groups = {} } of sql.matchAll(TOKEN)) {
    if (groups.comment !== undefined) yield { kind: 'comment', text }
    else if (groups.string !== undefined) yield { kind: 'string', text }
    else if (groups.number !== undefined) yield { kind: 'number', text }
    else if (groups.word !== undefined && KEYWORDS.has(text.toUpperCase())) yield { kind: 'keyword', text }
    else yield { kind: 'other', text }
  }
}

/** The tokens of each line; one that spans several is a token of each. */
function* splitLines(all: Iterable<Token>): Generator<readonly Token[]> {
  let line: Token[] = []
  for (const { kind, text } of all) {
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) {
        yield line
        line = []
      }
      if (piece !== '') line.push({ kind, text: piece })
    }
  }
  yield line
}

/** One line of SQL, wrapped between words: what is set in goes on with the line above. */
function layoutLine(line: readonly Token[], width: number, paint: Paint): readonly string[] {
  const text = line.map((token) => token.text).join('')
  let from = 0
  return wrap(text, width, HANGING.length).map((part, index) => {
    // Spaces at a break are left out.
    while (index > 0 && text[from] === ' ') from += 1
    const painted = paintPart(line, from, from + part.length, paint)
    from += part.length
    return index === 0 ? painted : `${HANGING}${painted}`
  })
}

/** The characters from one offset of the line to another, each in the colour of its token. */
function paintPart(line: readonly Token[], from: number, to: number, paint: Paint): string {
  let offset = 0
  let painted = ''
  for (const { kind, text } of line) {
    const part = text.slice(Math.max(0, from - offset), Math.max(0, to - offset))
    if (part !== '') painted += kind === 'other' ? part : paint(COLOURS[kind], part)
    offset += text.length
  }
  return painted
}
