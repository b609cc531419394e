/**
 * One run of one statement: what all HTTP requests for the same (session, request id) attach to. The run goes on by
 * itself; requests come, wait for a while, and come again.
 */
import { createHash } from 'node:crypto'
import type { EventInput } from '../core/recording/index.ts'
import type { QueryAnswer } from '../core/wire/index.ts'
import type { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { StatementDenial } from './denial.ts'
import type { StatementRequest } from './statement-request.ts'

export type RunOutcome =
  /** The upstream's final answer, success or SQL error. Null once delivered: a further request fetches it by id. */
  | { readonly kind: 'answer'; readonly queryId: string; readonly answer: QueryAnswer | null }
  | { readonly kind: 'denied'; readonly denial: StatementDenial }
  | { readonly kind: 'error'; readonly error: IcecoreError }

const NOTHING = new Uint8Array()

export interface RunIdentity {
  readonly statement: string
  /** UUID-shaped stand-in for the query id, until the upstream has given one. */
  readonly pendingId: string
}

export class StatementRun {
  readonly statement: string
  readonly pendingId: string
  #request: StatementRequest
  readonly startedAt: number
  readonly #clock: Clock
  readonly #fingerprint: string
  readonly #cancel = new AbortController()
  readonly #accepted = Promise.withResolvers<void>()
  readonly #settled = Promise.withResolvers<void>()
  #queryId: string | null = null
  #outcome: RunOutcome | null = null
  #waiting = 0
  #waitingForAnswer = 0
  #attendedAt: number
  #cancelledBy: string | null = null
  /** Set when what was received and decided is durable. */
  described = false
  /** Set when the statement is handed to the upstream: from then on the upstream may have run the statement. */
  sent = false
  #ending: EventInput | null = null

  constructor(identity: RunIdentity, request: StatementRequest, clock: Clock) {
    this.statement = identity.statement
    this.pendingId = identity.pendingId
    this.#request = request
    this.#clock = clock
    this.#fingerprint = fingerprintOf(request)
    this.startedAt = clock.monotonic()
    this.#attendedAt = this.startedAt
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
    return this.#waiting > 0 ? 0 : this.#clock.monotonic() - this.#attendedAt
  }

  /** Whether a request waits that will deliver the answer. */
  get hasWaiter(): boolean {
    return this.#waitingForAnswer > 0
  }

  /** Whether a request under the same id asks for the same statement. */
  matches(request: StatementRequest): boolean {
    return fingerprintOf(request) === this.#fingerprint || isNodeResubmission(request)
  }

  /** The upstream has taken the statement under this id and still works on it. */
  accept(queryId: string): void {
    this.#queryId = queryId
    this.#accepted.resolve()
  }

  settle(outcome: RunOutcome): void {
    if (this.#outcome !== null) return
    this.#outcome = outcome
    this.#request = { ...this.#request, sqlText: '', sqlTextJson: NOTHING, bindings: {}, bindingsJson: null }
    if (outcome.kind === 'answer') this.#queryId = outcome.queryId
    this.#accepted.resolve()
    this.#settled.resolve()
  }

  /** Settles with an answer whose end is not on record yet: whoever delivers it records both with one flush. */
  settleWithAnswer(queryId: string, answer: QueryAnswer, ending: EventInput): void {
    this.#ending = ending
    this.settle({ kind: 'answer', queryId, answer })
  }

  /** The end, if nobody has recorded it yet. */
  takeEnding(): readonly EventInput[] {
    const ending = this.#ending
    this.#ending = null
    return ending === null ? [] : [ending]
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

  /** Waits until the run has settled. False when `ms` went by first. */
  async waitSettled(ms: number): Promise<boolean> {
    this.#waitingForAnswer += 1
    try {
      return await this.#wait(this.#settled.promise, ms)
    } finally {
      this.#waitingForAnswer -= 1
    }
  }

  /** Waits until the upstream has given an id, or the run has settled. False when `ms` went by first. */
  waitAccepted(ms: number): Promise<boolean> {
    return this.#wait(this.#accepted.promise, ms)
  }

  async #wait(event: Promise<void>, ms: number): Promise<boolean> {
    this.#waiting += 1
    const elapsed = Promise.withResolvers<boolean>()
    const timer = this.#clock.timer(ms, () => elapsed.resolve(false))
    try {
      return await Promise.race([event.then(() => true), elapsed.promise])
    } finally {
      timer.cancel()
      this.#waiting -= 1
      this.#attendedAt = this.#clock.monotonic()
    }
  }
}

/** What makes a statement the same: its text, binds and flags. Not the time or retry fields, which differ by attempt. */
function fingerprintOf(request: StatementRequest): string {
  const { sqlText, bindingsJson, parameters, describeOnly, asynchronous } = request
  const facts = JSON.stringify([sqlText, parameters, describeOnly, asynchronous])
  return createHash('sha256')
    .update(facts)
    .update(bindingsJson ?? '')
    .digest('base64')
}

/**
 * snowflake-sdk asks again for a statement by its request id alone, with this text in place of the SQL
 * (dist/lib/connection/statement.js, sendRequestPreExec).
 */
function isNodeResubmission(request: StatementRequest): boolean {
  return (
    request.sqlText ===
    `SELECT 'Error retrieving query results for request id: ${request.requestId}, please use RESULT_SCAN instead' AS ErrorMessage;`
  )
}
