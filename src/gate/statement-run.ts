/**
 * One run of one statement: what all HTTP requests for the same (session, request id) attach to. The run goes on by
 * itself; requests come, wait for a while, and come again.
 */
import type { EventInput } from '../core/recording/index.ts'
import type { StateChange } from '../core/statement/index.ts'
import { isResubmission, type QueryAnswer } from '../core/wire/index.ts'
import type { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { StatementDenial } from './denial.ts'
import type { StatementFailure } from './failure.ts'
import type { StatementRequest } from './statement-request.ts'

export type RunOutcome =
  /** The upstream's final answer, success or SQL error. Null once delivered: a further request fetches it by id. */
  | { readonly kind: 'answer'; readonly queryId: string; readonly answer: QueryAnswer | null }
  | { readonly kind: 'denied'; readonly denial: StatementDenial }
  /** As an earlier process recorded it. */
  | { readonly kind: 'failure'; readonly failure: StatementFailure }
  | { readonly kind: 'error'; readonly error: IcecoreError }

/** Texts and binds of a run that has settled: they may be large. */
const NO_CONTENT = { sqlText: '', sqlTextJson: new Uint8Array(), bindings: {}, bindingsJson: null } as const

export interface RunIdentity {
  readonly statement: string
  /** UUID-shaped stand-in for the query id, until the upstream has given one. */
  readonly pendingId: string
  /** Keyed hash of what was asked for: see fingerprint.ts. */
  readonly fingerprint: string
  /** Under which it goes to the upstream: see upstream-request-id.ts. */
  readonly upstreamRequestId: string
}

/** A run of an earlier process, as the record tells of it. */
export interface PastRun extends RunIdentity {
  readonly requestId: string
  readonly describeOnly: boolean
  readonly asynchronous: boolean
  readonly queryId: string | null
  readonly changes: readonly StateChange[]
  /** Null while it may still run. */
  readonly outcome: RunOutcome | null
}

export class StatementRun {
  readonly statement: string
  readonly pendingId: string
  #request: StatementRequest
  readonly startedAt: number
  readonly #clock: Clock
  readonly fingerprint: string
  readonly upstreamRequestId: string
  readonly #cancel = new AbortController()
  readonly #accepted = Promise.withResolvers<void>()
  readonly #settled = Promise.withResolvers<void>()
  #queryId: string | null = null
  #outcome: RunOutcome | null = null
  #waitingForAnswer = 0
  /** Ends the wait of each request that waits. */
  readonly #waiters = new Set<() => void>()
  #attendedAt: number
  #cancelledBy: string | null = null
  /** Set when what was received and decided is durable. */
  described = false
  /** Set when the statement is handed to the upstream: from then on the upstream may have run the statement. */
  sent = false
  /** What it changes in the session if it succeeds; known once it was read. */
  changes: readonly StateChange[] = []
  #ending: readonly EventInput[] = []

  constructor(identity: RunIdentity, request: StatementRequest, clock: Clock) {
    this.statement = identity.statement
    this.pendingId = identity.pendingId
    this.fingerprint = identity.fingerprint
    this.upstreamRequestId = identity.upstreamRequestId
    this.#request = request
    this.#clock = clock
    this.startedAt = clock.monotonic()
    this.#attendedAt = this.startedAt
  }

  static resume(past: PastRun, clock: Clock): StatementRun {
    const { requestId, describeOnly, asynchronous } = past
    const request = { ...NO_CONTENT, requestId, describeOnly, asynchronous, parameters: {}, holdMs: 0 }
    const run = new StatementRun(past, request, clock)
    run.described = true
    run.sent = true
    run.changes = past.changes
    if (past.queryId !== null) run.accept(past.queryId)
    if (past.outcome !== null) run.settle(past.outcome)
    return run
  }

  /** What was asked for. Once the run has settled only the request's facts are kept: texts and binds may be large. */
  get request(): StatementRequest {
    return this.#request
  }

  /** The upstream's id once known, else the stand-in: what the driver polls with. */
  get queryId(): string {
    return this.#queryId ?? this.pendingId
  }

  get upstreamQueryId(): string | null {
    return this.#queryId
  }

  get outcome(): RunOutcome | null {
    return this.#outcome
  }

  get cancelledBy(): string | null {
    return this.#cancelledBy
  }

  /** Aborts when the run is cancelled: ends every wait of the run. */
  get signal(): AbortSignal {
    return this.#cancel.signal
  }

  get durationMs(): number {
    return Math.round(this.#clock.monotonic() - this.startedAt)
  }

  /** Milliseconds since a request last waited for this run; 0 while one does. */
  get unattendedMs(): number {
    return this.#waiters.size > 0 ? 0 : this.#clock.monotonic() - this.#attendedAt
  }

  /** Whether a request waits that will deliver the answer. */
  get hasWaiter(): boolean {
    return this.#waitingForAnswer > 0
  }

  /** Whether a request under the same id, with this fingerprint, asks for the same statement. */
  matches(request: StatementRequest, fingerprint: string): boolean {
    return fingerprint === this.fingerprint || isResubmission(request)
  }

  /** The upstream has taken the statement under this id and still works on it. */
  accept(queryId: string): void {
    this.#queryId = queryId
    this.#accepted.resolve()
  }

  settle(outcome: RunOutcome): void {
    if (this.#outcome !== null) return
    this.#outcome = outcome
    this.#request = { ...this.#request, ...NO_CONTENT }
    if (outcome.kind === 'answer') this.#queryId = outcome.queryId
    this.#accepted.resolve()
    this.#settled.resolve()
  }

  /** Settles with an answer whose end is not on record yet: whoever delivers it records both with one flush. */
  settleWithAnswer(queryId: string, answer: QueryAnswer, ending: readonly EventInput[]): void {
    this.#ending = ending
    this.settle({ kind: 'answer', queryId, answer })
  }

  /** The end, if nobody has recorded it yet. */
  takeEnding(): readonly EventInput[] {
    const ending = this.#ending
    this.#ending = []
    return ending
  }

  /** Takes the answer out: it is held until one request has delivered it, and fetched by id after that. */
  takeAnswer(): QueryAnswer | null {
    if (this.#outcome?.kind !== 'answer') return null
    const { queryId, answer } = this.#outcome
    this.#outcome = { kind: 'answer', queryId, answer: null }
    return answer
  }

  cancel(by: string): void {
    this.#cancelledBy ??= by
    this.#cancel.abort(new Error(`cancelled by ${by}`))
  }

  /** Tells every request that waits to come again. */
  dismiss(): void {
    for (const giveUp of this.#waiters) giveUp()
  }

  /** Waits until the run has settled. False when `ms` went by first. */
  waitSettled(ms: number): Promise<boolean> {
    return this.#wait(this.#settled.promise, ms)
  }

  /** The same, of a request that will deliver the answer. */
  async waitForAnswer(ms: number): Promise<boolean> {
    this.#waitingForAnswer += 1
    try {
      return await this.waitSettled(ms)
    } finally {
      this.#waitingForAnswer -= 1
    }
  }

  /** Waits until the upstream has given an id, or the run has settled. False when `ms` went by first. */
  waitAccepted(ms: number): Promise<boolean> {
    return this.#wait(this.#accepted.promise, ms)
  }

  async #wait(event: Promise<void>, ms: number): Promise<boolean> {
    const elapsed = Promise.withResolvers<boolean>()
    const giveUp = (): void => elapsed.resolve(false)
    this.#waiters.add(giveUp)
    const timer = this.#clock.timer(ms, giveUp)
    try {
      return await Promise.race([event.then(() => true), elapsed.promise])
    } finally {
      timer.cancel()
      this.#waiters.delete(giveUp)
      this.#attendedAt = this.#clock.monotonic()
    }
  }
}
