import type { Clock, Timer } from '../../lib/clock.ts'

/** Slowest and fastest, as factors of the recorded pace. */
export const SPEEDS = { least: 0.5, most: 16 } as const

export type PaceState = { readonly speed: number; readonly paused: boolean }

/** The pace of a replay: waits as long as the recorded session did, unless somebody pauses, steps, speeds up or quits. */
export class Pacer {
  readonly #clock: Clock
  readonly #onChange: (state: PaceState) => void
  #speed: number
  #paused = false
  #quit = false
  /** Recorded milliseconds that are still to wait, and since when they run. */
  #left = 0
  #since = 0
  #timer: Timer | null = null
  #release: (() => void) | null = null

  constructor(clock: Clock, speed: number, onChange: (state: PaceState) => void = () => {}) {
    this.#clock = clock
    this.#speed = speed
    this.#onChange = onChange
  }

  /** Resolves after `ms` of recorded time; `quit` when the replay is to end. */
  async wait(ms: number): Promise<'go' | 'quit'> {
    if (!this.#quit && (ms > 0 || this.#paused)) {
      await new Promise<void>((resolve) => {
        this.#release = resolve
        this.#left = ms
        this.#run()
      })
    }
    return this.#quit ? 'quit' : 'go'
  }

  togglePause(): void {
    this.#hold()
    this.#paused = !this.#paused
    this.#run()
    this.#changed()
  }

  /** On to the next scene at once. */
  step(): void {
    this.#finish()
  }

  changeSpeed(factor: number): void {
    this.#hold()
    this.#speed = Math.min(SPEEDS.most, Math.max(SPEEDS.least, this.#speed * factor))
    this.#run()
    this.#changed()
  }

  quit(): void {
    this.#quit = true
    this.#finish()
  }

  /** Stops the running wait, keeping what is left of it. */
  #hold(): void {
    if (this.#timer === null) return
    this.#timer.cancel()
    this.#timer = null
    this.#left -= (this.#clock.monotonic() - this.#since) * this.#speed
  }

  #run(): void {
    if (this.#release === null || this.#paused) return
    this.#since = this.#clock.monotonic()
    this.#timer = this.#clock.timer(Math.max(0, this.#left) / this.#speed, () => this.#finish())
  }

  #finish(): void {
    this.#timer?.cancel()
    this.#timer = null
    const release = this.#release
    this.#release = null
    release?.()
  }

  #changed(): void {
    this.#onChange({ speed: this.#speed, paused: this.#paused })
  }
}
