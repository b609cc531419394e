import type { Clock } from './clock.ts'

/** Gives back what was taken; once, however often it is called. */
export type GiveBack = () => void

/** A bounded amount that many share: bytes of memory, or places at a time. */
export class Room {
  readonly #limit: () => number
  #taken = 0
  #freed = Promise.withResolvers<void>()

  /** A limit that may change is a function. Where it becomes less than what is taken, nothing is taken back. */
  constructor(limit: number | (() => number)) {
    this.#limit = typeof limit === 'number' ? () => limit : limit
  }

  get limit(): number {
    return this.#limit()
  }

  get taken(): number {
    return this.#taken
  }

  /** Null, and nothing taken, where there is not so much left. */
  take(amount: number): GiveBack | null {
    if (this.#taken + amount > this.limit) return null
    this.#taken += amount
    let given = false
    return () => {
      if (given) return
      given = true
      this.#taken -= amount
      this.#freed.resolve()
      this.#freed = Promise.withResolvers()
    }
  }

  /** Takes as soon as there is room. Null when `ms` went by first. */
  async takeWithin(amount: number, ms: number, clock: Clock): Promise<GiveBack | null> {
    const deadline = clock.monotonic() + ms
    for (;;) {
      const taken = this.take(amount)
      const left = deadline - clock.monotonic()
      if (taken !== null || left <= 0) return taken
      await this.freed(left, clock)
    }
  }

  /** Resolves when something has been given back, or when `ms` have gone by. */
  async freed(ms: number, clock: Clock): Promise<void> {
    const elapsed = Promise.withResolvers<void>()
    const timer = clock.timer(ms, () => elapsed.resolve())
    try {
      await Promise.race([this.#freed.promise, elapsed.promise])
    } finally {
      timer.cancel()
    }
  }
}
