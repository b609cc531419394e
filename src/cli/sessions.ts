import type { Command } from 'commander'
import type { SessionJson, SessionSummaryJson } from '../api-schema/index.ts'
import { foldSession, type SessionView, type StatementView, type StoredEvent } from '../core/recording/index.ts'
import { formatBytes, formatCount, formatDuration, formatTime } from '../lib/format.ts'
import { renderTable, safeLine, type TableStyle, truncate } from '../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { addRecordOptions, RECORD_HELP, type RecordOptions, withRecordedSessions } from './open-record.ts'
import { wholeNumber } from './parse-options.ts'
import { findRecordedSession } from './replay/find-session.ts'
import { layoutSession } from './replay/layout-text.ts'

interface ListOptions extends RecordOptions {
  readonly json?: true
  readonly limit: number
  readonly principal?: string
  readonly connection?: string
  readonly open?: true
}

/** Columns that a narrower terminal has no room for are left out, so that the others can be read. */
const WIDTH_FOR_QUERY_IDS = 140
const WIDTH_FOR_ROLES = 110
const WIDTH_FOR_BYTES = 100

const LABEL_WIDTH = 12

type ShowOptions = RecordOptions & { readonly json?: true }

export function addSessionsCommands(program: Command, context: CliContext, finish: Finish): Command {
  const sessions = program.command('sessions').description('list, show and replay recorded sessions')
  addRecordOptions(sessions.command('list'))
    .description('list recorded sessions, newest first')
    .option('--limit <number>', 'how many', wholeNumber(1, 1_000_000), 50)
    .option('--principal <name>', 'only those of this principal or agent')
    .option('--connection <name>', 'only those of this connection')
    .option('--open', 'only those that have not ended')
    .option('--json', 'print JSON Lines, one object a session')
    .addHelpText('after', `${RECORD_HELP}\nExample:\n  $ icecore sessions list --limit 10`)
    .action((options: ListOptions) => finish(listSessions(context, options)))
  addRecordOptions(sessions.command('show <session>'))
    .description('show one session with its statements; SESSION is an id, its beginning, or "last"')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `${RECORD_HELP}\nExample:\n  $ icecore sessions show last`)
    .action((session: string, options: ShowOptions) => finish(showSession(context, session, options)))
  return sessions
}

function listSessions(context: CliContext, options: ListOptions): Promise<number> {
  return withRecordedSessions(context, options, async (recordings) => {
    const { limit, principal, connection, open = false } = options
    const found = await recordings.sessions({
      limit,
      open,
      ...(principal && { principal }),
      ...(connection && { connection }),
    })
    if (options.json) {
      for (const session of found) await writeJson<SessionSummaryJson>(context.out, session)
      return EXIT.ok
    }
    if (found.length === 0) {
      context.err.write('there are no sessions\n')
      return EXIT.ok
    }
    const width = outputWidth(context)
    const roomy = width >= WIDTH_FOR_ROLES
    const columns = [
      { name: 'SESSION', whole: true },
      { name: 'OPENED', whole: true },
      { name: 'PRINCIPAL' },
      ...(roomy ? [{ name: 'CONNECTION' }, { name: 'ROLE' }] : []),
      { name: roomy ? 'STATEMENTS' : 'STMTS', align: 'right' as const },
      { name: 'DENIED', align: 'right' as const },
      ...(roomy
        ? [
            { name: 'FAILED', align: 'right' as const },
            { name: 'ROWS', align: 'right' as const },
          ]
        : []),
      { name: 'END' },
    ]
    const rows = found.map((session) => [
      session.id.slice(0, 8),
      formatTime(session.opened_at),
      session.principal_name,
      ...(roomy ? [session.connection, session.role] : []),
      formatCount(session.statements),
      countOrNothing(session.denied),
      ...(roomy ? [countOrNothing(session.failed), formatCount(session.rows)] : []),
      session.ended_at === null ? 'open' : (session.end_reason ?? 'ended'),
    ])
    const style = { ...tableStyle(context), cell: paintCell(context, columns) }
    for (const line of renderTable({ columns, rows }, style)) await writeLine(context.out, line)
    return EXIT.ok
  })
}

function showSession(context: CliContext, named: string, options: ShowOptions): Promise<number> {
  return withRecordedSessions(context, options, async (recordings) => {
    const session = await findRecordedSession(recordings, named)
    const events: StoredEvent[] = []
    const sizeOnly = createStandIn()
    for await (const event of recordings.events(session.id)) events.push(sizeOnly(event))
    const view = foldSession(events)
    if (options.json) await writeJson<SessionJson>(context.out, view)
    else for (const line of renderSession(context, view)) await writeLine(context.out, line)
    return EXIT.ok
  })
}

/**
 * Lets go of bodies, of which a session may hold gigabytes, and leaves as many zeros in their place: only how much is on
 * record is told here. All share one array, as long as the longest piece.
 */
function createStandIn(): (event: StoredEvent) => StoredEvent {
  let zeros = new Uint8Array()
  return (event) => {
    if (event.body === undefined) return event
    if (event.body.length > zeros.length) zeros = new Uint8Array(event.body.length)
    return { ...event, body: zeros.subarray(0, event.body.length) } as StoredEvent
  }
}

function* renderSession(context: CliContext, view: SessionView): Generator<string> {
  const width = outputWidth(context)
  yield `${context.paintOut('bold', 'session')}     ${safeLine(view.id ?? '')}`
  if (view.opened !== null) yield* layoutSession(view.opened, { paint: context.paintOut, width })
  const line = (label: string, text: string): string => `${context.paintOut('dim', label.padEnd(LABEL_WIDTH))}${text}`
  if (view.openedAt !== null) yield line('opened', formatTime(view.openedAt))
  yield line('ended', view.ended === null ? 'not ended' : describeEnd(view.ended, view.openedAt))
  yield line('statements', countOutcomes(view.statements))
  if (view.opaqueEvents > 0)
    yield line('unknown', `${formatCount(view.opaqueEvents)} events of a newer version of Icecore`)
  yield ''
  // A query id is for copying, and useless when cut: on a narrow terminal the JSON form has it.
  const wide = width >= WIDTH_FOR_QUERY_IDS
  const roomy = width >= WIDTH_FOR_BYTES
  const rows = view.statements.map((statement, index) => statementRow(statement, index, { wide, roomy }))
  const columns = [
    { name: '#', align: 'right' as const },
    { name: 'KIND' },
    { name: 'OUTCOME' },
    { name: 'ROWS', align: 'right' as const },
    ...(roomy ? [{ name: 'BYTES', align: 'right' as const }] : []),
    { name: 'TIME', align: 'right' as const },
    ...(wide ? [{ name: 'QUERY ID' }] : []),
    { name: 'STATEMENT' },
  ]
  yield* renderTable({ columns, rows }, { ...tableStyle(context), cell: paintCell(context, columns) })
  for (const { at, facts } of view.refusals) {
    const what = safeLine(`${facts.method} ${facts.path}: ${facts.reason}`)
    yield line('refused', truncate(`${formatTime(at)} ${what}`, width - LABEL_WIDTH))
  }
}

function describeEnd({ at, reason }: NonNullable<SessionView['ended']>, openedAt: number | null): string {
  const after = openedAt === null ? '' : `, after ${formatDuration(Math.max(0, at - openedAt))}`
  return `${formatTime(at)}${after} (${safeLine(reason)})`
}

/** `9: 4 completed, 4 denied, 1 failed`. */
function countOutcomes(statements: readonly StatementView[]): string {
  const counts = Map.groupBy(statements, ({ outcome }) => outcome.replaceAll('_', ' '))
  const parts = [...counts].map(([outcome, { length }]) => `${formatCount(length)} ${outcome}`)
  return statements.length === 0 ? 'none' : `${formatCount(statements.length)}: ${parts.join(', ')}`
}

interface Room {
  readonly wide: boolean
  readonly roomy: boolean
}

function statementRow(statement: StatementView, index: number, { wide, roomy }: Room): readonly (string | null)[] {
  const { completed, durationMs, outcome } = statement
  return [
    String(index + 1),
    statement.kind ?? '',
    roomy ? `${outcome.replaceAll('_', ' ')} ${whyNot(statement)}`.trimEnd() : outcome.replaceAll('_', ' '),
    completed?.rows == null ? '' : formatCount(completed.rows),
    ...(roomy ? [completed === null ? '' : formatBytes(completed.bytes)] : []),
    durationMs === null ? '' : formatDuration(durationMs),
    ...(wide ? [statement.queryId ?? ''] : []),
    (statement.received?.sql ?? '').trim().replace(/\s+/g, ' '),
  ]
}

/** The reasons of a denial in a word each, the code of a failure. */
function whyNot({ outcome, reasons, failure }: StatementView): string {
  if (outcome === 'denied' && reasons.length > 0) return reasons.map(({ code }) => code).join(', ')
  return failure === null ? '' : (failure.icecore ?? failure.code)
}

/** A column of counts is read for what stands out: nothing is left empty. */
function countOrNothing(count: number): string {
  return count === 0 ? '' : formatCount(count)
}

function tableStyle(context: CliContext): TableStyle {
  const { paintOut } = context
  return {
    width: outputWidth(context),
    head: (text) => paintOut('bold', text),
    dim: (text) => paintOut('dim', text),
  }
}

/** What did not go well is seen at a glance. */
function paintCell(
  { paintOut }: CliContext,
  columns: readonly { readonly name: string }[],
): (text: string, column: number) => string {
  return (text, column) => {
    const name = columns[column]?.name ?? ''
    const isBad = ['DENIED', 'FAILED'].includes(name) || (name === 'OUTCOME' && !/^(completed|open)\b/.test(text))
    return isBad ? paintOut('red', text) : text
  }
}
