/**
 * What the index takes from an event. Everything else of it stays in the journal, sealed.
 *
 * The statements are constants, not built for each event: this runs on the event loop for everything that is recorded.
 */
import type { PlacedEvent } from '../../core/recording/format/index.ts'
import type { RecordedEvent, StoredEvent } from '../../core/recording/index.ts'
import type { SqlStatement, SqlValue } from './sqlite-protocol.ts'

const POINTER = 'INSERT INTO events (lsn, session, type, segment, offset, bytes) VALUES (?, ?, ?, ?, ?, ?)'
const TOUCH = 'UPDATE sessions SET last_at = ? WHERE id = ?'
const OPEN_SESSION = `INSERT INTO sessions (id, opened_lsn, opened_at, principal, principal_name, agent, door, connection,
  role, application, application_version, last_at, statements, denied, failed, rows, bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)`
const END_SESSION = 'UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ?'
const COUNT = {
  statements: 'UPDATE sessions SET statements = statements + 1 WHERE id = ?',
  denied: 'UPDATE sessions SET denied = denied + 1 WHERE id = ?',
  failed: 'UPDATE sessions SET failed = failed + 1 WHERE id = ?',
} as const
const COUNT_DELIVERED = 'UPDATE sessions SET rows = rows + ?, bytes = bytes + ?, completed_lsn = ? WHERE id = ?'
const RECEIVE =
  "INSERT INTO statements (session, id, lsn, request_id, pending_id, received_at, outcome) VALUES (?, ?, ?, ?, ?, ?, 'open')"
const SEND = 'UPDATE statements SET sent_lsn = ? WHERE session = ? AND id = ?'
const DECIDE = 'UPDATE statements SET decision = ?, kind = ?, shape = ? WHERE session = ? AND id = ?'
const NAME = 'UPDATE statements SET query_id = ? WHERE session = ? AND id = ?'
const COMPLETE = `UPDATE statements SET outcome = 'completed', rows = ?, bytes = ?, duration_ms = ?, query_id = ?, ended_lsn = ?
  WHERE session = ? AND id = ?`
const FINISH =
  'UPDATE statements SET outcome = ?, code = ?, duration_ms = ?, ended_lsn = ? WHERE session = ? AND id = ?'
const HANDLE =
  'INSERT INTO handles (query_id, session, statement, lsn, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'

const LINK = 'INSERT INTO links (token, session, statement, lsn) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'

/** The statements that bring the index forward by these events, in order. */
export function projectEvents(events: readonly PlacedEvent[]): SqlStatement[] {
  const touched = new Map<string, number>()
  const statements = events.flatMap(({ event, place }) => {
    const { segment, offset, bytes } = place
    const pointer = run(POINTER, event.lsn, event.session ?? '', event.type, segment, offset, bytes)
    if (event.session === null) return [pointer]
    touched.set(event.session, event.at)
    return [pointer, ...projectSession(event, event.session)]
  })
  return [...statements, ...touched.entries().map(([session, at]) => run(TOUCH, at, session))]
}

function projectSession(event: StoredEvent, session: string): SqlStatement[] {
  if (event.type === 'opaque') {
    return []
  }
  if (event.type === 'session.opened') {
    return [openSession(event, session)]
  }
  if (event.type === 'session.ended') {
    return [run(END_SESSION, event.at, stableWord(event.facts.reason), session)]
  }
  return event.statement === undefined ? [] : projectStatement(event, session, event.statement)
}

function openSession(event: Extract<RecordedEvent, { type: 'session.opened' }>, session: string): SqlStatement {
  const { principal, door, connection, context, client } = event.facts
  return run(
    OPEN_SESSION,
    session,
    event.lsn,
    event.at,
    principal.id,
    principal.displayName,
    principal.agent?.agent ?? null,
    door,
    connection,
    context.role,
    client.application,
    client.version,
    event.at,
  )
}

function projectStatement(event: RecordedEvent, session: string, id: string): SqlStatement[] {
  const handle = (queryId: string): SqlStatement => run(HANDLE, queryId, session, id, event.lsn, event.at)
  const finish = (outcome: string, code: string | null, durationMs: number | null): SqlStatement =>
    run(FINISH, outcome, code, durationMs, event.lsn, session, id)

  switch (event.type) {
    case 'statement.received':
      return [
        run(RECEIVE, session, id, event.lsn, event.facts.requestId, event.facts.pendingId, event.at),
        run(COUNT.statements, session),
      ]
    case 'statement.sent':
      return [run(SEND, event.lsn, session, id)]
    case 'statement.decision':
      return [run(DECIDE, event.facts.decision, event.facts.kind, event.facts.shape, session, id)]
    case 'statement.queryId':
      return [run(NAME, event.facts.queryId, session, id), handle(event.facts.queryId)]
    case 'result.schema':
      return [...event.facts.childQueryIds.map(handle), ...links(event, session, id)]
    case 'statement.completed': {
      const { rows, bytes, durationMs, queryId } = event.facts
      const completed = run(COMPLETE, rows, bytes, durationMs, queryId, event.lsn, session, id)
      return [completed, handle(queryId), run(COUNT_DELIVERED, rows ?? 0, bytes, event.lsn, session)]
    }
    case 'statement.failed':
      return [finish('failed', event.facts.code, event.facts.durationMs), run(COUNT.failed, session)]
    case 'statement.denied':
      return [finish('denied', event.facts.icecore ?? event.facts.code, null), run(COUNT.denied, session)]
    case 'statement.cancelled':
      return [finish('cancelled', null, event.facts.durationMs)]
    case 'statement.outcomeUnknown':
      return [finish('outcome_unknown', null, event.facts.durationMs)]
    default:
      return []
  }
}

function links({ lsn, facts }: Extract<RecordedEvent, { type: 'result.schema' }>, session: string, id: string) {
  return facts.link === null || facts.link === undefined ? [] : [run(LINK, facts.link.token, session, id, lsn)]
}

function run(sql: string, ...parameters: SqlValue[]): SqlStatement {
  return { sql, parameters }
}

/** A reason is kept when it is a word of ours; a sentence might quote something. */
function stableWord(reason: string): string | null {
  return /^[a-z][a-z0-9_.-]{0,63}$/i.test(reason) ? reason : null
}
