export {
  type DurableListener,
  Journal,
  type JournalOptions,
  openJournal,
} from './journal.ts'
export { type JournalFile, type JournalFiles, nodeFiles } from './journal-files.ts'
export type { JournalLimits } from './journal-limits.ts'
export { type JournalPosition, JournalReader, type JournalReaderOptions, positionAfter } from './journal-reader.ts'
