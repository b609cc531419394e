export type {
  EventPointer,
  SessionFilter,
  SessionSummary,
  StatementSummary,
} from './query-sessions.ts'
export { recordedPast } from './recorded-past.ts'
export { type IndexOptions, RecordingIndex } from './recording-index.ts'
export {
  openRecordings,
  type Reading,
  type RecordedSessions,
  type RecordFolders,
  type Recordings,
  type RecordingsOptions,
  readingOf,
  rebuildIndex,
  recordFolders,
  recordingsOf,
} from './recordings.ts'
export { Reel, type ReelPiece, type SessionReel } from './reel.ts'
