/** The texts of a session as lines that fit a width. Every text of the record is made safe here. */
import type { EventFacts } from '../../core/recording/index.ts'
import { type Paint, safeLine, safeLines, truncate, wrap } from '../../lib/text/index.ts'
import { formatBytes, formatCount, formatDuration } from '../format.ts'
import { layoutSql } from './layout-sql.ts'

export interface TextStyle {
  readonly width: number
  readonly paint: Paint
}

/** What goes on with the line above is set in. */
const HANGING = '  '
const MAX_SQL_LINES = 40
const MAX_BINDS = 20
const MAX_MESSAGE_LINES = 24
/** Longer messages are cut before they are measured. */
const MAX_MESSAGE_CHARACTERS = 8000

/** The SQL, its binds, and what else is to be known of it. */
export function layoutStatement(
  facts: EventFacts['statement.received'],
  { width, paint }: TextStyle,
  maxLines = MAX_SQL_LINES,
): readonly string[] {
  const binds = Object.entries(facts.bindings)
  const notes = [
    ...binds.slice(0, MAX_BINDS).map(([name, { type, value }]) => {
      const text = Array.isArray(value) ? count(value.length, 'value') : ((value as string | null) ?? 'NULL')
      return `bind ${name} ${type}: ${text}`
    }),
    ...(binds.length > MAX_BINDS ? [`… ${count(binds.length - MAX_BINDS, 'more bind')}`] : []),
    ...(facts.describeOnly ? ['described only, not run'] : []),
    ...(facts.asynchronous ? ['asynchronous'] : []),
    ...(facts.secretsCut > 0 ? [noteCut(facts)] : []),
  ]
  return [
    ...layoutSql(facts.sql, { width, maxLines, paint }),
    ...notes.map((note) => paint('dim', truncate(safeLine(note), width))),
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
export function describeSession(facts: EventFacts['session.opened'], { paint, width }: TextStyle): readonly string[] {
  const { principal, client, network, connection, context, accessRule, door, upstreamSession } = facts
  const proven = [
    principal.agent === null ? null : `agent ${principal.agent.agent ?? principal.agent.clientId ?? 'unregistered'}`,
    principal.human === null ? null : `human ${principal.human.person ?? principal.human.subject}`,
    principal.workload === null ? null : `workload ${principal.workload.subject}`,
  ].filter((part) => part !== null)
  const place = [context.database, context.schema].filter((part) => part !== null).join('.')
  const lines: readonly (readonly [string, string])[] = [
    ['principal', `${principal.displayName} (${[...proven, `by ${principal.token.issuerName}`].join(', ')})`],
    ['client', `${client.application} ${client.version} (as claimed) from ${network.address}, ${door} door`],
    [
      'connection',
      `${connection}, role ${context.role ?? 'none'}, warehouse ${context.warehouse ?? 'none'}${place && `, in ${place}`}`,
    ],
    ['allowed by', `access rule ${accessRule}`],
    ['upstream', `Snowflake session ${upstreamSession}`],
  ]
  return lines.flatMap(([name, text]) => {
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

/** Of a column's type: its values are set to the right. */
export function isNumeric(type: string): boolean {
  return /^(fixed|real|number|float|int)/i.test(type)
}

function noteCut({ sql, secretsCut }: EventFacts['statement.received']): string {
  const unread = /^\[unreadable:\w+\]$/.test(sql)
  return unread ? 'not kept: a text that cannot be read may hold secrets' : `${count(secretsCut, 'secret')} cut out`
}
