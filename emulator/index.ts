/** A Snowflake-compatible warehouse on DuckDB. Imports nothing of `src/`: a mistake of both sides cannot hide. */
export { DEFAULT_OPTIONS, type EmulatorOptions, type EmulatorUser, parseFault } from './options.ts'
export {
  FAULT_NAMES,
  type FaultName,
  type FaultSetting,
  type Faults,
  INVENTED_CREDENTIALS,
  type SeenRequest,
  type SeenSession,
  type SeenStatement,
} from './server/index.ts'
export { type Emulator, startEmulator } from './server/start-emulator.ts'
