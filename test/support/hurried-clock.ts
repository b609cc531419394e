import { type Clock, systemClock } from '../../src/lib/clock.ts'

/**
 * The system's clock with timers that are due so many times earlier: what waits for seconds (probes, retries, holds)
 * goes on at once, while the times that are told and recorded stay true.
 */
export function hurriedClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    timer: (ms, callback) => systemClock.timer(ms / factor, callback),
  }
}
