/**
 * Events as they become durable, for whoever watches: one line of JSON each. Rows are whole here, so that much may wait
 * for a watcher that reads slowly. What waits is bounded for all of them together: beyond it, the one for whom most
 * waits is told so and left. The record has what it missed, and nobody else waits for it.
 */
import { Readable } from 'node:stream'
import type { OperatorErrorJson } from '../../api-schema/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { encodeError, encodeEvent } from './encode-lines.ts'

/** Calls back with events once they are durable. Returns the way to stop that. */
export type Subscribe = (listener: (events: readonly StoredEvent[]) => void) => () => void

const MOST_WAITING_BYTES = 64 * 1024 * 1024

export class Watchers {
  readonly #subscribe: Subscribe
  readonly #mostWaiting: number
  readonly #all = new Set<Watcher>()
  #unsubscribe: (() => void) | null = null

  constructor(subscribe: Subscribe, mostWaiting = MOST_WAITING_BYTES) {
    this.#subscribe = subscribe
    this.#mostWaiting = mostWaiting
  }

  /** Lines of one session, ending with it, or of all. */
  watch(session: string | null): Readable {
    const watcher = new Watcher(session)
    this.#all.add(watcher)
    this.#unsubscribe ??= this.#subscribe((events) => this.#deliver(events))
    watcher.once('close', () => this.#leave(watcher))
    return watcher
  }

  #deliver(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const watching = [...this.#all].filter((watcher) => watcher.watches(event))
      if (watching.length === 0) continue
      const line = Buffer.from(encodeEvent(event))
      for (const watcher of watching) {
        watcher.add(line)
        if (watcher.session === null || event.type !== 'session.ended') continue
        watcher.finish()
        this.#leave(watcher)
      }
      this.#makeRoom()
    }
  }

  #makeRoom(): void {
    const slowestFirst = [...this.#all].sort((a, b) => b.waiting - a.waiting)
    let all = slowestFirst.reduce((sum, { waiting }) => sum + waiting, 0)
    for (const watcher of slowestFirst) {
      if (all <= this.#mostWaiting) return
      all -= watcher.waiting
      watcher.breakOff(encodeError(tooSlow(this.#mostWaiting)))
      this.#leave(watcher)
    }
  }

  #leave(watcher: Watcher): void {
    this.#all.delete(watcher)
    if (this.#all.size > 0) return
    this.#unsubscribe?.()
    this.#unsubscribe = null
  }
}

/** A stream whose lines wait outside its buffer, where they can be let go. */
class Watcher extends Readable {
  readonly session: string | null
  #incoming: Buffer[] = []
  /** The next line last. */
  #outgoing: Buffer[] = []
  #bytes = 0
  #wanted = false
  #finished = false

  constructor(session: string | null) {
    super()
    this.session = session
    // Headers leave with the first byte: by it the watcher knows that it misses nothing from here on.
    this.add(Buffer.from('\n'))
  }

  /** Bytes that wait to be read. */
  get waiting(): number {
    return this.#bytes + this.readableLength
  }

  watches(event: StoredEvent): boolean {
    return event.session !== null && (this.session === null || event.session === this.session)
  }

  add(line: Buffer): void {
    this.#incoming.push(line)
    this.#bytes += line.length
    this.#pass()
  }

  /** Ends behind what waits. */
  finish(): void {
    this.#finished = true
    this.#pass()
  }

  /** Ends with this line in the place of what waits. */
  breakOff(lastLine: string): void {
    this.#incoming = []
    this.#outgoing = []
    this.#bytes = 0
    this.add(Buffer.from(lastLine))
    this.finish()
  }

  override _read(): void {
    this.#wanted = true
    this.#pass()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#incoming = []
    this.#outgoing = []
    this.#bytes = 0
    done(error)
  }

  #pass(): void {
    if (!this.#wanted) return
    if (this.#outgoing.length === 0) {
      this.#outgoing = this.#incoming.reverse()
      this.#incoming = []
    }
    const line = this.#outgoing.pop()
    if (line === undefined) {
      if (this.#finished) this.push(null)
      return
    }
    this.#wanted = false
    this.#bytes -= line.length
    this.push(line)
  }
}

function tooSlow(limit: number): OperatorErrorJson['error'] {
  return {
    code: 'ICE_REQUEST_MEMORY_LIMIT',
    details: { limit },
    hint: 'What was missed is on record: see it with icecore replay.',
  }
}
