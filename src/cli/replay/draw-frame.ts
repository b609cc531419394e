/** One picture of the player: who, the page through its window, where in the film, and what can be done. */
import type { ReelPiece } from '../../adapters/store/index.ts'
import { formatCount, formatOffset } from '../../lib/format.ts'
import { displayWidth, type Paint, pad, safeLine, truncate } from '../../lib/text/index.ts'
import type { PageLayout } from './layout-page.ts'

export interface FrameSize {
  readonly width: number
  readonly height: number
}

export interface FrameState {
  readonly who: string
  readonly when: string
  readonly layout: PageLayout
  /** First line of the page that is seen, and first column of its table. */
  readonly scroll: number
  readonly column: number
  readonly offsetMs: number
  readonly lengthMs: number
  /** Statements received so far, of how many. */
  readonly statement: number
  readonly statements: number
  readonly troubles: readonly ReelPiece[]
  readonly mode: 'playing' | 'paused' | 'end' | 'live'
  readonly speed: number
  /** Takes the place of the keys: what is typed, or what has to be said. */
  readonly line: string | null
  readonly highlight: string | null
  readonly help: boolean
}

const MARGIN = 1
/** Head and its rule, timeline and status. */
const FIXED_LINES = 4
const LABELS = { playing: '▶', paused: '‖', end: '■ end', live: '● live' } as const

const HELP: readonly (readonly [string, string])[] = [
  ['space', 'pause, go on'],
  ['n  →  .', 'next scene'],
  ['p  ←', 'scene before'],
  ['e', 'next denial or error'],
  ['g', 'go to a statement (12) or a time (1:30)'],
  ['0  $', 'first scene, last scene'],
  ['/', 'search SQL, messages and rows; with nothing typed, again'],
  ['+  -', 'speed, 0.5× to 16×'],
  ['↑ ↓  j k', 'scroll; Page Up, Page Down, Home and End, too'],
  ['<  >  h l', 'columns to the left, to the right'],
  ['q', 'quit'],
]

export function bodySize({ width, height }: FrameSize): FrameSize {
  return { width: width - 2 * MARGIN, height: Math.max(1, height - FIXED_LINES) }
}

/** Pieces that the timeline has at this width. */
export function timelinePieces(width: number): number {
  return width - 2 * MARGIN
}

export function pageLines({ before, table, after }: PageLayout): number {
  return before.length + (table === null ? 0 : 2 + table.rows) + after.length
}

export function drawFrame(state: FrameState, size: FrameSize, paint: Paint): readonly string[] {
  const body = bodySize(size)
  const window = state.help ? helpLines(paint) : windowLines(state, body, paint)
  const lines = Array.from({ length: body.height }, (_, at) => window[at] ?? '')
  return [
    margin(spread(paint('bold', truncate(state.who, body.width)), state.who, state.when, body.width, paint)),
    margin(paint('dim', '─'.repeat(body.width))),
    ...lines.map((line) => margin(highlight(line, state.highlight, paint))),
    margin(drawTimeline(state, body.width, paint)),
    margin(drawStatus(state, body.width, paint)),
  ]
}

function margin(line: string): string {
  return line === '' ? '' : `${' '.repeat(MARGIN)}${line}`
}

/** The painted left, and at the other end of the line what fits of the right. */
function spread(painted: string, left: string, right: string, width: number, paint: Paint): string {
  const room = width - displayWidth(truncate(left, width)) - displayWidth(right)
  return room < 2 ? painted : `${painted}${' '.repeat(room)}${paint('dim', right)}`
}

/** The lines of the page that are seen. The names of a table's columns stay while its rows are scrolled. */
function windowLines(
  { layout, scroll, column }: FrameState,
  { width, height }: FrameSize,
  paint: Paint,
): readonly string[] {
  const { before, table, after } = layout
  if (table === null) return [...before, ...after].slice(scroll, scroll + height)
  const head = table.head(column)
  const lines: string[] = []
  const sticky = scroll > before.length
  if (sticky) lines.push(...head)
  const all = pageLines(layout)
  for (let at = scroll + lines.length; at < all && lines.length < height; at += 1) {
    const row = at - before.length
    if (row < 0) lines.push(before[at] ?? '')
    else if (row < head.length) lines.push(head[row] ?? '')
    else if (row < head.length + table.rows) lines.push(table.row(row - head.length, column))
    else lines.push(after[row - head.length - table.rows] ?? '')
  }
  const window = noteWindow(table.shown(column), table.columns, column)
  const last = Math.min(all, scroll + height)
  const below = all - last
  const notes = [...(window === null ? [] : [window]), ...(below > 0 ? [`${formatCount(below)} more lines ↓`] : [])]
  if (notes.length === 0) return lines
  return [
    ...lines.slice(0, height - 1),
    ...padTo(lines, height - 1),
    paint('dim', pad(truncate(notes.join(' · '), width), width, 'right')),
  ]
}

function padTo(lines: readonly string[], height: number): readonly string[] {
  return Array.from({ length: Math.max(0, height - lines.length) }, () => '')
}

function noteWindow(shown: number, columns: number, first: number): string | null {
  return shown >= columns ? null : `columns ${first + 1}–${first + shown} of ${columns} (< >)`
}

/** Where in the film it is, by statements: times would show how long an agent thought, and little else. */
function drawTimeline({ statement, statements, troubles }: FrameState, width: number, paint: Paint): string {
  const here = statements === 0 ? 0 : Math.min(width - 1, Math.floor((Math.max(0, statement - 1) * width) / statements))
  const marks = new Map(troubles.map(({ piece, denied }) => [piece, denied > 0]))
  return Array.from({ length: width }, (_, at) => {
    if (at === here) return paint(marks.has(at) ? ['red', 'bold'] : 'bold', '●')
    if (marks.has(at)) return paint('red', marks.get(at) === true ? '◆' : '×')
    return at < here ? '━' : paint('dim', '─')
  }).join('')
}

function drawStatus(state: FrameState, width: number, paint: Paint): string {
  if (state.line !== null) return truncate(state.line, width)
  const { mode, speed, statement, statements, offsetMs, lengthMs } = state
  const left = `${LABELS[mode]} ${speed}×  ${formatCount(statement)}/${formatCount(statements)}  ${clock(offsetMs)} of ${clock(lengthMs)}`
  const keys = [
    'space pause · n next · p back · e next error · / search · ? help · q quit',
    'n next · p back · / search · ? help · q quit',
    '? help · q quit',
  ].find((text) => displayWidth(left) + displayWidth(text) + 2 <= width)
  const bold = paint('bold', truncate(left, width))
  return keys === undefined ? bold : spread(bold, left, keys, width, paint)
}

function clock(ms: number): string {
  return formatOffset(ms).replace(/\.\d+$/, '')
}

function helpLines(paint: Paint): readonly string[] {
  return [
    paint('bold', 'Keys'),
    '',
    ...HELP.map(([keys, meaning]) => `${paint('bold', pad(keys, 12))}${meaning}`),
    '',
    paint('dim', 'Times without anything happening are cut short. Any key closes this.'),
  ]
}

/** What was searched for, where a line shows it in one piece. */
function highlight(line: string, text: string | null, paint: Paint): string {
  if (text === null || text === '') return line
  const wanted = safeLine(text)
  const ignoreCase = text === text.toLowerCase()
  const lower = ignoreCase ? line.toLowerCase() : line
  // Letters whose small form is longer would shift what follows.
  if (lower.length !== line.length) return line
  let shown = ''
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    shown += `${line.slice(from, at)}${paint('inverse', line.slice(at, at + wanted.length))}`
    from = at + wanted.length
  }
  return `${shown}${line.slice(from)}`
}
