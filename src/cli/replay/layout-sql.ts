/** SQL as lines for a terminal: safe, wrapped, and lightly coloured. For eyes only: nothing is decided by these tokens. */
import { displayWidth, type Paint, safeLines, takeColumns } from '../../lib/text/index.ts'

type TokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'other'

const TOKEN =
  /(?<comment>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'?|\$\$[\s\S]*?(?:\$\$|$))|(?<quoted>"(?:[^"]|"")*"?)|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_][\w$]*)|(?<rest>[\s\S])/g

const KEYWORDS: ReadonlySet<string> = new Set(
  `ALTER AND AS ASC BEGIN BETWEEN BY CALL CASE COMMIT COPY CREATE CROSS DATABASE DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXISTS
   EXPLAIN FALSE FROM FULL GRANT GROUP HAVING IF ILIKE IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT MERGE NOT NULL ON OR ORDER OUTER
   OVER PARTITION QUALIFY REVOKE RIGHT ROLE ROLLBACK SCHEMA SELECT SESSION SET SHOW TABLE THEN TO TRUE TRUNCATE UNION UPDATE USE USING
   VALUES VIEW WAREHOUSE WHEN WHERE WITH`.split(/\s+/),
)

const COLOURS = { keyword: 'cyan', string: 'green', number: 'yellow', comment: 'dim' } as const

/** Longer texts are looked at no further: a 16 MB statement is not for reading. */
const MAX_CHARACTERS = 20_000

export interface SqlLayout {
  readonly width: number
  readonly maxLines: number
  readonly paint: Paint
}

export function layoutSql(sql: string, { width, maxLines, paint }: SqlLayout): readonly string[] {
  const lines = new LineBuilder(width, paint)
  for (const { kind, text } of tokens(sql.trim().slice(0, MAX_CHARACTERS))) {
    for (const [index, piece] of safeLines(text).entries()) {
      if (index > 0) lines.end()
      lines.add(kind, piece)
    }
  }
  const all = lines.finish()
  const cut = sql.length > MAX_CHARACTERS
  if (all.length <= maxLines && !cut) return all
  const more = cut ? `${sql.length.toLocaleString('en')} characters in all` : `${all.length - maxLines} more lines`
  return [...all.slice(0, maxLines), paint('dim', `… ${more}`)]
}

function* tokens(sql: string): Generator<{ readonly kind: TokenKind; readonly text: string }> {
  for (const { 0: text, groups = {} } of sql.matchAll(TOKEN)) {
    if (groups.comment !== undefined) yield { kind: 'comment', text }
    else if (groups.string !== undefined) yield { kind: 'string', text }
    else if (groups.number !== undefined) yield { kind: 'number', text }
    else if (groups.word !== undefined && KEYWORDS.has(text.toUpperCase())) yield { kind: 'keyword', text }
    else yield { kind: 'other', text }
  }
}

/** Neighbours of one kind are joined before they are measured: a half of a character is no character. */
class LineBuilder {
  readonly #lines: string[] = []
  readonly #width: number
  readonly #paint: Paint
  #line = ''
  #used = 0

  constructor(width: number, paint: Paint) {
    this.#width = width
    this.#paint = paint
  }

  add(kind: TokenKind, text: string): void {
    let rest = text
    while (rest !== '') {
      const free = this.#width - this.#used
      const piece = takeColumns(rest.slice(0, this.#width * 32), free)
      if (piece === '' && this.#used > 0) {
        this.end()
        continue
      }
      const taken = piece === '' ? rest : piece
      this.#line += kind === 'other' ? taken : this.#paint(COLOURS[kind], taken)
      this.#used += displayWidth(taken)
      rest = rest.slice(taken.length)
    }
  }

  end(): void {
    this.#lines.push(this.#line)
    this.#line = ''
    this.#used = 0
  }

  finish(): readonly string[] {
    this.end()
    return this.#lines
  }
}
