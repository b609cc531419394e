import type { Reading } from '../../adapters/store/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { type Clock, delay } from '../../lib/clock.ts'

/** How often a running session is looked at. */
export const LOOK_MS = 500

/** The events of a session, and those that a running gateway records of it, until it has ended. */
export async function* followEvents(reading: Reading, clock: Clock): AsyncGenerator<StoredEvent> {
  let last = 0
  for (;;) {
    // In this order: what was recorded before the end is read after it was seen.
    const { ended_at: ended } = await reading.summary()
    for await (const event of reading.reel.events(last)) {
      last = event.lsn
      yield event
    }
    if (ended !== null) return
    await delay(clock, LOOK_MS)
    await reading.refresh()
  }
}
