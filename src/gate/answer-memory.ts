/**
 * The memory that answers take, all sessions together: of statements that have ended and wait for somebody to fetch
 * them, and of those on their way out. What waits gives way to what is wanted now, the oldest first: its end goes on
 * record, and it can still be fetched from the upstream by its id. What goes out stays until its client has taken it, so
 * a principal gets a share: beyond its first answer no more than is left for all others (a dynamic threshold, as of
 * Choudhury and Hahne for shared buffers), and clients that take nothing keep only themselves waiting.
 */
import type { QueryAnswer } from '../core/wire/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type GiveBack, Room } from '../lib/room.ts'
import type { Recorder } from './ports.ts'
import type { Session } from './session.ts'
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

interface HeldAnswer extends AdmittedAnswer {
  readonly session: Session
}

export class AnswerMemory {
  readonly #room: Room
  readonly #tools: AnswerMemoryTools
  /** Oldest first. */
  readonly #held = new Map<StatementRun, HeldAnswer>()
  /** Bytes on their way out, by the id of their principal. */
  readonly #goingOut = new Map<string, number>()

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
  hold(session: Session, run: StatementRun, answer: QueryAnswer): void {
    const release = this.#makeRoom(answer)
    if (release === null) this.#forget(run)
    else this.#held.set(run, { session, answer, release })
  }

  /** The answer that is held for the run, to go out; null where there is none any more, or its principal has its share. */
  take(run: StatementRun): AdmittedAnswer | null {
    const held = this.#held.get(run)
    if (held === undefined) return null
    const { bytes } = held.answer.document
    if (!this.#hasShare(held.session, bytes.length)) {
      this.letGo(run)
      return null
    }
    this.#held.delete(run)
    run.takeAnswer()
    return this.#send(held.session, held)
  }

  /** Room for an answer to go out that was not held; null while other answers on their way out leave none. */
  admit(session: Session, answer: QueryAnswer): AdmittedAnswer | null {
    if (!this.#hasShare(session, answer.document.bytes.length)) return null
    const release = this.#makeRoom(answer)
    return release === null ? null : this.#send(session, { answer, release })
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
  closeSession(session: Session): void {
    for (const [run, held] of this.#held) {
      if (held.session !== session) continue
      held.release()
      this.#held.delete(run)
    }
  }

  #hasShare({ facts }: Session, bytes: number): boolean {
    const own = this.#goingOut.get(facts.principal.id) ?? 0
    const all = this.#goingOut.values().reduce((sum, one) => sum + one, 0)
    return own === 0 || own + bytes <= this.#room.limit - all
  }

  #send({ facts }: Session, { answer, release }: AdmittedAnswer): AdmittedAnswer {
    const { id } = facts.principal
    const bytes = answer.document.bytes.length
    this.#goingOut.set(id, (this.#goingOut.get(id) ?? 0) + bytes)
    let gone = false
    return {
      answer,
      release: () => {
        if (gone) return
        gone = true
        const left = (this.#goingOut.get(id) ?? 0) - bytes
        if (left > 0) this.#goingOut.set(id, left)
        else this.#goingOut.delete(id)
        release()
      },
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
