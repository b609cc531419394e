/** Notices that the wall clock was set: it then moved otherwise than the monotonic clock did. */
import type { EventTimes } from '../../core/recording/format/index.ts'

/** Below it is drift, and NTP's slewing (at most 0.5 ms a second) between two events. */
const LEAST_STEP_MS = 1_000

export class ClockWatch {
  #ahead: number | null = null

  /** By how much the clock was set since the last call; null when it was not. */
  stepAt({ at, monotonic }: EventTimes): number | null {
    const ahead = at - monotonic
    const step = Math.round(ahead - (this.#ahead ?? ahead))
    this.#ahead = ahead
    return Math.abs(step) < LEAST_STEP_MS ? null : step
  }
}
