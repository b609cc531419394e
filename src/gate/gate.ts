/**
 * The one way a statement reaches Snowflake. `#perform` is that way, top to bottom: read → decide → on record → sent →
 * answered; `deliverAnswer` is the way back. Whoever looks for a second path should find none.
 */

import { type Decision, decide, POLICY_VERSION, type StatementSettings } from '../core/policy/index.ts'
import type { EventInput } from '../core/recording/index.ts'
import { advance, advanceAfterFailure, changesOf, currentContext, isExclusive } from '../core/session/index.ts'
import {
  type Analysis,
  analyseText,
  type ResultReference,
  redactSecrets,
  type Span,
  type StatementLimits,
} from '../core/statement/index.ts'
import {
  admitParameters,
  buildQueryBody,
  type QueryAnswer,
  readQueryAnswer,
  sessionParameter,
} from '../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { ChunkLinks } from './chunk-links.ts'
import { assertDeliverable, deliverAnswer } from './delivery.ts'
import { failureOfDenial, failureOfError, failureOfRun, type StatementFailure, toIcecoreError } from './failure.ts'
import type { Handles } from './handles.ts'
import type { ParameterValue, Recorder } from './ports.ts'
import { queryTag } from './query-tag.ts'
import type { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'
import type { AnswerEncoder, StatementReply, StatementRequest } from './statement-request.ts'
import { StatementRun } from './statement-run.ts'
import { upstreamRequestId } from './upstream-request-id.ts'

export interface GateTools {
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly handles: Handles
  readonly links: ChunkLinks
  /** Keyed: the same secret gives the same mark, and the mark gives no secret. */
  readonly keyedHash: (value: string) => string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

export interface GateOptions {
  readonly statements: StatementLimits
  readonly settings: StatementSettings
  /** Open statements per session, and request ids remembered per session. */
  readonly openStatements: number
  readonly rememberedRequests: number
}

export class Gate {
  readonly #tools: GateTools
  readonly #options: GateOptions

  constructor(tools: GateTools, options: GateOptions) {
    this.#tools = tools
    this.#options = options
  }

  /** Runs a statement, or attaches to its run when the request id is known: it runs once, however often it is sent. */
  async submit(session: Session, request: StatementRequest, encoder: AnswerEncoder): Promise<StatementReply> {
    const known = session.runs.get(request.requestId)
    if (known !== undefined) {
      if (!known.matches(request)) throw new IcecoreError('ICE_REQUEST_ID_REUSED')
      return this.attend(session, known, request.holdMs, encoder)
    }
    const run = this.#start(session, request)
    if (!request.asynchronous) return this.attend(session, run, request.holdMs, encoder)
    await run.waitAccepted(request.holdMs)
    const failed = run.outcome !== null && run.outcome.kind !== 'answer'
    return failed
      ? this.#reply(session, run, encoder)
      : { kind: 'in_progress', queryId: run.queryId, asynchronous: true }
  }

  /** Waits for a run, and says "in progress" when it takes longer than the request may be held. */
  async attend(session: Session, run: StatementRun, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    if (await run.waitSettled(holdMs)) return this.#reply(session, run, encoder)
    await this.#recordPoll(session, run.statement, run.queryId)
    return { kind: 'in_progress', queryId: run.queryId, asynchronous: run.request.asynchronous }
  }

  #start(session: Session, request: StatementRequest): StatementRun {
    const { openStatements, rememberedRequests } = this.#options
    if (session.openRuns.length >= openStatements) {
      throw new IcecoreError('ICE_STATEMENT_LIMIT', { limit: openStatements })
    }
    const { ids, clock } = this.#tools
    const run = new StatementRun({ statement: ids.uuid(), pendingId: ids.uuid() }, request, clock)
    forgetOldest(session.runs, rememberedRequests)
    session.runs.set(request.requestId, run)
    session.statements += 1
    this.#openHandle(session, run, run.pendingId)
    this.#perform(session, run).catch((error: unknown) => this.#fail(session, run, error))
    return run
  }

  /** The way of a statement. */
  async #perform(session: Session, run: StatementRun): Promise<void> {
    const early = this.#analyse(session, run.request)
    const release = await session.lock.acquire(early.ok && isExclusive(early.text.statements), run.signal)
    try {
      // The statements it waited for may have moved the session: it is read and decided in the state it runs in.
      const analysis = this.#analyse(session, run.request)
      const parameters = admitOrName(run.request)
      const decision = this.#decide(session, analysis, parameters.refused)
      if (decision.decision === 'deny') {
        const denial = { statement: run.statement, reasons: decision.reasons, allowed: decision.allowed }
        const failure = failureOfDenial(denial, run.pendingId)
        await this.#record(
          ...this.#describe(session, run, analysis, decision),
          this.#event(session, run, 'statement.denied', failure),
        )
        run.settle({ kind: 'denied', denial })
        return
      }
      run.signal.throwIfAborted()
      const upstreamId = upstreamRequestId(session.id, run.request.requestId)
      const body = this.#composeBody(session, run, parameters)
      await this.#record(
        ...this.#describe(session, run, analysis, decision),
        this.#event(session, run, 'statement.sent', { upstreamRequestId: upstreamId }),
      )
      run.described = true
      run.sent = true
      const answer = await this.#send(session, run, upstreamId, body)
      await this.#follow(session, run, analysis, answer)
      await this.#finish(session, run, answer)
    } finally {
      release()
    }
  }

  #analyse(session: Session, request: StatementRequest): Analysis {
    return analyseText(request.sqlText, {
      limits: this.#options.statements,
      variables: session.state.variables,
      ownUser: session.facts.ownUser,
    })
  }

  #decide(session: Session, analysis: Analysis, refusedParameter: string | null): Decision {
    return decide({
      analysis,
      refusedParameter,
      settings: this.#options.settings,
      mayUseRole: session.facts.mayUseRole,
      maySetParameter: (name) => sessionParameter(name, 'alter_session') !== undefined,
      ownsResult: (reference) => this.#ownsResult(session, reference),
    })
  }

  /** The last query of a session is the session's own: the upstream session belongs to it alone. */
  #ownsResult(session: Session, reference: ResultReference): boolean {
    return reference.by === 'last_query' || this.#tools.handles.find(reference.queryId, ownerOf(session)) !== null
  }

  /** The body for the upstream: the client's own bytes of SQL and binds, and parameters from the allow-list. */
  #composeBody(session: Session, { request, statement }: StatementRun, parameters: AdmittedParameters): Uint8Array {
    const { principal, clientTag } = session.facts
    const tag = queryTag({
      session: session.id,
      statement,
      principal: principal.id,
      head: this.#tools.recorder.head(),
      clientTag: parameters.tag ?? clientTag,
    })
    return buildQueryBody({ ...request, parameters: { ...parameters.forwarded, QUERY_TAG: tag } })
  }

  /** Sends, and follows "in progress" answers to the end. */
  async #send(session: Session, run: StatementRun, requestId: string, body: Uint8Array): Promise<QueryAnswer> {
    const { upstream } = session.facts
    const cancelled = this.#abortWhenCancelled(session, run, requestId)
    try {
      let answer = readQueryAnswer(await upstream.submit({ requestId, body }, cancelled.signal))
      while (answer.inProgress !== null) {
        if (answer.queryId === null)
          throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: 'no query id to poll with' })
        if (run.upstreamQueryId === null) await this.#accept(session, run, answer.queryId)
        answer = readQueryAnswer(await upstream.result(answer.queryId, cancelled.signal))
      }
      return answer
    } finally {
      cancelled.stop()
      session.upstreamSeenAt = this.#tools.clock.now()
    }
  }

  async #accept(session: Session, run: StatementRun, queryId: string): Promise<void> {
    this.#openHandle(session, run, queryId)
    await this.#record(this.#event(session, run, 'statement.queryId', { queryId }))
    run.accept(queryId)
  }

  /**
   * A cancelled run tells the upstream and waits for its word, which is the truth of what happened; but only so long,
   * since the driver waits too.
   */
  #abortWhenCancelled(
    session: Session,
    run: StatementRun,
    requestId: string,
  ): { readonly signal: AbortSignal; stop(): void } {
    const giveUp = new AbortController()
    const onCancel = (): void => {
      const query = run.upstreamQueryId === null ? { requestId } : { queryId: run.upstreamQueryId }
      session.facts.upstream
        .abort(query)
        .catch(() => this.#tools.log.warn('statement.abortFailed', { statement: run.statement }))
      this.#tools.clock.timer(ABORT_PATIENCE_MS, () => giveUp.abort(new IcecoreError('ICE_STATEMENT_CANCELLED')))
    }
    if (run.signal.aborted) onCancel()
    else run.signal.addEventListener('abort', onCancel, { once: true })
    return { signal: giveUp.signal, stop: () => run.signal.removeEventListener('abort', onCancel) }
  }

  /** Moves the session's state along; an unpredicted context ends the session, since nothing can be judged in it. */
  async #follow(session: Session, run: StatementRun, analysis: Analysis, answer: QueryAnswer): Promise<void> {
    const changes = analysis.ok && !run.request.describeOnly ? changesOf(analysis.text.statements) : []
    if (!answer.success) {
      session.state = advanceAfterFailure(session.state, changes)
      return
    }
    if (answer.context === null)
      throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: 'the answer reports no context' })
    const next = advance(session.state, changes, answer.context)
    if (next.matches) {
      session.state = next.state
      return
    }
    const error = new IcecoreError('ICE_CONTEXT_MISMATCH', { what: next.what })
    const failure = failureOfError(error, answer.queryId ?? run.pendingId)
    await this.#record(this.#failureEvent(session, run, failure, answer.queryId))
    run.settle({ kind: 'error', error })
    await this.#tools.registry.end(session, error.message)
  }

  async #finish(session: Session, run: StatementRun, answer: QueryAnswer): Promise<void> {
    if (run.outcome !== null) return
    const queryId = answer.queryId ?? run.pendingId
    this.#openHandle(session, run, queryId)
    for (const child of answer.resultIds) this.#openHandle(session, run, child)
    assertDeliverable(answer)
    run.settleWithAnswer(queryId, answer, this.#ending(session, run, answer))
    // With a request waiting, the end is recorded together with the rows: one flush instead of two.
    if (!run.hasWaiter) await this.#record(...run.takeEnding())
  }

  #ending(session: Session, run: StatementRun, answer: QueryAnswer): EventInput {
    const queryId = answer.queryId ?? run.pendingId
    if (answer.success) {
      return this.#event(session, run, 'statement.completed', {
        queryId,
        statementTypeId: answer.statementTypeId,
        rows: answer.total ?? answer.returned,
        bytes: answer.document.bytes.length,
        durationMs: run.durationMs,
        context: currentContext(session.state),
      })
    }
    if (run.cancelledBy !== null) {
      return this.#event(session, run, 'statement.cancelled', {
        by: run.cancelledBy,
        queryId,
        durationMs: run.durationMs,
      })
    }
    return this.#event(session, run, 'statement.failed', {
      code: answer.code ?? '',
      sqlState: answer.sqlState ?? '',
      message: answer.message ?? '',
      icecore: null,
      queryId: answer.queryId,
      durationMs: run.durationMs,
    })
  }

  /** The reply from a settled run. The answer itself is held for one delivery; later ones fetch it by its id. */
  async #reply(session: Session, run: StatementRun, encoder: AnswerEncoder): Promise<StatementReply> {
    const outcome = run.outcome
    if (outcome === null) throw new TypeError('the run has not settled')
    const failure = failureOfRun(run)
    if (failure !== null) return { kind: 'failure', failure }
    if (outcome.kind !== 'answer') throw new TypeError('a run ends with an answer or fails')
    const held = run.takeAnswer()
    if (held === null) return this.fetch(session, outcome.queryId, run.request.holdMs, encoder)
    return this.#deliver(session, run.statement, outcome.queryId, held, encoder, run.takeEnding())
  }

  /** A result by its id: a poll, a child of a multi-statement, or a result of an earlier statement. */
  async fetch(session: Session, queryId: string, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    const { handle, run } = this.find(session, queryId)
    if (run !== null && (run.outcome === null || run.outcome.kind !== 'answer' || run.outcome.answer !== null)) {
      return this.attend(session, run, holdMs, encoder)
    }
    const wanted = run?.upstreamQueryId ?? handle.queryId
    const answer = readQueryAnswer(await session.facts.upstream.result(wanted))
    session.upstreamSeenAt = this.#tools.clock.now()
    if (answer.inProgress !== null) {
      await this.#recordPoll(session, handle.statement, wanted)
      return { kind: 'in_progress', queryId: wanted, asynchronous: answer.inProgress === 'asynchronous' }
    }
    assertDeliverable(answer)
    for (const child of answer.resultIds) this.#tools.handles.open({ ...handle, queryId: child })
    const also: readonly EventInput[] = [
      {
        type: 'result.fetched',
        session: session.id,
        statement: handle.statement,
        facts: { queryId: wanted, by: 'result' },
      },
    ]
    return this.#deliver(session, handle.statement, wanted, answer, encoder, also)
  }

  async #deliver(
    session: Session,
    statement: string,
    queryId: string,
    answer: QueryAnswer,
    encoder: AnswerEncoder,
    also: readonly EventInput[],
  ): Promise<StatementReply> {
    const body = await deliverAnswer({ session, statement, queryId, answer, encoder, also }, this.#tools)
    return { kind: 'answer', body }
  }

  /** The handle of a query id, and the run behind it where that is known. Throws ICE_HANDLE_UNKNOWN for all but one's own. */
  find(
    session: Session,
    queryId: string,
  ): { readonly handle: NonNullable<ReturnType<Handles['find']>>; readonly run: StatementRun | null } {
    const handle = this.#tools.handles.find(queryId, ownerOf(session))
    if (handle === null) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
    const runs = [...session.runs.values()]
    return { handle, run: runs.find((run) => run.queryId === queryId || run.pendingId === queryId) ?? null }
  }

  #recordPoll(session: Session, statement: string, queryId: string): Promise<void> {
    const facts = { queryId, answer: 'in_progress' } as const
    return this.#record({ type: 'statement.polled', session: session.id, statement, facts })
  }

  /** How a statement is doing: the upstream's own answer, or the run where the upstream knows nothing of it yet. */
  async status(session: Session, queryId: string): Promise<StatementRun | Uint8Array> {
    const { handle, run } = this.find(session, queryId)
    if (
      run !== null &&
      (run.upstreamQueryId === null || run.outcome?.kind === 'error' || run.outcome?.kind === 'denied')
    )
      return run
    const wanted = run?.upstreamQueryId ?? handle.queryId
    const body = await session.facts.upstream.status(wanted)
    const facts = { queryId: wanted, by: 'status' } as const
    await this.#record({ type: 'result.fetched', session: session.id, statement: handle.statement, facts })
    return body
  }

  /** Cancels a statement of this session. Throws ICE_HANDLE_UNKNOWN when there is none that still runs. */
  async abort(session: Session, target: { readonly requestId: string } | { readonly queryId: string }): Promise<void> {
    const run = 'requestId' in target ? session.runs.get(target.requestId) : this.find(session, target.queryId).run
    if (run === undefined || run === null || run.outcome !== null) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
    await this.#record(this.#event(session, run, 'statement.abortRequested', { by: 'client' }))
    run.cancel('the client')
    await run.waitSettled(ABORT_PATIENCE_MS)
  }

  /** A failure of the way itself: before sending nothing ran, after it the outcome may be unknown. */
  async #fail(session: Session, run: StatementRun, thrown: unknown): Promise<void> {
    const { ids, log } = this.#tools
    const errorId = ids.uuid()
    const error = this.#outcomeOf(run, thrown, errorId)
    if (error.code === 'ICE_INTERNAL')
      log.error('statement.internal', { errorId, statement: run.statement, error: thrown })
    if (run.outcome !== null) return
    const analysis = this.#analyse(session, run.request)
    if (run.sent && analysis.ok) session.state = advanceAfterFailure(session.state, changesOf(analysis.text.statements))
    const failure = failureOfError(error, run.queryId)
    const received = run.described ? [] : [this.#received(session, run, analysis)]
    await this.#record(...received, this.#failureEvent(session, run, failure, run.upstreamQueryId)).catch(() =>
      log.error('statement.failureUnrecorded', { statement: run.statement, code: error.code }),
    )
    run.settle({ kind: 'error', error })
    if (error.code === 'ICE_UPSTREAM_SESSION_LOST') await this.#tools.registry.end(session, error.message)
  }

  #outcomeOf(run: StatementRun, thrown: unknown, errorId: string): IcecoreError {
    if (run.cancelledBy !== null && !run.sent) return new IcecoreError('ICE_STATEMENT_CANCELLED', {}, { cause: thrown })
    const error = toIcecoreError(thrown, errorId)
    const reached = isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE') && error.details.sent !== 'no'
    return run.sent && reached ? new IcecoreError('ICE_OUTCOME_UNKNOWN', {}, { cause: error }) : error
  }

  #failureEvent(session: Session, run: StatementRun, failure: StatementFailure, queryId: string | null): EventInput {
    const { durationMs } = run
    if (failure.icecore === 'ICE_OUTCOME_UNKNOWN') {
      return this.#event(session, run, 'statement.outcomeUnknown', { reason: failure.message, durationMs })
    }
    if (failure.icecore === 'ICE_STATEMENT_CANCELLED') {
      const by = run.cancelledBy ?? 'the client'
      return this.#event(session, run, 'statement.cancelled', { by, queryId, durationMs })
    }
    return this.#event(session, run, 'statement.failed', { ...failure, queryId, durationMs })
  }

  /** What came in and what was decided: durable before anything is sent. */
  #describe(session: Session, run: StatementRun, analysis: Analysis, decision: Decision): readonly EventInput[] {
    const statements = analysis.ok ? analysis.text.statements : []
    return [
      this.#received(session, run, analysis),
      this.#event(session, run, 'statement.decision', {
        decision: decision.decision,
        reasons: decision.reasons,
        kind: kindOf(analysis),
        shape: analysis.ok ? analysis.text.shape : '',
        statements: statements.map(({ kind, effects, shape }) => ({ kind, effects, shape })),
        policy: POLICY_VERSION,
      }),
    ]
  }

  #received(session: Session, run: StatementRun, analysis: Analysis): EventInput {
    const { request } = run
    const secrets = analysis.ok ? analysis.text.secrets : analysis.refusal.secrets
    const { sql, cut } = this.#redact(request.sqlText, secrets)
    return this.#event(session, run, 'statement.received', {
      requestId: request.requestId,
      sql,
      secretsCut: cut,
      bindings: request.bindings,
      parameters: request.parameters,
      describeOnly: request.describeOnly,
      asynchronous: request.asynchronous,
      context: currentContext(session.state),
    })
  }

  /** A text that could not be read may hold secrets anywhere: only its hash goes on record. */
  #redact(sqlText: string, secrets: readonly Span[] | null): { readonly sql: string; readonly cut: number } {
    const { keyedHash } = this.#tools
    if (secrets !== null) return redactSecrets(sqlText, secrets, keyedHash)
    return { sql: `[unreadable:${keyedHash(sqlText)}]`, cut: 1 }
  }

  #event<T extends EventInput['type']>(
    session: Session,
    run: StatementRun,
    type: T,
    facts: Extract<EventInput, { readonly type: T }>['facts'],
  ): EventInput {
    return { type, session: session.id, statement: run.statement, facts } as EventInput
  }

  #record(...events: readonly EventInput[]): Promise<void> {
    return this.#tools.recorder.append(...events)
  }

  #openHandle(session: Session, run: StatementRun, queryId: string): void {
    const { role } = currentContext(session.state)
    this.#tools.handles.open({ queryId, ...ownerOf(session), role, session: session.id, statement: run.statement })
  }
}

/** How long a cancelled statement may take to say so itself; "completes the held request at once" is what drivers want. */
const ABORT_PATIENCE_MS = 5_000

function ownerOf(session: Session): { readonly principal: string; readonly connection: string } {
  return { principal: session.facts.principal.id, connection: session.facts.connection }
}

function kindOf(analysis: Analysis): string {
  if (!analysis.ok) return 'UNKNOWN'
  const [only, ...others] = analysis.text.statements
  return others.length > 0 ? 'MULTI' : (only?.kind ?? 'EMPTY')
}

interface AdmittedParameters {
  readonly forwarded: Readonly<Record<string, ParameterValue>>
  readonly tag: string | null
  /** The parameter that may not be set, which makes the statement one to deny. */
  readonly refused: string | null
}

function admitOrName(request: StatementRequest): AdmittedParameters {
  try {
    return { ...admitParameters('request', request.parameters), refused: null }
  } catch (error) {
    if (!isIcecoreError(error, 'ICE_PARAMETER_REFUSED')) throw error
    return { forwarded: {}, tag: null, refused: String(error.details.parameter) }
  }
}

/** Settled runs are forgotten oldest first; the upstream still knows their request ids, so none runs twice. */
function forgetOldest(runs: Map<string, StatementRun>, limit: number): void {
  if (runs.size < limit) return
  for (const [requestId, run] of runs) {
    if (run.outcome === null) continue
    runs.delete(requestId)
    return
  }
}
