/**
 * The end of a response: an answer takes memory until its client has taken it, so a client that takes nothing, or next
 * to nothing, is cut off.
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../lib/clock.ts'

/** For a client to begin. */
const GRACE_MS = 60_000
/** Bytes in a millisecond: slower than any line that is in use. */
const SLOWEST = 16

/** Calls `done` once, when the response of so many bytes has left, or never will. */
export function whenSent(response: ServerResponse, bytes: number, clock: Clock, done: () => void): void {
  if (response.destroyed) {
    done()
    return
  }
  const timer = clock.timer(GRACE_MS + bytes / SLOWEST, () => response.socket?.resetAndDestroy())
  response.once('close', () => {
    timer.cancel()
    done()
  })
}
