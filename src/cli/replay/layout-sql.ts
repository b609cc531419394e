/** SQL as lines for a terminal: safe, wrapped, and lightly coloured. */
import { type SqlToken, sqlTokens } from '../../core/recording/index.ts'
import { type Paint, safeLines, wrap } from '../../lib/text/index.ts'

/** Of the sixteen, those that are read on light grounds and on dark ones: yellow and bright colours are not. */
const COLOURS = { keyword: 'magenta', string: 'green', number: 'cyan', comment: 'dim' } as const

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
  const all = [...splitLines(sqlTokens(text))].flatMap((line) => layoutLine(line, width, paint))
  const cut = sql.length > MAX_CHARACTERS
  if (all.length <= maxLines && !cut) return all
  const more = cut ? `${sql.length.toLocaleString('en')} characters in all` : `${all.length - maxLines} more lines`
  return [...all.slice(0, maxLines), paint('dim', `… ${more}`)]
}

/** The tokens of each line; one that spans several is a token of each. */
function* splitLines(all: Iterable<SqlToken>): Generator<readonly SqlToken[]> {
  let line: SqlToken[] = []
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
function layoutLine(line: readonly SqlToken[], width: number, paint: Paint): readonly string[] {
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
function paintPart(line: readonly SqlToken[], from: number, to: number, paint: Paint): string {
  let offset = 0
  let painted = ''
  for (const { kind, text } of line) {
    const part = text.slice(Math.max(0, from - offset), Math.max(0, to - offset))
    if (part !== '') painted += kind === 'other' ? part : paint(COLOURS[kind], part)
    offset += text.length
  }
  return painted
}
