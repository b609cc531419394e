/**
 * A session as a film that can be wound: scene by scene in both directions, to a statement, to a time, to what went wrong.
 * Nothing is kept of the scenes gone through; the index says where each one lies.
 */
import type { EventPointer, SessionReel } from '../../adapters/store/index.ts'
import { type EventType, SessionTime, type StoredEvent } from '../../core/recording/index.ts'

/** A place in the film: the event that begins a scene. */
export interface Stop {
  readonly lsn: number
  readonly event: StoredEvent
  readonly offsetMs: number
  readonly statement: string | null
}

/** A decision begins a scene where it is a hold. Rows are shown with the scene that they belong to. */
const STOPS: readonly EventType[] = [
  'session.opened',
  'statement.received',
  'statement.decision',
  'statement.completed',
  'statement.denied',
  'statement.failed',
  'statement.cancelled',
  'statement.outcomeUnknown',
  'result.broken',
  'request.refused',
  'session.ended',
]

const TROUBLES: readonly EventType[] = [
  'statement.denied',
  'statement.failed',
  'statement.cancelled',
  'statement.outcomeUnknown',
  'result.broken',
  'request.refused',
]

export class Film {
  readonly reel: SessionReel
  readonly #time: SessionTime
  /** Up to which event restarts of the gateway are taken account of. */
  #knownUntil: number

  private constructor(reel: SessionReel, first: StoredEvent) {
    this.reel = reel
    this.#time = new SessionTime(first)
    this.#knownUntil = first.lsn
  }

  /** Null for a session of which nothing is on record. */
  static async open(reel: SessionReel): Promise<Film | null> {
    const first = await reel.find('after', 0)
    return first === null ? null : new Film(reel, await reel.read(first))
  }

  async first(): Promise<Stop | null> {
    return this.#stop(await this.reel.find('after', 0, STOPS), 'after')
  }

  async next({ lsn }: { readonly lsn: number }): Promise<Stop | null> {
    return this.#stop(await this.reel.find('after', lsn, STOPS), 'after')
  }

  async previous({ lsn }: { readonly lsn: number }): Promise<Stop | null> {
    return this.#stop(await this.reel.find('before', lsn, STOPS), 'before')
  }

  /** The next denial or error. */
  async trouble({ lsn }: { readonly lsn: number }): Promise<Stop | null> {
    return this.#stop(await this.reel.find('after', lsn, TROUBLES), 'after')
  }

  /** Where the statement with this number begins, counted from 1. */
  async statement(number: number): Promise<Stop | null> {
    const received = await this.reel.received({ number })
    return received === null ? null : this.at(received)
  }

  /** The last scene of this statement that had begun by an event of its own. */
  async sceneOf(statement: string, lsn: number): Promise<Stop | null> {
    const received = await this.reel.received({ id: statement })
    let stop = await this.at(lsn)
    while (stop !== null && stop.statement !== statement && stop.lsn > (received ?? lsn))
      stop = await this.previous(stop)
    return stop
  }

  /** The scene with the rows of this statement: its end, which they come before; where they came after it, the last one then. */
  async rowsOf(statement: string, lsn: number): Promise<Stop | null> {
    const ended = await this.reel.ended(statement)
    return this.sceneOf(statement, Math.max(lsn, ended ?? lsn))
  }

  /** The scene that this event begins or belongs to. */
  async at(lsn: number): Promise<Stop | null> {
    return this.previous({ lsn: lsn + 1 })
  }

  /** The last scene that had begun by then; the first, where none had. */
  async atTime(offsetMs: number): Promise<Stop | null> {
    const [first, last] = [await this.first(), await this.last()]
    let [low, high] = [first?.lsn ?? 0, last?.lsn ?? 0]
    // By halves of the sequence numbers: times go up with them.
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const stop = await this.at(middle)
      if (stop !== null && stop.offsetMs <= offsetMs) low = middle
      else high = middle - 1
    }
    return (await this.at(low)) ?? first
  }

  async last(): Promise<Stop | null> {
    return this.#stop(await this.reel.find('before', Number.MAX_SAFE_INTEGER, STOPS), 'before')
  }

  async #stop(found: EventPointer | null, direction: 'after' | 'before'): Promise<Stop | null> {
    for (let pointer = found; pointer !== null; pointer = await this.reel.find(direction, pointer.lsn, STOPS)) {
      const event = await this.reel.read(pointer)
      if (event.type === 'statement.decision' && event.facts.decision !== 'hold') continue
      await this.#learnRestarts(event.lsn)
      return { lsn: event.lsn, event, offsetMs: this.#time.offset(event), statement: event.statement ?? null }
    }
    return null
  }

  async #learnRestarts(until: number): Promise<void> {
    if (until <= this.#knownUntil) return
    for (const start of await this.reel.starts(this.#knownUntil)) {
      if (start > until) break
      const [last, first] = [await this.reel.find('before', start), await this.reel.find('after', start)]
      if (last !== null && first !== null) this.#time.restart(await this.reel.read(last), await this.reel.read(first))
    }
    this.#knownUntil = until
  }
}
