import type { RecordedSessions, SessionSummary } from '../../adapters/store/index.ts'
import { IcecoreError } from '../../errors.ts'

/** By id, by a beginning that only one has, or by `last` the newest that came through a door. Rejects with ICE_RECORDING_UNKNOWN. */
export async function findRecordedSession(recordings: RecordedSessions, named: string): Promise<SessionSummary> {
  if (named !== 'last') return recordings.session(named)
  const newest = (await recordings.sessions({ limit: 1, throughDoor: true }))[0]
  if (newest !== undefined) return newest
  throw new IcecoreError('ICE_RECORDING_UNKNOWN', { session: named }, { hint: 'The record holds no session yet.' })
}
