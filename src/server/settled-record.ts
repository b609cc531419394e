/** The record as a running gateway shows it to its operator. */
import type { JournalReader } from '../adapters/journal/index.ts'
import { type RecordingIndex, recordingsOf } from '../adapters/store/index.ts'
import type { OperatorRecord } from '../doors/operator/index.ts'

/** With all that is durable: what the index gathers, to write it together, is written before it is asked. */
export function settledRecord(index: RecordingIndex, reader: JournalReader): OperatorRecord {
  const recordings = recordingsOf(index, reader)
  // An index that cannot be written answers with what it has; how far it is behind stands in the status.
  const settled = (): Promise<void> => index.settled().catch(() => undefined)
  return {
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
