/** One picture of the player: who, the page through its window, where in the film, and what can be done. */
import type { ReelPiece } from '../../adapters/store/index.ts'
import { formatCount, formatOffset } from '../../lib/format.ts'
import { displayWidth, type Paint, pad, safeLine, truncate } from '../../lib/text/index.ts'
import type { PageLayout } from './layout-page.ts'
import { count } from './layout-text.ts'

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
  /** Whether nothing comes after this. */
  readonly last: boolean
  readonly troubles: readonly ReelPiece[]
  readonly mode: 'playing' | 'paused' | 'end' | 'live' | 'alone'
  readonly speed: number
  /** Takes the place of the keys: what is typed, or what has to be said. */
  readonly line: string | null
  readonly highlight: string | null
  readonly help: boolean
}

const MARGIN = 1
/** With fewer lines the page itself needs all of them. */
const LINES_TO_STAY = 10
/** Head and its rule, timeline and status. */
const FIXED_LINES = 4
const LABELS = { playing: '▶', paused: '‖', end: '■ end', live: '● live', alone: '○ no gateway' } as const

const SPACE = {
  playing: 'space pause',
  paused: 'space play',
  end: 'space again',
  live: 'space pause',
  alone: 'space pause',
} as const

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

/** How the page lies in its window: what the keys that move it need to know. */
export interface PageWindow {
  /** Lines of it that are seen, those that stay included. */
  readonly lines: number
  /** How far it can be scrolled. */
  readonly most: number
  /** How far a key for a page moves it: one line of the last one is seen again. */
  readonly step: number
  /** Where it is scrolled to when it is opened: what happened last is seen, and of its rows or reasons half a window full. */
  readonly opening: number
}

export function pageWindow(layout: PageLayout, column: number, { height }: FrameSize): PageWindow {
  const { table, focus } = layout
  const all = pageLines(layout)
  const noted = all > height || (table !== null && table.shown(column) < table.columns)
  const lines = noted && height > 2 ? height - 1 : height
  const staying = height < LINES_TO_STAY ? 0 : table === null ? 1 : 3
  const most = Math.max(0, all - lines)
  const wanted = Math.min(all - focus, Math.ceil(lines / 2))
  const opening = height < LINES_TO_STAY ? 0 : Math.min(most, Math.max(0, focus + wanted - lines))
  return { lines, most, step: Math.max(1, lines - staying - 1), opening }
}

function pageLines({ before, table, after }: PageLayout): number {
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

/** The lines of the page that are seen. Its title, and the names of a table's columns, stay while it is scrolled. */
function windowLines({ layout, scroll, column }: FrameState, size: FrameSize, paint: Paint): readonly string[] {
  const { before, table } = layout
  const { width, height } = size
  const { lines: seen, most } = pageWindow(layout, column, size)
  const head = table?.head(column) ?? []
  const lines: string[] = []
  if (scroll > 0 && height >= LINES_TO_STAY) {
    lines.push(before[0] ?? '')
    if (scroll + 1 > before.length) lines.push(...head)
  }
  const all = pageLines(layout)
  for (let at = scroll + lines.length; at < all && lines.length < seen; at += 1)
    lines.push(pageLine(layout, head, at, column))
  if (seen === height) return lines
  const notes = [
    ...(table === null ? [] : noteWindow(table.shown(column), table.columns, column)),
    ...(scroll > 0 ? [`↑ ${formatCount(scroll)}`] : []),
    ...(scroll < most ? [`${count(most - scroll, 'more line')} ↓`] : []),
  ]
  const note = paint('dim', pad(truncate(notes.join(' · '), width), width, 'right'))
  return [...lines, ...Array.from({ length: seen - lines.length }, () => ''), note]
}

function pageLine({ before, table, after }: PageLayout, head: readonly string[], at: number, column: number): string {
  const row = at - before.length
  if (row < 0) return before[at] ?? ''
  if (table === null) return after[row] ?? ''
  if (row < head.length) return head[row] ?? ''
  if (row < head.length + table.rows) return table.row(row - head.length, column)
  return after[row - head.length - table.rows] ?? ''
}

function noteWindow(shown: number, columns: number, first: number): readonly string[] {
  return shown >= columns ? [] : [`columns ${first + 1}–${first + shown} of ${columns} (< >)`]
}

/** Where in the film it is, by statements: times would show how long an agent thought, and little else. */
function drawTimeline({ statement, statements, last, troubles }: FrameState, width: number, paint: Paint): string {
  const begun =
    statements === 0 ? 0 : Math.min(width - 1, Math.floor((Math.max(0, statement - 1) * width) / statements))
  const here = last ? width - 1 : begun
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
  const space = SPACE[mode]
  const keys = [
    `${space} · n next · p back · e next error · / search · ? help · q quit`,
    `${space} · n next · / search · ? help · q quit`,
    `${space} · ? help · q quit`,
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
