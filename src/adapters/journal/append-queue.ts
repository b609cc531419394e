/** Appends that wait for their flush, in order. */
import { type EventTimes, encodeEvent } from '../../core/recording/format/index.ts'
import type { EventInput } from '../../core/recording/index.ts'

/** One call of `append`: its events go into the same flush, and succeed or fail together. */
export interface Append {
  readonly events: readonly EventInput[]
  readonly times: EventTimes
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export type Payload = readonly Uint8Array[]

/** What one flush writes. */
export interface Batch {
  readonly appends: readonly Append[]
  readonly payloads: readonly Payload[]
  readonly bytes: number
}

export class AppendQueue {
  #appends: Append[] = []

  get length(): number {
    return this.#appends.length
  }

  push(append: Append): void {
    this.#appends.push(append)
  }

  /** Takes appends from the front until `maxBytes` are reached; at least one. */
  take(maxBytes: number): Batch {
    const payloads: Payload[] = []
    let bytes = 0
    let count = 0
    while (count < this.#appends.length && (count === 0 || bytes < maxBytes)) {
      const { events, times } = this.#appends[count]!
      for (const event of events) {
        const payload = encodeEvent(event, times)
        payloads.push(payload)
        bytes += payload.reduce((sum, piece) => sum + piece.length, 0)
      }
      count += 1
    }
    return { appends: this.#appends.splice(0, count), payloads, bytes }
  }

  /** Empties the queue; the caller settles what was in it. */
  drain(): Append[] {
    const all = this.#appends
    this.#appends = []
    return all
  }
}
