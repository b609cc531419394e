/**
 * The memory that answers take, all sessions together: of statements that have ended and wait for somebody to fetch
 * them, and of those on their way out. What waits gives way to what is wanted now, the oldest first: its end goes on
 * record, and it can still be fetched from the upstream by its id.
 */
import type { QueryAnswer } from '../core/wire/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type GiveBack, Room } from '../lib/room.ts'
import type { Recorder } from './ports.ts'
import type { StatementRun } from './statement-run.ts'

export interface AnswerMemoryTools {
  readonly recorder: Recorder
  readonly clock: Clock
  readonly log: Log
}

/** An answer that may go out; `release` gives its memory back, once it has gone or will not go. */
export interface AdmittedAnswer {
  readonly answer: QueryAnswer
  readonly release: GiveBack
}

interface HeldAnswer {
  readonly session: string
  readonly release: GiveBack
}

export class AnswerMemory {
  readonly #room: Room
  readonly #tools: AnswerMemoryTools
  /** Oldest first. */
  readonly #held = new Map<StatementRun, HeldAnswer>()

  /** `limit`: bytes. */
  constructor(limit: number | (() => number), tools: AnswerMemoryTools) {
    this.#room = new Room(limit)
    this.#tools = tools
  }

  /** Bytes of all answers in memory. */
  get bytes(): number {
    return this.#room.taken
  }

  /** Holds the answer with which the run has settled, unless what is on its way out leaves no room for it. */
  hold(session: string, run: StatementRun, answer: QueryAnswer): void {
    const release = this.#makeRoom(answer)
    if (release === null) this.#forget(run)
    else this.#held.set(run, { session, release })
  }

  /** The answer that is held for the run, to go out; null where there is none any more. */
  take(run: StatementRun): AdmittedAnswer | null {
    const held = this.#held.get(run)
    const answer = run.takeAnswer()
    if (held === undefined || answer === null) return null
    this.#held.delete(run)
    return { answer, release: held.release }
  }

  /** Room for an answer to go out that was not held; null while other answers on their way out leave none. */
  admit(answer: QueryAnswer): AdmittedAnswer | null {
    const release = this.#makeRoom(answer)
    return release === null ? null : { answer, release }
  }

  /** Resolves when an answer has gone out, or when `ms` have gone by. */
  async freed(ms: number): Promise<void> {
    await this.#room.freed(ms, this.#tools.clock)
  }

  /** Holds the run's answer no longer. */
  letGo(run: StatementRun): void {
    this.#held.get(run)?.release()
    this.#held.delete(run)
    this.#forget(run)
  }

  /** The end of the session records its statements' ends itself. */
  closeSession(session: string): void {
    for (const [run, held] of this.#held) {
      if (held.session !== session) continue
      held.release()
      this.#held.delete(run)
    }
  }

  #makeRoom({ document }: QueryAnswer): GiveBack | null {
    for (;;) {
      const release = this.#room.take(document.bytes.length)
      if (release !== null) return release
      const [oldest] = this.#held.keys()
      if (oldest === undefined) return null
      this.letGo(oldest)
    }
  }

  #forget(run: StatementRun): void {
    run.takeAnswer()
    const ending = run.takeEnding()
    if (ending.length === 0) return
    const { recorder, log } = this.#tools
    recorder.append(...ending).catch(() => log.error('statement.endUnrecorded', { statement: run.statement }))
  }
}
