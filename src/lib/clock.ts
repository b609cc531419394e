/** Time as a parameter: everything that asks for the time or waits takes a Clock, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number
  /** Monotonic milliseconds, for durations: a stepped wall clock does not move it. */
  monotonic(): number
  /** Calls back once after `ms`. Does not keep the process alive. */
  timer(ms: number, callback: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, callback) {
    const handle = setTimeout(callback, ms)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = clock.timer(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Timers of the system clock keep no process. This does, until what it returns is called. */
export function keepProcess(): () => void {
  const handle = setInterval(() => undefined, KEPT_MS)
  return () => clearInterval(handle)
}

const KEPT_MS = 60_000
