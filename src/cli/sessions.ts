import type { Command } from 'commander'
import type { SessionJson, SessionSummaryJson } from '../api-schema/index.ts'
import { foldSession, type SessionView, type StatementView, type StoredEvent } from '../core/recording/index.ts'
import { renderTable, safeLine, truncate } from '../lib/text/index.ts'
import { type CliContext, EXIT, outputWidth, writeJson, writeLine } from './context.ts'
import { formatBytes, formatCount, formatDuration, formatTime } from './format.ts'
import type { Finish } from './main.ts'
import { addRecordOptions, RECORD_HELP, type RecordOptions, withRecordings } from './open-record.ts'
import { wholeNumber } from './parse-options.ts'
import { findRecordedSession } from './replay/find-session.ts'
import { describeSession } from './replay/render-scene.ts'

interface ListOptions extends RecordOptions {
  readonly json?: true
  readonly limit: number
  readonly principal?: string
  readonly connection?: string
}

/** Columns that a narrower terminal has no room for are left out, so that the others can be read. */
const WIDTH_FOR_QUERY_IDS = 140
const WIDTH_FOR_ROLES = 110
const WIDTH_FOR_BYTES = 100

type ShowOptions = RecordOptions & { readonly json?: true }

export function addSessionsCommands(program: Command, context: CliContext, finish: Finish): Command {
  const sessions = program.command('sessions').description('list, show and replay recorded sessions')
  addRecordOptions(sessions.command('list'))
    .description('list recorded sessions, newest first')
    .option('--limit <number>', 'how many', wholeNumber(1, 1_000_000), 50)
    .option('--principal <name>', 'only those of this principal or agent')
    .option('--connection <name>', 'only those of this connection')
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
  return withRecordings(context, options, async (recordings) => {
    const { limit, principal, connection } = options
    const found = await recordings.sessions({
      limit,
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
      { name: 'ROWS', align: 'right' as const },
      { name: 'END' },
    ]
    const rows = found.map((session) => [
      session.id.slice(0, 8),
      formatTime(session.opened_at),
      session.principal_name,
      ...(roomy ? [session.connection, session.role] : []),
      formatCount(session.statements),
      formatCount(session.rows),
      session.ended_at === null ? 'open' : (session.end_reason ?? ''),
    ])
    const style = { width, head: bold(context), dim: dim(context) }
    for (const line of renderTable({ columns, rows }, style)) await writeLine(context.out, line)
    return EXIT.ok
  })
}

function showSession(context: CliContext, named: string, options: ShowOptions): Promise<number> {
  return withRecordings(context, options, async (recordings) => {
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
  if (view.opened !== null) yield* describeSession(view.opened, context.paintOut, width)
  if (view.openedAt !== null) yield `opened      ${formatTime(view.openedAt)}`
  yield `ended       ${view.ended === null ? 'not ended' : `${formatTime(view.ended.at)} (${safeLine(view.ended.reason)})`}`
  if (view.opaqueEvents > 0) yield `unknown     ${formatCount(view.opaqueEvents)} events of a newer version of Icecore`
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
  yield* renderTable({ columns, rows }, { width, head: bold(context), dim: dim(context) })
  for (const { at, facts } of view.refusals) {
    yield truncate(`refused     ${formatTime(at)} ${safeLine(`${facts.method} ${facts.path}: ${facts.reason}`)}`, width)
  }
}

interface Room {
  readonly wide: boolean
  readonly roomy: boolean
}

function statementRow(statement: StatementView, index: number, { wide, roomy }: Room): readonly (string | null)[] {
  const { completed, durationMs, failure, outcome } = statement
  return [
    String(index + 1),
    statement.kind ?? '',
    failure === null || !roomy ? outcome : `${outcome} ${failure.icecore ?? failure.code}`,
    completed?.rows == null ? '' : formatCount(completed.rows),
    ...(roomy ? [completed === null ? '' : formatBytes(completed.bytes)] : []),
    durationMs === null ? '' : formatDuration(durationMs),
    ...(wide ? [statement.queryId ?? ''] : []),
    (statement.received?.sql ?? '').trim().replace(/\s+/g, ' '),
  ]
}

function bold({ paintOut }: CliContext): (text: string) => string {
  return (text) => paintOut('bold', text)
}

function dim({ paintOut }: CliContext): (text: string) => string {
  return (text) => paintOut('dim', text)
}
