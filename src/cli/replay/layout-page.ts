/** A scene as the page of a screen: texts, and a table that is looked at through a window. */
import { stripVTControlCharacters } from 'node:util'
import { describeNetwork, type EventFacts } from '../../core/recording/index.ts'
import { formatCount, formatDuration, formatOffset, formatTime } from '../../lib/format.ts'
import { displayWidth, safeLine, safeLines, truncate } from '../../lib/text/index.ts'
import type { Stop } from './film.ts'
import {
  count,
  describeCompletion,
  layoutMessage,
  layoutSession,
  layoutStatement,
  type TextStyle,
} from './layout-text.ts'
import type { StatementPage } from './read-page.ts'
import { TableView } from './table-view.ts'

export interface PageLayout {
  readonly before: readonly string[]
  readonly table: TableView | null
  readonly after: readonly string[]
  /** The first line of `before` that tells what happened last. */
  readonly focus: number
}

export interface PageScene {
  readonly stop: Stop
  /** None where the scene belongs to no statement. */
  readonly page: StatementPage | null
  /** Time before it in which nothing happened, where the film cut it short; else 0. */
  readonly idleMs: number
}

/** Lines of SQL on a page that can be scrolled. */
const MAX_SQL_LINES = 2000

type Format = Parameters<TextStyle['paint']>[0]

export function layoutPage(scene: PageScene, style: TextStyle): PageLayout {
  const { page } = scene
  const { event } = scene.stop
  const bare = (before: readonly string[]): PageLayout => ({ before, table: null, after: [], focus: 0 })
  if (page !== null) return layoutStatementPage(scene, page, style)
  const title = (format: Format, word: string, text = ''): string =>
    titleLine(scene, badge(format, word, text, style), style)
  switch (event.type) {
    case 'session.opened':
      return bare([title('bold', 'log-in'), '', ...layoutSession(event.facts, style)])
    case 'session.ended':
      return bare([
        title('bold', 'end', event.facts.reason),
        '',
        `${count(event.facts.statements, 'statement')}, ended ${formatTime(event.at)}`,
      ])
    case 'request.refused':
      return bare([title(BAD, 'refused', event.facts.icecore), '', ...layoutRefusal(event.facts, style)])
    default:
      return bare([title('bold', safeLine(event.type === 'opaque' ? (event.originalType ?? 'opaque') : event.type))])
  }
}

function layoutStatementPage(scene: PageScene, page: StatementPage, style: TextStyle): PageLayout {
  const { paint, width } = style
  const { received, decision, ends, result } = page
  const kind = decision === null ? '' : truncate(safeLine(decision.kind), Math.max(8, width - 40))
  const title = `${paint('bold', `statement ${formatCount(page.number)}`)}${kind && ` ${paint('dim', kind)}`}`
  const asked = [
    titleLine(scene, title, style),
    '',
    ...(received === null ? [] : layoutStatement(received, style, MAX_SQL_LINES)),
    '',
  ]
  // A statement is read from its first line; its answer is what one looks for once it is there.
  const focus = ends.length === 0 && decision?.decision !== 'hold' ? 0 : asked.length
  const before = [
    ...asked,
    ...(decision?.decision === 'hold' ? layoutHold(decision, style) : []),
    ...(ends.length === 0 ? [paint('dim', decision?.decision === 'hold' ? 'waiting for a human …' : 'running …')] : []),
    ...ends.flatMap((end) => layoutEnd(end, style)),
  ]
  if (result === null) return { before, table: null, after: [], focus }
  if (result.unread) {
    const note = `${count(result.total, 'row')} on record as they were delivered, and too large to be shown`
    return { before: [...before, '', paint('dim', truncate(note, width))], table: null, after: [], focus }
  }
  const table = new TableView(result.columns, result.rows, style)
  const left = result.total - result.rows.length
  const more = left > 0 ? ['', paint('dim', truncate(`… ${count(left, 'more row')} on record`, width))] : []
  return { before: [...before, ''], table, after: more, focus }
}

/** What stands at the left, and the time into the session at the right. */
function titleLine({ stop, idleMs }: PageScene, left: string, { paint, width }: TextStyle): string {
  const time = `${idleMs > 0 ? `… ${formatDuration(idleMs)} idle · ` : ''}${formatOffset(stop.offsetMs)}`
  const room = width - time.length - visibleWidth(left)
  return room < 1 ? left : `${left}${' '.repeat(room)}${paint('dim', time)}`
}

const BAD: Format = ['red', 'inverse']

/** A word on a ground of its own, and a text from outside, cut so that the time still fits behind them. */
function badge(format: Format, word: string, text: string, { paint, width }: TextStyle): string {
  const shown = paint(format, format === 'bold' ? word : ` ${word.toUpperCase()} `)
  return text === '' ? shown : `${shown} ${truncate(safeLine(text), Math.max(1, width - word.length - 18))}`
}

function layoutHold({ reasons }: EventFacts['statement.decision'], style: TextStyle): readonly string[] {
  const texts = reasons.flatMap(({ text }) => layoutMessage(text, style))
  return [badge(['yellow', 'inverse'], 'held', '', style), '', ...texts, '']
}

function layoutEnd(end: StatementPage['ends'][number], style: TextStyle): readonly string[] {
  const { paint, width } = style
  const bad = (word: string, code: string, text: string, durationMs?: number): readonly string[] => [
    badge(BAD, word, durationMs === undefined ? code : `${code} after ${formatDuration(durationMs)}`.trim(), style),
    ...(text === '' ? [] : ['', ...layoutMessage(text, style)]),
  ]
  switch (end.type) {
    case 'statement.completed':
      return [`${paint('green', '✓')} ${truncate(safeLine(describeCompletion(end.facts)), width - 2)}`]
    case 'statement.denied':
      return bad('denied', end.facts.icecore ?? end.facts.code, end.facts.message)
    case 'statement.failed':
      return bad('failed', end.facts.icecore ?? end.facts.code, end.facts.message, end.facts.durationMs)
    case 'statement.cancelled':
      return bad('cancelled', `by ${end.facts.by}`, '', end.facts.durationMs)
    case 'statement.outcomeUnknown':
      return bad('outcome unknown', '', end.facts.reason, end.facts.durationMs)
    case 'result.broken':
      return ['', ...bad('delivery broken', `chunk ${end.facts.index + 1}`, end.facts.reason)]
  }
}

function layoutRefusal(facts: EventFacts['request.refused'], style: TextStyle): readonly string[] {
  const { method, path, reason, attempts, network } = facts
  return [
    ...safeLines(`${method} ${path}`).flatMap((line) => layoutMessage(line, style)),
    '',
    ...layoutMessage(reason, style),
    '',
    style.paint(
      'dim',
      truncate(safeLine(`${count(attempts, 'attempt')} from ${describeNetwork(network)}`), style.width),
    ),
  ]
}

/** Width of a line of ours without its colours. */
function visibleWidth(line: string): number {
  return displayWidth(stripVTControlCharacters(line))
}
