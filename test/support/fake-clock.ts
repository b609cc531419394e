import type { Clock } from '../../src/lib/clock.ts'

interface PendingTimer {
  readonly due: number
  readonly callback: () => void
}

/** A clock that moves only when a test moves it. */
export class FakeClock implements Clock {
  #wall: number
  #monotonic = 0
  readonly #timers = new Set<PendingTimer>()

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#wall = now
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  timer(ms: number, callback: () => void): { cancel(): void } {
    const timer = { due: this.#monotonic + ms, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time pass: both clocks move, and timers fire in the order in which they are due. */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#timers.delete(next)
      this.#moveTo(Math.max(next.due, this.#monotonic))
      next.callback()
    }
    this.#moveTo(end)
  }

  /** Sets the wall clock alone, as a person or NTP does. */
  stepWall(ms: number): void {
    this.#wall += ms
  }

  #nextDue(end: number): PendingTimer | undefined {
    return [...this.#timers].filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0]
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }
}
