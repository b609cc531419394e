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
/** Schemas of the database SNOWFLAKE with the same; the names are too common to count elsewhere. */
const OWN_SCHEMA = /^(?:\w*_USAGE|TELEMETRY|LOCAL)$/

/** True for a schema with what others did; `database` null when the text names none. */
export function isUsageSchema(database: string | null, schema: string): boolean {
  const upper = schema.toUpperCase()
  return USAGE_SCHEMAS.has(upper) || (database?.toUpperCase() === 'SNOWFLAKE' && OWN_SCHEMA.test(upper))
}

/**
 * True for anything in such a schema, and for `SNOWFLAKE.ACCOUNT_USAGE` itself. Without a qualifier only the names
 * count that nobody gives to a table of their own by chance.
 */
export function isUsageName(parts: readonly string[]): boolean {
  const last = parts.at(-1)?.toUpperCase() ?? ''
  if (parts.length === 1) return last === 'QUERY_HISTORY' || last === 'LOGIN_HISTORY'
  return parts.some((part, index) => {
    const database = parts[index - 1] ?? null
    const qualifies = index < parts.length - 1 || database?.toUpperCase() === 'SNOWFLAKE'
    return qualifies && isUsageSchema(database, part)
  })
}

const USAGE_SCHEMA_WORD = new RegExp(`(?<![\\w$])(?:${[...USAGE_SCHEMAS].join('|')})(?![\\w$])`, 'i')
/** Between the two may stand the ends of quotes, escaped or not, as in texts of other languages. */
const OWN_SCHEMA_WORDS = /(?<![\w$])SNOWFLAKE[\s"'\\]*\.[\s"'\\]*(?:\w*_USAGE|TELEMETRY|LOCAL)(?![\w$])/i

/** The words with which a text that is not read as SQL names such a schema; null when it does not. */
export function usageSchemaIn(text: string): string | null {
  return (OWN_SCHEMA_WORDS.exec(text) ?? USAGE_SCHEMA_WORD.exec(text))?.[0] ?? null
}

/** Reads the query plan or the statistics of a query by its id: the caller's own, or somebody else's. */
export const QUERY_ID_FUNCTIONS: ReadonlySet<string> = new Set([
  'RESULT_SCAN',
  'GET_QUERY_OPERATOR_STATS',
  'SYSTEM$EXPLAIN_PLAN_JSON',
  'SYSTEM$ESTIMATE_QUERY_ACCELERATION',
])

/** Functions that run the SQL text they are given. */
export const TEXT_RUNNING_FUNCTIONS: ReadonlySet<string> = new Set(['TO_QUERY', 'SYSTEM$QUERY_REFERENCE'])

/** In a body of any language only words can be looked for. */
const BODY_WORD = /(?<![\w$])[A-Z]\w*(?:\$\w+)?(?![\w$])/gi

/** What the text of a body (a function's, a procedure's) mentions that is on the list: the word and its rule. */
export function findInBody(text: string): readonly { readonly word: string; readonly rule: NeverRule }[] {
  const found: { word: string; rule: NeverRule }[] = []
  for (const [word] of text.matchAll(BODY_WORD)) {
    // The id that RESULT_SCAN gets inside a body cannot be compared with the caller's own results.
    const rule = word.toUpperCase() === 'RESULT_SCAN' ? 'reaches_other_users' : ruleOfFunction(word)
    if (rule !== null) found.push({ word, rule })
  }
  for (const [pattern, rule] of BODY_PHRASES) {
    const word = pattern.exec(text)?.[0]
    if (word !== undefined) found.push({ word: word.replace(/\s+/g, ' '), rule })
  }
  const schema = usageSchemaIn(text)
  if (schema !== null) found.push({ word: schema, rule: 'reaches_other_users' })
  return found
}

const BODY_PHRASES: readonly (readonly [RegExp, NeverRule])[] = [
  [/\bprogrammatic\s+access\s+token\b/i, 'mints_credential'],
  [/\b(?:add|rotate|modify)\s+pat\b/i, 'mints_credential'],
  [/\b(?:create|alter)\s+(?:or\s+replace\s+)?(?:user|security\s+integration)\b/i, 'mints_credential'],
  [/\bdirectory\s*\(\s*'?@/i, 'mints_url'],
  [/@~/, 'reaches_other_users'],
]
