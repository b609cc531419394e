import { IcecoreError, isIcecoreError } from '../../errors.ts'
import { type Clock, delay } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { RetryOptions } from './options.ts'
import { type Sent, TransportFailure } from './transport-failure.ts'

export interface RetryTools {
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
}

export interface Attempt {
  /** 0 for the first. */
  readonly number: number
  /** Why the one before failed: an HTTP status, or 0 for a time-out or a lost connection. */
  readonly reason: number
}

/**
 * Tries until an attempt does not end in a TransportFailure, within the limits of number and time. Then rejects with
 * ICE_UPSTREAM_UNAVAILABLE; its details say how often it was tried, and whether the upstream may have seen any of it.
 */
export async function retrying<T>(
  what: string,
  options: RetryOptions,
  tools: RetryTools,
  attempt: (attempt: Attempt) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const startedAt = tools.clock.monotonic()
  let sent: Sent = 'no'
  let reason = 0
  for (let number = 0; ; number += 1) {
    try {
      return await attempt({ number, reason })
    } catch (error) {
      if (isIcecoreError(error, 'ICE_CERTIFICATE_UNTRUSTED')) {
        tools.log.error('upstream.certificate_untrusted', { what, reason: error.details.reason })
        // An attempt before this one may have arrived.
        if (sent === 'maybe') throw unavailable(number + 1, sent, error)
      }
      if (!(error instanceof TransportFailure)) throw error
      reason = error.status
      if (error.sent === 'maybe') sent = 'maybe'
      const pause = backOff(number, options, tools.random)
      const elapsed = tools.clock.monotonic() - startedAt
      const exhausted = number + 1 >= options.attempts || elapsed + pause > options.budgetMs
      tools.log.warn('upstream.attempt_failed', { what, attempt: number + 1, reason: error.message, exhausted })
      if (exhausted) throw unavailable(number + 1, sent, error)
      await delay(tools.clock, pause, signal)
    }
  }
}

function unavailable(attempts: number, sent: Sent, cause: Error): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_UNAVAILABLE', { attempts, sent }, { cause })
}

/** Exponential, half of it jitter: many sessions that lose one upstream at once do not come back at once. */
function backOff(number: number, { baseDelayMs, maxDelayMs }: RetryOptions, random: () => number): number {
  const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** number)
  return ceiling / 2 + (ceiling / 2) * random()
}
