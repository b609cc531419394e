/** Slowest and fastest, as factors of the recorded pace. */
export const SPEEDS = { least: 0.5, most: 16 } as const

/** How long it is until the next scene: recorded time, which runs at a speed and stands still while paused. */
export class Pace {
  #speed: number
  #paused = false
  /** Recorded milliseconds that are left, as of `#since` on the monotonic clock. */
  #left = 0
  #since = 0

  constructor(speed: number) {
    this.#speed = speed
  }

  get speed(): number {
    return this.#speed
  }

  get paused(): boolean {
    return this.#paused
  }

  /** A scene begins: the next one comes after so much recorded time. */
  begin(recordedMs: number, now: number): void {
    this.#left = recordedMs
    this.#since = now
  }

  /** Milliseconds of the watcher's time; null while nothing moves. */
  due(now: number): number | null {
    return this.#paused ? null : Math.max(0, this.#leftAt(now) / this.#speed)
  }

  pause(paused: boolean, now: number): void {
    this.#settle(now)
    this.#paused = paused
  }

  changeSpeed(factor: number, now: number): void {
    this.#settle(now)
    this.#speed = Math.min(SPEEDS.most, Math.max(SPEEDS.least, this.#speed * factor))
  }

  #settle(now: number): void {
    this.#left = this.#leftAt(now)
    this.#since = now
  }

  #leftAt(now: number): number {
    return this.#paused ? this.#left : Math.max(0, this.#left - (now - this.#since) * this.#speed)
  }
}
