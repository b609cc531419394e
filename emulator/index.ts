/** A Snowflake-compatible warehouse on DuckDB. Imports nothing of `src/`: a mistake of both sides cannot hide. */
export { FAULT_NAMES, type FaultName, type FaultSetting, type Faults } from './faults.ts'
export { DEFAULT_OPTIONS, type EmulatorOptions, type EmulatorUser, parseFault } from './options.ts'
export {
  type Emulator,
  INVENTED_CREDENTIALS,
  type SeenRequest,
  type SeenSession,
  type SeenStatement,
  startEmulator,
  writeArrowRows,
} from './server/index.ts'
