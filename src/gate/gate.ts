/**
 * The one way a statement reaches Snowflake. `#perform` is that way, top to bottom: read → decide → on record → sent →
 * answered; `#deliver` is the way back. Whoever looks for a second path should find none.
 */
import { type Decision, decide, type StatementSettings } from '../core/policy/index.ts'
import type { EventInput } from '../core/recording/index.ts'
import {
  advance,
  advanceAfterFailure,
  changesOf,
  isExclusive,
  isSameState,
  type SessionState,
} from '../core/session/index.ts'
import { type Analysis, analyseText, type ResultReference, type StatementLimits } from '../core/statement/index.ts'
import {
  type AnswerEnvelope,
  buildQueryBody,
  buildResubmission,
  type QueryAnswer,
  ranResubmission,
  readQueryAnswer,
  sessionParameter,
} from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { GiveBack } from '../lib/room.ts'
import { type AdmittedParameters, admitOrName } from './admit-or-name.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { ChunkLinks } from './chunk-links.ts'
import { assertDeliverable } from './delivery.ts'
import { failureOfDenial, failureOfError, failureOfRun, toIcecoreError } from './failure.ts'
import { fingerprintOf, type KeyedHash } from './fingerprint.ts'
import type { Handles } from './handles.ts'
import { outcomeOfSending } from './outcome-of-sending.ts'
import type { Past, Recorder, StatementKey } from './ports.ts'
import { queryTag } from './query-tag.ts'
import { Results } from './results.ts'
import { resumeRun } from './resume-run.ts'
import type { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'
import * as events from './statement-events.ts'
import type { AnswerEncoder, StatementReply, StatementRequest } from './statement-request.ts'
import { StatementRun } from './statement-run.ts'
import { upstreamRequestId } from './upstream-request-id.ts'

export interface GateTools {
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly handles: Handles
  readonly links: ChunkLinks
  readonly answers: AnswerMemory
  readonly keyedHash: KeyedHash
  readonly past: Pick<Past, 'statement'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Read at each use, so that they may change under a running gate. */
export interface GateOptions {
  readonly statements: StatementLimits
  readonly settings: StatementSettings
  /** Per session. */
  readonly openStatements: number
  /** Request ids remembered per session. */
  readonly rememberedRequests: number
  /** Results of one session that are fetched from the upstream at a time. */
  readonly resultFetches: number
}

/** A result as the gate finds it by a query id. */
interface FoundResult {
  readonly statement: string
  /** The upstream's id of the result; null while it has given none. */
  readonly queryId: string | null
  /** Where the statement was run in this session, and is still remembered. */
  readonly run: StatementRun | null
}

/** How long a cancelled statement may take to say so itself; drivers want a held request completed at once. */
const ABORT_PATIENCE_MS = 5_000
/** After a restart drivers ask again for what they had asked before; later than this none does (they give up within minutes). */
const RECALL_MS = 15 * 60 * 1000

export class Gate {
  readonly #tools: GateTools
  readonly #options: GateOptions
  readonly #results: Results
  #draining = false
  #suspended = false

  constructor(tools: GateTools, options: GateOptions) {
    this.#tools = tools
    this.#options = options
    this.#results = new Results(tools, () => options.resultFetches)
  }

  /**
   * Runs a statement, or attaches to its run when the request id is known: it runs once, however often it is sent.
   * `release` gives the request's memory back: called when the statement has ended, for nobody keeps its text then.
   */
  async submit(
    session: Session,
    request: StatementRequest,
    encoder: AnswerEncoder,
    release: GiveBack = () => undefined,
  ): Promise<StatementReply> {
    const run = await this.#runOf(session, request, release)
    if (!request.asynchronous) return this.#attend(session, run, request.holdMs, encoder)
    await run.waitAccepted(request.holdMs)
    const failure = failureOfRun(run)
    if (failure !== null) return { kind: 'failure', failure }
    return { kind: 'in_progress', queryId: run.queryId, asynchronous: true }
  }

  /** Waits for a run, and says "in progress" when it takes longer than the request may be held. */
  async #attend(session: Session, run: StatementRun, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    if (await run.waitForAnswer(holdMs)) return this.#reply(session, run, holdMs, encoder)
    return this.#results.comeAgain(session, run, run.request.asynchronous)
  }

  async #runOf(session: Session, request: StatementRequest, release: GiveBack): Promise<StatementRun> {
    let begun = false
    try {
      const { requestId } = request
      if (!session.runs.has(requestId)) await this.#recall(session, { requestId })
      // Nothing is awaited from here to where the run is known: of two requests under one id the second must find it.
      const fingerprint = fingerprintOf(request, this.#tools.keyedHash)
      const known = session.runs.get(request.requestId)
      if (known === undefined) {
        const run = this.#start(session, request, fingerprint, release)
        begun = true
        return run
      }
      if (!known.matches(request, fingerprint)) {
        throw new IcecoreError('ICE_REQUEST_ID_REUSED', {}, { hint: 'send it under a request id of its own' })
      }
      return known
    } finally {
      if (!begun) release()
    }
  }

  /** Brings the run of an earlier process back, if there is one for which its driver may still ask with this. */
  async #recall(session: Session, key: StatementKey): Promise<void> {
    const { past, clock } = this.#tools
    if (session.resumedAt === null || clock.monotonic() - session.resumedAt >= RECALL_MS) return
    const statement = await past.statement(session.id, key)
    const run = statement === null ? null : resumeRun(statement, clock)
    // Meanwhile another request under this id may have begun or recalled it.
    if (run !== null && !session.runs.has(run.request.requestId)) session.adopt(run)
  }

  /**
   * Goes on with a statement that an earlier process had sent: asks the upstream what became of it. Whatever the answer,
   * it is not run again.
   */
  resume(session: Session, run: StatementRun): void {
    session.adopt(run)
    this.#settleLater(session, run, this.#lookUp(session, run))
  }

  async #lookUp(session: Session, run: StatementRun): Promise<void> {
    const release = await session.lock.acquire(run.changes.length > 0, run.signal)
    try {
      const { upstream } = session.facts
      const { upstreamQueryId: queryId, upstreamRequestId: requestId } = run
      const answer = await this.#send(session, run, (signal) =>
        queryId === null
          ? upstream.submit({ requestId, body: buildResubmission(requestId) }, signal)
          : upstream.result(queryId, signal),
      )
      const found = queryId !== null || !ranResubmission(answer)
      await this.#record(events.lookedUp(session, run, queryId === null ? 'request_id' : 'query_id', found))
      if (found) return await this.#follow(session, run, answer)
      // The text that asked was a query of this session too.
      session.queries += 1
      throw new IcecoreError('ICE_OUTCOME_UNKNOWN', {}, { cause: new Error('Snowflake does not know the request') })
    } finally {
      release()
    }
  }

  /** From now on nothing new is begun: what runs may end. */
  drain(): void {
    this.#draining = true
  }

  /** From now on nothing is settled here any more: the next process finds everything on record as it is. */
  suspend(): void {
    this.#draining = true
    this.#suspended = true
    this.#tools.registry.suspend()
  }

  #start(session: Session, request: StatementRequest, fingerprint: string, release: GiveBack): StatementRun {
    if (this.#draining) throw new IcecoreError('ICE_DRAINING')
    const { openStatements, rememberedRequests } = this.#options
    if (session.openRuns.size >= openStatements)
      throw new IcecoreError('ICE_STATEMENT_LIMIT', { limit: openStatements })
    const { ids, clock } = this.#tools
    const requestId = upstreamRequestId(session.id, request.requestId, fingerprint)
    const identity = { statement: ids.uuid(), pendingId: ids.uuid(), fingerprint, upstreamRequestId: requestId }
    const run = new StatementRun(identity, request, clock)
    session.begin(run, rememberedRequests)
    this.#settleLater(session, run, this.#perform(session, run), release)
    return run
  }

  #settleLater(session: Session, run: StatementRun, work: Promise<void>, release: GiveBack = () => undefined): void {
    work
      .catch((error: unknown) => this.#fail(session, run, error))
      .catch((error: unknown) => this.#giveUp(run, error))
      .finally(() => {
        session.openRuns.delete(run)
        release()
      })
  }

  /** The way of a statement. */
  async #perform(session: Session, run: StatementRun): Promise<void> {
    const before = session.state
    const early = this.#analyse(session, run.request)
    const release = await session.lock.acquire(early.ok && isExclusive(early.text.statements), run.signal)
    try {
      // The statements it waited for may have moved the session: it is read and decided in the state it runs in.
      const analysis = session.state === before ? early : this.#analyse(session, run.request)
      run.changes = analysis.ok && !run.request.describeOnly ? changesOf(analysis.text.statements) : []
      const parameters = admitOrName(run.request)
      const decision = this.#decide(session, analysis, parameters.refused)
      const onRecord = [
        events.received(session, run, analysis, this.#tools.keyedHash),
        events.decided(session, run, analysis, decision),
      ]
      if (decision.decision === 'deny') {
        const denial = { statement: run.statement, reasons: decision.reasons, allowed: decision.allowed }
        await this.#record(...onRecord, events.denied(session, run, failureOfDenial(denial, run.pendingId)))
        run.settle({ kind: 'denied', denial })
        return
      }
      run.signal.throwIfAborted()
      const body = this.#composeBody(session, run, parameters)
      await this.#record(...onRecord, events.sent(session, run))
      run.described = true
      // Cancelled while that became durable: then it is not sent after all, and the record says so next.
      run.signal.throwIfAborted()
      run.sent = true
      const { upstream } = session.facts
      const query = { requestId: run.upstreamRequestId, body }
      const answer = await this.#send(session, run, (signal) => upstream.submit(query, signal))
      await this.#follow(session, run, answer)
    } finally {
      release()
    }
  }

  #analyse(session: Session, request: StatementRequest): Analysis {
    return analyseText(request.sqlText, {
      limits: this.#options.statements,
      variables: session.state.variables,
      ownUser: session.facts.ownUser,
      ownSession: session.facts.upstream.id,
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

  /**
   * The last queries of a session are its own, since the upstream session belongs to it alone; but the first ones there
   * were Icecore's, at log-in.
   */
  #ownsResult(session: Session, reference: ResultReference): boolean {
    if (reference.by === 'last_query') {
      const { index = -1 } = reference
      return index < 0 && -index <= session.queries
    }
    return this.#tools.handles.find(reference.queryId, session.owner) !== null
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
  async #send(
    session: Session,
    run: StatementRun,
    ask: (signal: AbortSignal) => Promise<AnswerEnvelope>,
  ): Promise<QueryAnswer> {
    const { upstream } = session.facts
    const cancelled = this.#abortWhenCancelled(session, run)
    try {
      let answer = readQueryAnswer(await ask(cancelled.signal))
      while (answer.inProgress !== null) {
        const { queryId } = answer
        if (queryId === null) throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: 'no query id to poll with' })
        if (run.upstreamQueryId === null) await this.#accept(session, run, queryId)
        answer = readQueryAnswer(await upstream.result(queryId, cancelled.signal))
      }
      return answer
    } catch (error) {
      throw outcomeOfSending(error, run.upstreamQueryId !== null)
    } finally {
      cancelled.stop()
      session.upstreamSeenAt = this.#tools.clock.now()
    }
  }

  async #accept(session: Session, run: StatementRun, queryId: string): Promise<void> {
    this.#results.openHandle(session, run.statement, queryId)
    await this.#record(events.accepted(session, run, queryId))
    run.accept(queryId)
  }

  /**
   * A cancelled run tells the upstream and waits for its word, which is the truth of what happened; but only so long,
   * since the driver waits too.
   */
  #abortWhenCancelled(session: Session, run: StatementRun): { readonly signal: AbortSignal; stop(): void } {
    const { clock, log } = this.#tools
    const giveUp = new AbortController()
    const onCancel = (): void => {
      const { upstreamQueryId: queryId, upstreamRequestId: requestId } = run
      const query = queryId === null ? { requestId } : { queryId }
      session.facts.upstream.abort(query).catch(() => log.warn('statement.abortFailed', { statement: run.statement }))
      clock.timer(ABORT_PATIENCE_MS, () => giveUp.abort(new IcecoreError('ICE_STATEMENT_CANCELLED')))
    }
    if (run.signal.aborted) onCancel()
    else run.signal.addEventListener('abort', onCancel, { once: true })
    return { signal: giveUp.signal, stop: () => run.signal.removeEventListener('abort', onCancel) }
  }

  /** Moves the session's state along; an unpredicted context ends the session, since nothing can be judged in it. */
  async #follow(session: Session, run: StatementRun, answer: QueryAnswer): Promise<void> {
    const { changes } = run
    if (answer.queryId !== null) session.queries += 1
    if (!answer.success) return this.#finish(session, run, answer, advanceAfterFailure(session.state, changes))
    const { context } = answer
    const next =
      context === null ? { matches: false as const, what: 'context' } : advance(session.state, changes, context)
    if (next.matches) return this.#finish(session, run, answer, next.state)
    const error = new IcecoreError('ICE_CONTEXT_MISMATCH', { what: next.what })
    // Both with one flush: were only the one on record, the session would go on after a crash.
    const failed = events.failed(session, run, failureOfError(error, answer.queryId ?? run.pendingId))
    session.openRuns.delete(run)
    await this.#tools.registry.end(session, error.message, [failed])
    run.settle({ kind: 'error', error })
  }

  async #finish(session: Session, run: StatementRun, answer: QueryAnswer, state: SessionState): Promise<void> {
    // First of all: what cannot be delivered ends as a failure, which moves the state in its own way.
    assertDeliverable(answer)
    const moved = this.#move(session, run, state)
    const queryId = answer.queryId ?? run.pendingId
    for (const id of [queryId, ...answer.resultIds]) this.#results.openHandle(session, run.statement, id)
    run.settleWithAnswer(queryId, answer, [...moved, events.ended(session, run, queryId, answer)])
    if (session.ended === null) this.#tools.answers.hold(session, run, answer)
    else this.#tools.answers.letGo(run)
    // With a request waiting, the end is recorded together with the rows: one flush instead of two. Not so the end of what
    // changes the session: the next statement comes after it on record too, or another process would mix up the two.
    if (!run.hasWaiter || run.changes.length > 0) await this.#record(...run.takeEnding())
  }

  /** The session in its new state; the event that says so, where there is anything to say. */
  #move(session: Session, run: StatementRun, state: SessionState): readonly EventInput[] {
    const same = isSameState(session.state, state)
    session.state = state
    return same ? [] : [events.stateChanged(session, run)]
  }

  /** The reply from a settled run. The answer itself is held for one delivery; later ones fetch it by its id. */
  async #reply(session: Session, run: StatementRun, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    const failure = failureOfRun(run)
    if (failure !== null) return { kind: 'failure', failure }
    const held = this.#tools.answers.take(run)
    if (held === null) return this.#results.fetch(session, run, holdMs, encoder)
    const ending = run.takeEnding()
    try {
      return await this.#results.deliver(session, run, held, encoder, ending)
    } catch (error) {
      // That it could not be delivered does not change that it ran.
      await this.#record(...ending).catch(() => undefined)
      throw error
    }
  }

  /** A result by its id: a poll, a child of a multi-statement, or a result of an earlier statement. */
  async fetch(session: Session, queryId: string, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    const found = await this.#find(session, queryId)
    if (found.run !== null) return this.#attend(session, found.run, holdMs, encoder)
    const { statement } = found
    return this.#results.fetch(session, { statement, queryId: found.queryId ?? queryId }, holdMs, encoder)
  }

  /** How a statement is doing: the upstream's own answer, or the run where the upstream knows nothing of it. */
  async status(session: Session, queryId: string): Promise<StatementRun | Uint8Array> {
    const { run, statement, queryId: wanted } = await this.#find(session, queryId)
    if (run !== null && (wanted === null || failureOfRun(run) !== null)) return run
    const known = wanted ?? queryId
    const body = await this.#results.ask(session, session.facts.upstream.status(known))
    const facts = { queryId: known, by: 'status' } as const
    await this.#record({ type: 'result.fetched', session: session.id, statement, facts })
    return body
  }

  /** Cancels a statement of this session. Throws ICE_HANDLE_UNKNOWN when there is none that still runs. */
  async abort(session: Session, target: { readonly requestId: string } | { readonly queryId: string }): Promise<void> {
    const run =
      'requestId' in target ? session.runs.get(target.requestId) : (await this.#find(session, target.queryId)).run
    if (run === undefined || run === null || run.outcome !== null) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
    await this.#record(events.abortRequested(session, run, 'client'))
    run.cancel('the client')
    await run.waitSettled(ABORT_PATIENCE_MS)
  }

  /** Throws ICE_HANDLE_UNKNOWN for all but one's own. */
  async #find(session: Session, queryId: string): Promise<FoundResult> {
    const handle = this.#tools.handles.find(queryId, session.owner)
    if (handle === null && session.runOf(queryId) === null) await this.#recall(session, { pendingId: queryId })
    const run = session.runOf(queryId)
    if (run !== null) return { run, statement: run.statement, queryId: run.upstreamQueryId }
    if (handle === null) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
    return { run: null, statement: handle.statement, queryId }
  }

  /** A failure of the way itself: before sending nothing ran, after it the outcome may be unknown. */
  async #fail(session: Session, run: StatementRun, thrown: unknown): Promise<void> {
    const { ids, log, keyedHash } = this.#tools
    if (this.#suspended) return run.dismiss()
    const errorId = ids.uuid()
    const cancelledEarly = run.cancelledBy !== null && !run.sent
    const error = cancelledEarly
      ? new IcecoreError('ICE_STATEMENT_CANCELLED', {}, { cause: thrown })
      : toIcecoreError(thrown, errorId)
    if (error.code === 'ICE_INTERNAL')
      log.error('statement.internal', { errorId, statement: run.statement, error: thrown })
    const onRecord = run.described
      ? []
      : [events.received(session, run, this.#analyse(session, run.request), keyedHash)]
    const moved = run.sent ? this.#move(session, run, advanceAfterFailure(session.state, run.changes)) : []
    const failed = events.failed(session, run, failureOfError(error, run.queryId))
    await this.#record(...onRecord, ...moved, failed).catch(() =>
      log.error('statement.failureUnrecorded', { statement: run.statement, code: error.code }),
    )
    run.settle({ kind: 'error', error })
    await this.#results.endIfLost(session, error)
  }

  /** A failure of the handling of a failure is a defect, and the end of this statement alone. */
  #giveUp(run: StatementRun, thrown: unknown): void {
    const errorId = this.#tools.ids.uuid()
    this.#tools.log.error('statement.internal', { errorId, statement: run.statement, error: thrown })
    run.settle({ kind: 'error', error: new IcecoreError('ICE_INTERNAL', { errorId }, { cause: thrown }) })
  }

  #record(...inputs: readonly EventInput[]): Promise<void> {
    return this.#tools.recorder.append(...inputs)
  }
}
