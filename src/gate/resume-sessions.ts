/**
 * At start: the sessions that an earlier process left are taken over, before the first door opens. Each is judged anew
 * by today's configuration; one that can not go on is ended, and the record says why.
 */
import { mayUseRole } from '../core/identity/index.ts'
import type { EventInput } from '../core/recording/index.ts'
import { initialState, type SessionState } from '../core/session/index.ts'
import { clientProfile } from '../core/wire/index.ts'
import { isIcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type AccessToday, whyAccessIsGone } from './access-today.ts'
import type { Gate } from './gate.ts'
import { type Handles, RESULT_LIFE_MS } from './handles.ts'
import type { Past, PastSession, PastStatement, Recorder, Sealer, UpstreamConnector, UpstreamSession } from './ports.ts'
import { resumeRun, UNSENT_AT_RESTART } from './resume-run.ts'
import { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface ResumeTools {
  readonly past: Past
  readonly upstream: UpstreamConnector
  /** Read whenever a session changes its role: it may change. */
  readonly access: AccessToday
  readonly sealer: Sealer
  readonly registry: SessionRegistry
  readonly handles: Handles
  readonly gate: Gate
  readonly recorder: Recorder
  readonly clock: Clock
  readonly log: Log
}

/** Taken over at a time: their events are one flush of the journal. */
const AT_ONCE = 256

/** Rejects with ICE_RECORD_UNAVAILABLE, or with what `past` rejects with. */
export async function resumeSessions(tools: ResumeTools): Promise<void> {
  const { past, handles, clock, log } = tools
  for await (const handle of past.handles(clock.now() - RESULT_LIFE_MS)) handles.restore(handle)
  let [resumed, ended] = [0, 0]
  for await (const sessions of inBatches(past.sessions(), AT_ONCE)) {
    const taken = sessions.map((session) => takeOver(session, tools))
    await tools.recorder.append(...taken.flatMap(({ events }) => events))
    for (const { restore } of taken) restore?.()
    const goOn = taken.filter(({ restore }) => restore !== null).length
    resumed += goOn
    ended += taken.length - goOn
  }
  if (resumed + ended > 0) log.info('sessions.resumed', { resumed, ended })
}

interface TakenOver {
  readonly events: readonly EventInput[]
  /** Lets the session go on, once the events are durable; null where it does not. */
  readonly restore: (() => void) | null
}

function takeOver(past: PastSession, tools: ResumeTools): TakenOver {
  const { registry, clock, gate } = tools
  const id = past.opened.session ?? ''
  const why = reasonToEnd(past, tools)
  const upstream = why === null ? openUpstream(past, tools) : why
  if (typeof upstream === 'string') {
    return { events: [...unsent(past), endOf(id, upstream, past.statements)], restore: null }
  }
  const session = sessionOf(past, upstream, tools)
  return {
    events: [...unsent(past), { type: 'session.resumed', session: id, facts: { openStatements: past.open.length } }],
    restore: () => {
      registry.restore(session, past)
      for (const statement of past.open) {
        const run = resumeRun(inOrder(statement, past), clock)
        if (run !== null) gate.resume(session, run)
      }
    },
  }
}

async function* inBatches<T>(all: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  for await (const one of all) {
    batch.push(one)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** What today's configuration says against it; null when nothing does. */
function reasonToEnd(past: PastSession, { access }: ResumeTools): string | null {
  const { connection, principal, context } = past.opened.facts
  if (principal.token === null) return 'a session of Icecore’s own ends with its process'
  return whyAccessIsGone({ principal, connection, roles: [context.role, ...rolesOf(past)] }, access)
}

/** The roles that it may be in now: those of its state, and those to which a statement under way may have changed. */
function rolesOf(past: PastSession): readonly string[] {
  const under = past.open.flatMap(({ sent }) => sent?.facts.changes ?? [])
  const names = [
    ...stateOf(past).contexts.map(({ role }) => role),
    ...under.map((change) => (change.change === 'use_role' ? change.name : null)),
  ]
  return names.filter((role) => role !== null)
}

/** The session at Snowflake, or why there is none to go on with. */
function openUpstream({ opened, changes }: PastSession, { sealer, upstream }: ResumeTools): UpstreamSession | string {
  const { connection, resume } = opened.facts
  // A version of Icecore that could not resume left it out.
  if (resume === null || resume === undefined) return 'nothing was kept that it could go on with'
  const kept = changes.findLast((change) => change.type === 'session.upstreamRenewed') ?? null
  try {
    const sealed = kept?.facts.upstream ?? resume.upstream
    return upstream.resume(connection, sealer.open(sealed, opened.session ?? ''))
  } catch (error) {
    if (isIcecoreError(error, 'ICE_UPSTREAM_SESSION_LOST') || isIcecoreError(error, 'ICE_KEY_INVALID')) {
      const why = error.cause instanceof Error ? `: ${error.cause.message}` : ''
      return `what was kept of its session at Snowflake cannot be used${why}`
    }
    throw error
  }
}

function sessionOf(
  past: PastSession,
  upstream: UpstreamSession,
  { access, clock, upstream: connector }: ResumeTools,
): Session {
  const { session: id, at, facts } = past.opened
  const { door, principal, connection, client, resume: kept } = facts
  return new Session(
    {
      id: id ?? '',
      door,
      principal,
      connection,
      mayUseRole: (role) => principal.token !== null && mayUseRole(access.rules, principal, connection, role),
      ownUser: connector.connection(connection)?.user ?? '',
      profile: clientProfile(client.application, client.version),
      upstream,
      clientTag: kept?.clientTag ?? null,
      openedAt: at,
    },
    {
      at: clock.monotonic(),
      state: stateOf(past),
      statements: past.statements,
      queries: past.queries,
      seenAt: past.lastAt,
    },
  )
}

/** As the last statement that moved it left it; every later one that ended well says where the session stands. */
function stateOf({ opened, changes, lastCompleted }: PastSession): SessionState {
  const moved = changes.findLast((change) => change.type === 'session.state') ?? null
  const [first, ...others] = moved?.facts.contexts ?? []
  const state: SessionState =
    first === undefined
      ? initialState(opened.facts.context)
      : { contexts: [first, ...others], variables: new Map(Object.entries(moved?.facts.variables ?? {})) }
  if (lastCompleted === null || lastCompleted.lsn < (moved?.lsn ?? 0)) return state
  return { ...state, contexts: [lastCompleted.facts.context] }
}

/**
 * The state on record may be a later one than this statement's, whose end did not get there: what is known of its
 * variables then must not be overwritten by what they had been before.
 */
function inOrder(statement: PastStatement, { changes: moves }: PastSession): PastStatement {
  const { sent } = statement
  const moved = moves.findLast((change) => change.type === 'session.state')
  if (sent === null || moved === undefined || moved.lsn < sent.lsn) return statement
  const changes = sent.facts.changes.map((change) =>
    change.change === 'set_variable' ? { ...change, value: null } : change,
  )
  return { ...statement, sent: { ...sent, facts: { ...sent.facts, changes } } }
}

/** Statements that had been received and not sent: nothing of them ran. */
function unsent({ open }: PastSession): readonly EventInput[] {
  return open
    .filter(({ sent }) => sent === null)
    .map(({ received }) => ({
      type: 'statement.cancelled',
      session: received.session,
      ...(received.statement === undefined ? {} : { statement: received.statement }),
      facts: { by: UNSENT_AT_RESTART, queryId: null, durationMs: 0 },
    }))
}

function endOf(session: string, reason: string, statements: number): EventInput {
  return { type: 'session.ended', session, facts: { reason, statements } }
}
