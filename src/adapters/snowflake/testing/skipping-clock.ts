import type { Clock, Timer } from '../../../lib/clock.ts'

/** Longest pause between retries; anything above is a time limit. */
const LONGEST_PAUSE_MS = 8_000

/**
 * A clock for tests over real sockets: pauses between retries pass at once, and are counted; time limits pass only
 * when a test says so.
 */
export class SkippingClock implements Clock {
  #elapsed = 0
  readonly #limits = new Set<{ readonly at: number; readonly callback: () => void }>()

  now(): number {
    return 1_700_000_000_000 + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  timer(ms: number, callback: () => void): Timer {
    if (ms <= LONGEST_PAUSE_MS) {
      const handle = setImmediate(() => {
        this.#elapsed += ms
        callback()
      })
      return { cancel: () => clearImmediate(handle) }
    }
    const limit = { at: this.#elapsed + ms, callback }
    this.#limits.add(limit)
    return { cancel: () => this.#limits.delete(limit) }
  }

  advance(ms: number): void {
    this.#elapsed += ms
    for (const limit of [...this.#limits]) {
      if (limit.at > this.#elapsed) continue
      this.#limits.delete(limit)
      limit.callback()
    }
  }

  get openLimits(): number {
    return this.#limits.size
  }
}
