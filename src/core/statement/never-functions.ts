/**
 * Functions that give out what must stay inside, or reach into other people's sessions: Icecore's one upstream user
 * serves many principals, so what Snowflake counts as "your own" belongs to all of them.
 *
 * From Snowflake's "System functions", "File functions", "Information Schema" and "Secret API reference".
 */
import type { NeverMatch } from './types.ts'

export type NeverRule = NeverMatch['rule']

const FUNCTIONS: Readonly<Record<string, NeverRule>> = {
  GET_PRESIGNED_URL: 'mints_url',
  BUILD_STAGE_FILE_URL: 'mints_url',
  BUILD_SCOPED_FILE_URL: 'mints_url',
  GET_STAGE_LOCATION: 'mints_url',
  FL_GET_SCOPED_FILE_URL: 'mints_url',
  FL_GET_STAGE_FILE_URL: 'mints_url',
  SYSTEM$GENERATE_SCIM_ACCESS_TOKEN: 'mints_credential',
  SYSTEM$START_OAUTH_FLOW: 'mints_credential',
  SYSTEM$FINISH_OAUTH_FLOW: 'mints_credential',
  SYSTEM$SHOW_OAUTH_CLIENT_SECRETS: 'reads_secret',
  GET_GENERIC_SECRET_STRING: 'reads_secret',
  GET_OAUTH_ACCESS_TOKEN: 'reads_secret',
  GET_USERNAME_PASSWORD: 'reads_secret',
  GET_CLOUD_PROVIDER_TOKEN: 'reads_secret',
  SYSTEM$CANCEL_QUERY: 'reaches_other_users',
  SYSTEM$CANCEL_ALL_QUERIES: 'reaches_other_users',
  SYSTEM$CANCEL_JOB: 'reaches_other_users',
  SYSTEM$ABORT_SESSION: 'reaches_other_users',
  SYSTEM$ABORT_TRANSACTION: 'reaches_other_users',
  SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS: 'reaches_other_users',
  SYSTEM$GET_LOGIN_FAILURE_DETAILS: 'reaches_other_users',
  QUERY_HISTORY: 'reaches_other_users',
  QUERY_HISTORY_BY_SESSION: 'reaches_other_users',
  QUERY_HISTORY_BY_USER: 'reaches_other_users',
  QUERY_HISTORY_BY_WAREHOUSE: 'reaches_other_users',
  LOGIN_HISTORY: 'reaches_other_users',
  LOGIN_HISTORY_BY_USER: 'reaches_other_users',
  REST_EVENT_HISTORY: 'reaches_other_users',
  NOTIFICATION_HISTORY: 'reaches_other_users',
  // With the texts of the statements that have run.
  TASK_HISTORY: 'reaches_other_users',
  ALERT_HISTORY: 'reaches_other_users',
  CURRENT_TASK_GRAPHS: 'reaches_other_users',
  COMPLETE_TASK_GRAPHS: 'reaches_other_users',
}

/** A system function that is not known by name, but says what it is. */
const SECRET_SYSTEM_FUNCTION = /^SYSTEM\$.*(?:SECRET|CREDENTIAL|PASSWORD|PRIVATE_KEY)/
const MINTING_SYSTEM_FUNCTION = /^SYSTEM\$.*(?:TOKEN|SAML|SCIM|OAUTH)/
const URL_SYSTEM_FUNCTION = /^SYSTEM\$.*PRESIGNED/
/** Says whether a token that the caller already has is good. */
const HARMLESS = new Set(['SYSTEM$VERIFY_EXTERNAL_OAUTH_TOKEN', 'SYSTEM$VERIFY_EXT_OAUTH_TOKEN'])

/** The rule that forbids to call a function of this name (in any case). */
export function ruleOfFunction(name: string): NeverRule | null {
  const upper = name.toUpperCase()
  if (Object.hasOwn(FUNCTIONS, upper)) return FUNCTIONS[upper] ?? null
  if (!upper.startsWith('SYSTEM$') || HARMLESS.has(upper)) return null
  if (URL_SYSTEM_FUNCTION.test(upper)) return 'mints_url'
  if (SECRET_SYSTEM_FUNCTION.test(upper)) return 'reads_secret'
  if (MINTING_SYSTEM_FUNCTION.test(upper)) return 'mints_credential'
  return null
}

/** Schemas with what everybody did: in the database SNOWFLAKE, and in those made from its share. */
const USAGE_SCHEMAS: ReadonlySet<string> = new Set([
  'ACCOUNT_USAGE',
  'READER_ACCOUNT_USAGE',
  'ORGANIZATION_USAGE',
  'DATA_SHARING_USAGE',
])
/**
 * Schemas of the database SNOWFLAKE with functions, classes and models only ("SNOWFLAKE database: schemas"). All others
 * tell of the account and of those who use it (TRUST_CENTER, TELEMETRY, LOCAL, MONITORING, …), or may.
 */
const TOOL_SCHEMAS: ReadonlySet<string> = new Set([
  'ALERT',
  'CORE',
  'CORTEX',
  'DATA_PRIVACY',
  'INFORMATION_SCHEMA',
  'ML',
  'MODELS',
  'NOTIFICATION',
])

const isSnowflake = (name: string | null | undefined): boolean => name?.toUpperCase() === 'SNOWFLAKE'

/** True for a schema in which names without a qualifier must not be looked for; `database` null for the session's. */
export function isClosedSchema(database: string | null, schema: string): boolean {
  return isSnowflake(database) || USAGE_SCHEMAS.has(schema.toUpperCase())
}

/** Whether a search path leads into such a schema. It is a list of names in one text. */
export function leadsToClosedSchema(searchPath: string): boolean {
  const names = searchPath.toUpperCase().match(/[\w$]+/g) ?? []
  return names.some((name) => name === 'SNOWFLAKE' || USAGE_SCHEMAS.has(name))
}

/**
 * True for anything in a schema with what others did, and for `SNOWFLAKE.ACCOUNT_USAGE` itself. Without a qualifier
 * only the names count that nobody gives to a table of their own by chance.
 */
export function isUsageName(parts: readonly string[]): boolean {
  const upper = parts.map((part) => part.toUpperCase())
  const [first = '', second = ''] = upper
  if (parts.length === 1) return first === 'QUERY_HISTORY' || first === 'LOGIN_HISTORY'
  if (parts.length > 2 && isSnowflake(first) && !TOOL_SCHEMAS.has(second)) return true
  return upper.some(
    (part, index) => USAGE_SCHEMAS.has(part) && (index < parts.length - 1 || isSnowflake(parts[index - 1])),
  )
}

/** Reads the query plan or the statistics of a query by its id: the caller's own, or somebody else's. */
export const QUERY_ID_FUNCTIONS: ReadonlySet<string> = new Set([
  'RESULT_SCAN',
  'GET_QUERY_OPERATOR_STATS',
  'SYSTEM$EXPLAIN_PLAN_JSON',
  'SYSTEM$ESTIMATE_QUERY_ACCELERATION',
  'SYSTEM$GET_RESULTSET_STATUS',
])

/** Functions that run the SQL text they are given. */
export const TEXT_RUNNING_FUNCTIONS: ReadonlySet<string> = new Set(['TO_QUERY', 'SYSTEM$QUERY_REFERENCE'])
