/** Events as they become durable, for whoever watches: one line of JSON each. */
import { Readable } from 'node:stream'
import type { OperatorErrorJson } from '../../api-schema/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { encodeError, encodeEvent } from './encode-lines.ts'

/** Calls back with events once they are durable. Returns the way to stop that. */
export type Subscribe = (listener: (events: readonly StoredEvent[]) => void) => () => void

/** What may wait for a watcher that reads slowly. Rows are whole here, so one delivery may be many MiB. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024

/**
 * Of one session, which ends with it, or of all. A watcher that falls too far behind is told so and left: the record has
 * what it missed, and nothing waits for it.
 */
export function tailEvents(subscribe: Subscribe, session: string | null, mostWaiting = MOST_WAITING_BYTES): Readable {
  const stream = new Readable({ read: () => undefined })
  // Headers leave with the first byte: by it the watcher knows that it misses nothing from here on.
  stream.push('\n')
  const finish = (lastLine: string | null): void => {
    unsubscribe()
    if (lastLine !== null) stream.push(lastLine)
    stream.push(null)
  }
  const unsubscribe = subscribe((events) => {
    for (const event of events) {
      if (event.session === null || (session !== null && event.session !== session)) continue
      const line = encodeEvent(event)
      if (stream.readableLength + line.length > mostWaiting) return finish(encodeError(tooSlow(mostWaiting)))
      stream.push(line)
      if (session !== null && event.type === 'session.ended') return finish(null)
    }
  })
  stream.once('close', unsubscribe)
  return stream
}

function tooSlow(limit: number): OperatorErrorJson['error'] {
  return {
    code: 'ICE_REQUEST_MEMORY_LIMIT',
    details: { limit },
    hint: 'What was missed is on record: see it with icecore replay.',
  }
}
