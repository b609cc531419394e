export { createLog, type LeveledLog, type LogLevel } from './log.ts'
