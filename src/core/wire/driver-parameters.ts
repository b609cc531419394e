/** Parameters that drivers rely on, in the log-in answer and every query answer (driver-protocol.md#parameters). */
import type { ClientProfile } from './client-profile.ts'
import type { NamedParameter } from './login-answer.ts'
import type { ParameterValue } from './read-json.ts'

/** What a driver gets where the upstream reported nothing. Each of them is missed by some driver. */
const DEFAULTS: Readonly<Record<string, ParameterValue>> = {
  AUTOCOMMIT: true,
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_CONSENT_CACHE_ID_TOKEN: false,
  CLIENT_DISABLE_INCIDENTS: true,
  CLIENT_ENABLE_LOG_INFO_STATEMENT_PARAMETERS: false,
  CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ: true,
  CLIENT_MEMORY_LIMIT: 1536,
  CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX: false,
  CLIENT_METADATA_USE_SESSION_DATABASE: false,
  CLIENT_PREFETCH_THREADS: 4,
  CLIENT_RESULT_CHUNK_SIZE: 160,
  CLIENT_RESULT_COLUMN_CASE_INSENSITIVE: false,
  CLIENT_RESULT_PREFETCH_SLOTS: 2,
  CLIENT_RESULT_PREFETCH_THREADS: 1,
  CLIENT_SESSION_CLONE: false,
  CLIENT_SESSION_KEEP_ALIVE: false,
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: 3600,
  CLIENT_TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_LTZ',
  CLIENT_USE_V1_QUERY_API: true,
  CLIENT_VALIDATE_DEFAULT_PARAMETERS: true,
  CSV_TIMESTAMP_FORMAT: '',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1: false,
  JS_DRIVER_DISABLE_OCSP_FOR_NON_SF_ENDPOINTS: false,
  JS_TREAT_INTEGER_AS_BIGINT: false,
  QUERY_CONTEXT_CACHE_SIZE: 5,
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  TIMEZONE: 'UTC',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
}

/** What holds whatever the upstream says. */
const OVERRIDES: Readonly<Record<string, ParameterValue>> = {
  // Telemetry names query ids, and would go past the record.
  CLIENT_TELEMETRY_ENABLED: false,
  CLIENT_TELEMETRY_SESSIONLESS_ENABLED: false,
  CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED: false,
  // Would become a routing header.
  SERVICE_NAME: '',
  // snowflake-sdk evaluates a semi-structured cell as JavaScript when it is not strict JSON.
  STRICT_JSON_OUTPUT: true,
}

/** What Icecore sets in every upstream session of its own accord. */
export const UPSTREAM_SESSION_PARAMETERS: Readonly<Record<string, ParameterValue>> = {
  CLIENT_TELEMETRY_ENABLED: false,
  STRICT_JSON_OUTPUT: true,
}

/**
 * The list for one client: the effective values where the upstream reported them, Icecore's own where they must be,
 * and nothing that is not in the list.
 */
export function driverParameters(
  effective: ReadonlyMap<string, ParameterValue>,
  profile: ClientProfile,
): readonly NamedParameter[] {
  const values: Record<string, ParameterValue> = {}
  for (const [name, value] of Object.entries(DEFAULTS)) values[name] = effective.get(name) ?? value
  // A number always: Python compares it with `> 0`.
  Object.assign(values, OVERRIDES, { CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: profile.stageBindThreshold })
  return Object.entries(values).map(([name, value]) => ({ name, value }))
}
