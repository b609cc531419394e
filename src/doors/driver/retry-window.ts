/**
 * How long a request may be told to come again. Drivers retry HTTP 503, some of them for ever
 * (driver-protocol.md#http-statuses-and-retries): after the window the same request gets a final error, and the user
 * sees why.
 */
import type { Clock } from '../../lib/clock.ts'

const MAX_KEYS = 10_000

export class RetryWindow {
  readonly #clock: Clock
  readonly #ms: number
  /** When a request was first told to come again. Oldest first. */
  readonly #first = new Map<string, number>()

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** True while this request may still be told to come again. Who comes long after the window begins anew. */
  isOpen(key: string): boolean {
    const now = this.#clock.monotonic()
    const first = this.#first.get(key)
    if (first !== undefined && now - first < 2 * this.#ms) return now - first < this.#ms
    // Behind the others, since it is the newest again.
    this.#first.delete(key)
    for (const [oldest, at] of this.#first) {
      if (this.#first.size < MAX_KEYS && now - at < 2 * this.#ms) break
      this.#first.delete(oldest)
    }
    this.#first.set(key, now)
    return true
  }
}
