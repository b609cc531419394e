/** Snowflake's protocol over an engine of `../engine.ts`. */
export { writeArrowRows } from './arrow/index.ts'
export { INVENTED_CREDENTIALS } from './file-transfer.ts'
export type { Inspection, SeenSession, SeenStatement } from './inspection.ts'
export type { SeenRequest } from './request-log.ts'
export { type Emulator, startEmulator } from './start-emulator.ts'
export type { EmulatorServer } from './start-server.ts'
