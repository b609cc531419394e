/** Session parameters with Snowflake's defaults: one list for what statements depend on and what drivers are told. */

export type ParameterValue = string | number | boolean

/** What an account hands to drivers at log-in and with every answer (driver-protocol.md#parameters). */
const CLIENT_PARAMETERS: Readonly<Record<string, ParameterValue>> = {
  AUTOCOMMIT: true,
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_CONSENT_CACHE_ID_TOKEN: false,
  CLIENT_DISABLE_INCIDENTS: true,
  CLIENT_ENABLE_LOG_INFO_STATEMENT_PARAMETERS: false,
  CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ: true,
  CLIENT_MEMORY_LIMIT: 1536,
  CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX: false,
  CLIENT_METADATA_USE_SESSION_DATABASE: false,
  CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED: false,
  CLIENT_PREFETCH_THREADS: 4,
  CLIENT_RESULT_CHUNK_SIZE: 160,
  CLIENT_RESULT_COLUMN_CASE_INSENSITIVE: false,
  CLIENT_RESULT_PREFETCH_SLOTS: 2,
  CLIENT_RESULT_PREFETCH_THREADS: 1,
  CLIENT_SESSION_CLONE: false,
  CLIENT_SESSION_KEEP_ALIVE: false,
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: 3600,
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 65280,
  CLIENT_TELEMETRY_ENABLED: false,
  CLIENT_TELEMETRY_SESSIONLESS_ENABLED: false,
  CLIENT_TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_LTZ',
  CLIENT_USE_V1_QUERY_API: true,
  CLIENT_VALIDATE_DEFAULT_PARAMETERS: true,
  CSV_TIMESTAMP_FORMAT: '',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1: false,
  JS_DRIVER_DISABLE_OCSP_FOR_NON_SF_ENDPOINTS: false,
  JS_TREAT_INTEGER_AS_BIGINT: false,
  QUERY_CONTEXT_CACHE_SIZE: 5,
  SERVICE_NAME: '',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  TIMEZONE: 'America/Los_Angeles',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
}

/** What only statements depend on. */
const STATEMENT_PARAMETERS: Readonly<Record<string, ParameterValue>> = {
  ABORT_DETACHED_QUERY: false,
  BINARY_INPUT_FORMAT: 'HEX',
  C_API_QUERY_RESULT_FORMAT: 'JSON',
  DATE_INPUT_FORMAT: 'AUTO',
  DOTNET_QUERY_RESULT_FORMAT: 'ARROW',
  ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: false,
  ERROR_ON_NONDETERMINISTIC_MERGE: true,
  ERROR_ON_NONDETERMINISTIC_UPDATE: false,
  FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: false,
  GEOGRAPHY_OUTPUT_FORMAT: 'GeoJSON',
  GEOMETRY_OUTPUT_FORMAT: 'GeoJSON',
  GO_QUERY_RESULT_FORMAT: 'ARROW',
  JDBC_QUERY_RESULT_FORMAT: 'ARROW',
  JSON_INDENT: 2,
  LOCK_TIMEOUT: 43200,
  MULTI_STATEMENT_COUNT: 1,
  ODBC_QUERY_RESULT_FORMAT: 'ARROW',
  PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'ARROW',
  QUERY_TAG: '',
  QUOTED_IDENTIFIERS_IGNORE_CASE: false,
  ROWS_PER_RESULTSET: 0,
  SEARCH_PATH: '$current, $public',
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 0,
  STATEMENT_TIMEOUT_IN_SECONDS: 172800,
  STRICT_JSON_OUTPUT: false,
  TIMESTAMP_DAY_IS_ALWAYS_24H: false,
  TIMESTAMP_INPUT_FORMAT: 'AUTO',
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  TIME_INPUT_FORMAT: 'AUTO',
  TRANSACTION_ABORT_ON_ERROR: false,
  TWO_DIGIT_CENTURY_START: 1970,
  USE_CACHED_RESULT: true,
  WEEK_OF_YEAR_POLICY: 0,
  WEEK_START: 0,
}

export const DEFAULT_PARAMETERS: Readonly<Record<string, ParameterValue>> = {
  ...CLIENT_PARAMETERS,
  ...STATEMENT_PARAMETERS,
}

export interface Parameter {
  readonly name: string
  readonly value: ParameterValue
}

/** The client's parameters with the values that hold in a session. */
export function clientParameters(effective: ReadonlyMap<string, ParameterValue>): readonly Parameter[] {
  return Object.entries(CLIENT_PARAMETERS).map(([name, value]) => ({ name, value: effective.get(name) ?? value }))
}

/** A value as the parameter's type wants it: drivers and SQL send numbers and booleans as text too. */
export function coerceParameter(name: string, value: ParameterValue): ParameterValue {
  const standard = DEFAULT_PARAMETERS[name]
  if (typeof standard === 'boolean') return typeof value === 'boolean' ? value : /^(?:true|on|1)$/i.test(String(value))
  if (typeof standard === 'number') return Number(value)
  return typeof value === 'string' || standard === undefined ? value : String(value)
}
