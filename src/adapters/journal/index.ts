export {
  type DurableListener,
  Journal,
  type JournalOptions,
  openJournal,
} from './journal.ts'
export { JournalCheck, type JournalCheckOptions } from './journal-check.ts'
export { type JournalFile, type JournalFiles, nodeFiles } from './journal-files.ts'
export type { JournalLimits } from './journal-limits.ts'
export { type JournalPosition, JournalReader, type JournalReaderOptions, positionAfter } from './journal-reader.ts'
export { type JournalVerification, type VerifyProgress, type VerifyRange, verifyJournal } from './verify-journal.ts'
