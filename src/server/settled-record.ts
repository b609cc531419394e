/** The record as a running gateway shows it to its operator. */
import type { JournalReader } from '../adapters/journal/index.ts'
import { type RecordingIndex, type Reel, recordingsOf } from '../adapters/store/index.ts'
import type { OperatorRecord, OperatorReel } from '../doors/operator/index.ts'

/** With all that is durable: what the index gathers, to write it together, is written before it is asked. */
export function settledRecord(index: RecordingIndex, reader: JournalReader): OperatorRecord {
  const recordings = recordingsOf(index, reader)
  // An index that cannot be written answers with what it has; how far it is behind stands in the status.
  const settled = (): Promise<void> => index.settled().catch(() => undefined)
  return {
    reel: (session) => settledReel(recordings.reel(session), settled),
    sessions: async (filter) => {
      await settled()
      return recordings.sessions(filter)
    },
    session: async (idOrPrefix) => {
      await settled()
      return recordings.session(idOrPrefix)
    },
    async *events(session, after) {
      await settled()
      yield* recordings.events(session, after)
    },
  }
}

function settledReel(reel: Reel, settled: () => Promise<void>): OperatorReel {
  return {
    find: (...asked) => settled().then(() => reel.find(...asked)),
    async *pointers(after, before) {
      await settled()
      yield* reel.pointers(after, before)
    },
    async *events(after) {
      await settled()
      yield* reel.events(after)
    },
    event: (lsn) => settled().then(() => reel.event(lsn)),
    statementsUntil: (lsn) => settled().then(() => reel.statementsUntil(lsn)),
    received: (which) => settled().then(() => reel.received(which)),
    ended: (statement) => settled().then(() => reel.ended(statement)),
    troubles: (pieces) => settled().then(() => reel.troubles(pieces)),
    starts: (after) => settled().then(() => reel.starts(after)),
  }
}
