/** The texts of a session as lines that fit a width. Every text of the record is made safe here. */
import { describeSession, describeStatement, type EventFacts } from '../../core/recording/index.ts'
import { formatBytes, formatCount, formatDuration } from '../../lib/format.ts'
import { type Paint, safeLine, safeLines, truncate, wrap } from '../../lib/text/index.ts'
import { layoutSql } from './layout-sql.ts'

export interface TextStyle {
  readonly width: number
  readonly paint: Paint
}

/** What goes on with the line above is set in. */
const HANGING = '  '
const MAX_SQL_LINES = 40
const MAX_MESSAGE_LINES = 24
/** Longer messages are cut before they are measured. */
const MAX_MESSAGE_CHARACTERS = 8000

/** The SQL, its binds, and what else is to be known of it. */
export function layoutStatement(
  facts: EventFacts['statement.received'],
  { width, paint }: TextStyle,
  maxLines = MAX_SQL_LINES,
): readonly string[] {
  return [
    ...layoutSql(facts.sql, { width, maxLines, paint }),
    ...describeStatement(facts).map((note) => paint('dim', truncate(safeLine(note), width))),
  ]
}

export function layoutMessage(text: string, { width, paint }: TextStyle): readonly string[] {
  const head = text.slice(0, MAX_MESSAGE_CHARACTERS)
  const lines = safeLines(head).flatMap((line) => {
    const parts = wrap(line, width, HANGING.length)
    const hung = parts.map((part, index) => (index === 0 ? part : `${HANGING}${part}`))
    // The last line of a denial is for programs.
    return line.startsWith('icecore:{') ? hung.map((part) => paint('dim', part)) : hung
  })
  const cut = lines.length > MAX_MESSAGE_LINES || head.length < text.length
  return [...lines.slice(0, MAX_MESSAGE_LINES), ...(cut ? [paint('dim', '…')] : [])]
}

/** Who it was, with what, from where: the head of a session. */
export function layoutSession(
  facts: Omit<EventFacts['session.opened'], 'resume'>,
  { paint, width }: TextStyle,
): readonly string[] {
  return describeSession(facts).flatMap(([name, text]) => {
    const label = name.padEnd(12)
    const pieces = wrap(safeLine(text.slice(0, MAX_MESSAGE_CHARACTERS)), Math.max(8, width - label.length))
    return pieces.map((piece, index) => `${index === 0 ? paint('dim', label) : ' '.repeat(label.length)}${piece}`)
  })
}

/** `5 rows · 2.1 KiB · 120 ms · 01b2…`. */
export function describeCompletion(facts: EventFacts['statement.completed']): string {
  const parts = [
    ...(facts.rows === null ? [] : [count(facts.rows, 'row')]),
    ...(facts.bytes === 0 ? [] : [formatBytes(facts.bytes)]),
    formatDuration(facts.durationMs),
    facts.queryId,
  ]
  return parts.join(' · ')
}

export function count(number: number, word: string): string {
  return `${formatCount(number)} ${word}${number === 1 ? '' : 's'}`
}
