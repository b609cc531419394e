/** Results on their way to a driver, and everything else that is asked of the upstream outside a statement's own way. */
import type { EventInput } from '../core/recording/index.ts'
import { currentContext } from '../core/session/index.ts'
import { readQueryAnswer } from '../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { type GiveBack, Room } from '../lib/room.ts'
import type { AdmittedAnswer, AnswerMemory } from './answer-memory.ts'
import { assertDeliverable, type DeliveryTools, deliverAnswer } from './delivery.ts'
import type { Handles } from './handles.ts'
import type { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'
import type { AnswerEncoder, StatementReply } from './statement-request.ts'

export interface ResultTools extends DeliveryTools {
  readonly registry: SessionRegistry
  readonly handles: Handles
  readonly answers: AnswerMemory
  readonly clock: Clock
}

/** Which result it is, and of which statement. */
interface ResultPlace {
  readonly statement: string
  readonly queryId: string
}

export class Results {
  readonly #tools: ResultTools
  readonly #fetchesAtOnce: () => number
  /** Places for fetching results from the upstream, taken until the result has gone out. */
  readonly #fetches = new WeakMap<Session, Room>()

  /** `fetchesAtOnce`: of one session. */
  constructor(tools: ResultTools, fetchesAtOnce: () => number) {
    this.#tools = tools
    this.#fetchesAtOnce = fetchesAtOnce
  }

  /** Where a session fetches too much at a time, or memory is full, the driver is told to poll, and gets it later. */
  async fetch(session: Session, result: ResultPlace, holdMs: number, encoder: AnswerEncoder): Promise<StatementReply> {
    const { answers, clock } = this.#tools
    const places = this.#fetches.get(session) ?? new Room(this.#fetchesAtOnce)
    this.#fetches.set(session, places)
    const leave = await places.takeWithin(1, holdMs, clock)
    if (leave === null) return this.comeAgain(session, result, false)
    let goesOut = false
    try {
      const reply = await this.#fetchAnswer(session, result, encoder, leave)
      goesOut = reply?.kind === 'answer'
      if (reply !== null) return reply
    } finally {
      if (!goesOut) leave()
    }
    await answers.freed(holdMs)
    return this.comeAgain(session, result, false)
  }

  /** Null when there is no room in memory: then nothing of the answer is kept. */
  async #fetchAnswer(
    session: Session,
    result: ResultPlace,
    encoder: AnswerEncoder,
    leave: GiveBack,
  ): Promise<StatementReply | null> {
    const { statement, queryId } = result
    const answer = readQueryAnswer(await this.ask(session, session.facts.upstream.result(queryId)))
    if (answer.inProgress !== null) return this.comeAgain(session, result, answer.inProgress === 'asynchronous')
    assertDeliverable(answer)
    for (const child of answer.resultIds) this.openHandle(session, statement, child)
    const admitted = this.#tools.answers.admit(session, answer)
    if (admitted === null) return null
    const fetched: EventInput = {
      type: 'result.fetched',
      session: session.id,
      statement,
      facts: { queryId, by: 'result' },
    }
    const release = (): void => {
      admitted.release()
      leave()
    }
    return this.deliver(session, result, { answer, release }, encoder, [fetched])
  }

  async deliver(
    session: Session,
    { statement, queryId }: ResultPlace,
    { answer, release }: AdmittedAnswer,
    encoder: AnswerEncoder,
    also: readonly EventInput[],
  ): Promise<StatementReply> {
    try {
      const body = await deliverAnswer({ session, statement, queryId, answer, encoder, also }, this.#tools)
      return { kind: 'answer', body, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async comeAgain(
    session: Session,
    { statement, queryId }: ResultPlace,
    asynchronous: boolean,
  ): Promise<StatementReply> {
    await this.#tools.recorder.append({
      type: 'statement.polled',
      session: session.id,
      statement,
      facts: { queryId, answer: 'in_progress' },
    })
    return { kind: 'in_progress', queryId, asynchronous }
  }

  /** A question to the upstream outside a statement's way. A lost upstream session is the end of this one. */
  async ask<T>(session: Session, question: Promise<T>): Promise<T> {
    try {
      return await question
    } catch (error) {
      await this.endIfLost(session, error)
      throw error
    } finally {
      session.upstreamSeenAt = this.#tools.clock.now()
    }
  }

  async endIfLost(session: Session, error: unknown): Promise<void> {
    const lost = [error, error instanceof IcecoreError ? error.cause : null].find((one) =>
      isIcecoreError(one, 'ICE_UPSTREAM_SESSION_LOST'),
    )
    if (lost !== undefined) await this.#tools.registry.end(session, 'the session at Snowflake has ended')
  }

  openHandle(session: Session, statement: string, queryId: string): void {
    const { role } = currentContext(session.state)
    this.#tools.handles.open({ queryId, ...session.owner, role, session: session.id, statement })
  }
}
