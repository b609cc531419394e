/** What goes on record of a statement, in the order in which it happens. */
import { type Decision, POLICY_VERSION } from '../core/policy/index.ts'
import type { EventFacts, EventInput } from '../core/recording/index.ts'
import { currentContext } from '../core/session/index.ts'
import { type Analysis, redactSecrets, type Span } from '../core/statement/index.ts'
import type { Binding, QueryAnswer } from '../core/wire/index.ts'
import type { StatementFailure } from './failure.ts'
import type { KeyedHash } from './fingerprint.ts'
import type { Session } from './session.ts'
import type { StatementRun } from './statement-run.ts'

type Bindings = Readonly<Record<string, Binding>>

export function received(session: Session, run: StatementRun, analysis: Analysis, keyedHash: KeyedHash): EventInput {
  const { request } = run
  const secrets = analysis.ok ? analysis.text.secrets : analysis.refusal.secrets
  const { sql, cut } = cutSecrets(request.sqlText, secrets, keyedHash)
  return {
    ...at(session, run),
    type: 'statement.received',
    facts: {
      requestId: request.requestId,
      pendingId: run.pendingId,
      fingerprint: run.fingerprint,
      sql,
      secretsCut: cut,
      bindings: mayBindSecrets(analysis) ? markBindings(request.bindings, keyedHash) : request.bindings,
      parameters: request.parameters,
      describeOnly: request.describeOnly,
      asynchronous: request.asynchronous,
      context: currentContext(session.state),
    },
  }
}

export function decided(session: Session, run: StatementRun, analysis: Analysis, decision: Decision): EventInput {
  const statements = analysis.ok ? analysis.text.statements : []
  return {
    ...at(session, run),
    type: 'statement.decision',
    facts: {
      decision: decision.decision,
      reasons: decision.reasons,
      kind: kindOf(analysis),
      shape: analysis.ok ? analysis.text.shape : '',
      statements: statements.map(({ kind, effects, uses, shape }) => ({ kind, effects, uses, shape })),
      policy: POLICY_VERSION,
    },
  }
}

export function denied(session: Session, run: StatementRun, failure: StatementFailure): EventInput {
  return { ...at(session, run), type: 'statement.denied', facts: failure }
}

export function sent(session: Session, run: StatementRun): EventInput {
  const { upstreamRequestId, changes } = run
  return { ...at(session, run), type: 'statement.sent', facts: { upstreamRequestId, changes } }
}

export function accepted(session: Session, run: StatementRun, queryId: string): EventInput {
  return { ...at(session, run), type: 'statement.queryId', facts: { queryId } }
}

export function lookedUp(
  session: Session,
  run: StatementRun,
  by: EventFacts['statement.lookedUp']['by'],
  found: boolean,
): EventInput {
  return { ...at(session, run), type: 'statement.lookedUp', facts: { by, found } }
}

/** The session's state, where a statement has moved it. */
export function stateChanged(session: Session, run: StatementRun): EventInput {
  const { contexts, variables } = session.state
  return { ...at(session, run), type: 'session.state', facts: { contexts, variables: Object.fromEntries(variables) } }
}

export function abortRequested(session: Session, run: StatementRun, by: string): EventInput {
  return { ...at(session, run), type: 'statement.abortRequested', facts: { by } }
}

/** The end, as the upstream's answer tells it. */
export function ended(session: Session, run: StatementRun, queryId: string, answer: QueryAnswer): EventInput {
  const { durationMs } = run
  if (answer.success) {
    const rows = answer.total ?? answer.returned
    const { statementTypeId, document } = answer
    const context = currentContext(session.state)
    const facts = { queryId, statementTypeId, rows, bytes: document.bytes.length, durationMs, context }
    return { ...at(session, run), type: 'statement.completed', facts }
  }
  if (run.cancelledBy !== null) return cancelled(session, run, run.cancelledBy, queryId)
  const { code, sqlState, message } = answer
  const error = { code: code ?? '', sqlState: sqlState ?? '', message: message ?? '', icecore: null }
  return { ...at(session, run), type: 'statement.failed', facts: { ...error, queryId: answer.queryId, durationMs } }
}

/** The end, where Icecore itself could not go on. */
export function failed(session: Session, run: StatementRun, failure: StatementFailure): EventInput {
  const { durationMs, upstreamQueryId: queryId } = run
  switch (failure.icecore) {
    case 'ICE_OUTCOME_UNKNOWN':
      return {
        ...at(session, run),
        type: 'statement.outcomeUnknown',
        facts: { reason: failure.message, durationMs },
      }
    case 'ICE_STATEMENT_CANCELLED':
      return cancelled(session, run, run.cancelledBy ?? 'the client', queryId)
    default:
      return { ...at(session, run), type: 'statement.failed', facts: { ...failure, queryId, durationMs } }
  }
}

function cancelled(session: Session, run: StatementRun, by: string, queryId: string | null): EventInput {
  return { ...at(session, run), type: 'statement.cancelled', facts: { by, queryId, durationMs: run.durationMs } }
}

function at(session: Session, run: StatementRun): { readonly session: string; readonly statement: string } {
  return { session: session.id, statement: run.statement }
}

/** A text that could not be read may hold secrets anywhere: only its hash goes on record. */
function cutSecrets(
  sqlText: string,
  secrets: readonly Span[] | null,
  keyedHash: KeyedHash,
): { readonly sql: string; readonly cut: number } {
  if (secrets === null) return { sql: `[unreadable:${keyedHash(sqlText)}]`, cut: 1 }
  return redactSecrets(sqlText, secrets, keyedHash)
}

/** Effects of statements whose binds are data. In any other a bind may stand for a password or a key. */
const DATA_EFFECTS: ReadonlySet<string> = new Set(['read', 'write', 'metadata', 'session', 'transaction', 'call'])

function mayBindSecrets(analysis: Analysis): boolean {
  if (!analysis.ok || analysis.text.secrets.length > 0) return true
  return analysis.text.statements.some(
    ({ kind, effects, never }) =>
      never.length > 0 || kind.startsWith('COPY') || effects.some((effect) => !DATA_EFFECTS.has(effect)),
  )
}

function markBindings(bindings: Bindings, keyedHash: KeyedHash): Bindings {
  const mark = (value: string | null): string | null => (value === null ? null : `[secret:${keyedHash(value)}]`)
  return Object.fromEntries(
    Object.entries(bindings).map(([name, { value, ...form }]) => [
      name,
      { ...form, value: typeof value === 'string' || value === null ? mark(value) : value.map(mark) },
    ]),
  )
}

function kindOf(analysis: Analysis): string {
  if (!analysis.ok) return 'UNKNOWN'
  const [only, ...others] = analysis.text.statements
  return others.length > 0 ? 'MULTI' : (only?.kind ?? 'EMPTY')
}
