/**
 * The kinds of objects of Snowflake's DDL ("SQL command reference"), and what changing one of them does. A type that
 * is not here is not understood, and a statement on it is refused.
 */
import type { Effect } from './types.ts'

/** What CREATE, ALTER, DROP and UNDROP of such an object do. */
const DATA: readonly Effect[] = ['ddl']
/** Roles, users, policies: who may do what. */
const RIGHTS: readonly Effect[] = ['ddl', 'rights']
/** Things that run later, by themselves or when called, with nobody at the door. */
const DEFERRED: readonly Effect[] = ['ddl', 'deferred']
/** Programs and doors of somebody's own. */
const GATEWAY: readonly Effect[] = ['ddl', 'rights', 'deferred']

/** Ways out of the account: to other accounts, to storage, hosts and queues of somebody's own. */
const SHARED: readonly Effect[] = [...GATEWAY, 'export']

const TYPES: Readonly<Record<string, readonly Effect[]>> = {
  TABLE: DATA,
  'DYNAMIC TABLE': DEFERRED,
  'DYNAMIC ICEBERG TABLE': ['ddl', 'deferred', 'export'],
  'EVENT TABLE': DATA,
  'EXTERNAL TABLE': ['ddl', 'deferred', 'export'],
  'HYBRID TABLE': DATA,
  'ICEBERG TABLE': ['ddl', 'export'],
  'INTERACTIVE TABLE': DEFERRED,
  'READ ONLY TABLE': DATA,
  VIEW: DATA,
  'MATERIALIZED VIEW': DEFERRED,
  'SEMANTIC VIEW': DATA,
  DATABASE: DATA,
  SCHEMA: DATA,
  SEQUENCE: DATA,
  'FILE FORMAT': DATA,
  STAGE: ['ddl', 'export'],
  TAG: RIGHTS,
  INDEX: DATA,
  TYPE: DATA,
  CONTACT: DATA,
  WAREHOUSE: DATA,
  'RESOURCE MONITOR': DATA,
  'COMPUTE POOL': DATA,
  'IMAGE REPOSITORY': DATA,
  SNAPSHOT: DATA,
  'SNAPSHOT SET': DATA,
  'SNAPSHOT POLICY': DATA,
  'BACKUP SET': DATA,
  'BACKUP POLICY': RIGHTS,
  DATASET: DATA,
  MODEL: DEFERRED,
  'MODEL MONITOR': DEFERRED,
  'CORTEX SEARCH SERVICE': DEFERRED,
  AGENT: DEFERRED,
  'MCP SERVER': SHARED,
  FUNCTION: DEFERRED,
  'EXTERNAL FUNCTION': SHARED,
  'DATA METRIC FUNCTION': DEFERRED,
  PROCEDURE: DEFERRED,
  TASK: DEFERRED,
  PIPE: DEFERRED,
  ALERT: DEFERRED,
  STREAM: DEFERRED,
  SERVICE: SHARED,
  STREAMLIT: DEFERRED,
  NOTEBOOK: DEFERRED,
  'NOTEBOOK PROJECT': DEFERRED,
  WORKSPACE: DEFERRED,
  'DBT PROJECT': DEFERRED,
  'GIT REPOSITORY': SHARED,
  'ARTIFACT REPOSITORY': GATEWAY,
  APPLICATION: GATEWAY,
  'APPLICATION PACKAGE': SHARED,
  'APPLICATION ROLE': RIGHTS,
  ROLE: RIGHTS,
  'DATABASE ROLE': RIGHTS,
  USER: RIGHTS,
  ACCOUNT: RIGHTS,
  'MANAGED ACCOUNT': SHARED,
  'ORGANIZATION ACCOUNT': RIGHTS,
  'ORGANIZATION USER': RIGHTS,
  'ORGANIZATION USER GROUP': RIGHTS,
  'ORGANIZATION PROFILE': RIGHTS,
  'ORGANIZATION LISTING': SHARED,
  SHARE: SHARED,
  LISTING: SHARED,
  'EXTERNAL LISTING': SHARED,
  'DATA EXCHANGE': SHARED,
  CONNECTION: RIGHTS,
  'FAILOVER GROUP': SHARED,
  'REPLICATION GROUP': SHARED,
  SECRET: RIGHTS,
  'MASKING POLICY': RIGHTS,
  'ROW ACCESS POLICY': RIGHTS,
  'AGGREGATION POLICY': RIGHTS,
  'PROJECTION POLICY': RIGHTS,
  'JOIN POLICY': RIGHTS,
  'PRIVACY POLICY': RIGHTS,
  'STORAGE LIFECYCLE POLICY': RIGHTS,
  'AUTHENTICATION POLICY': RIGHTS,
  'PASSWORD POLICY': RIGHTS,
  'SESSION POLICY': RIGHTS,
  'NETWORK POLICY': RIGHTS,
  'NETWORK RULE': ['ddl', 'rights', 'export'],
  'PACKAGES POLICY': RIGHTS,
  'FEATURE POLICY': RIGHTS,
  INTEGRATION: SHARED,
  'API INTEGRATION': SHARED,
  'CATALOG INTEGRATION': SHARED,
  'EXTERNAL ACCESS INTEGRATION': SHARED,
  'NOTIFICATION INTEGRATION': SHARED,
  'SECURITY INTEGRATION': GATEWAY,
  'STORAGE INTEGRATION': SHARED,
  'EXTERNAL VOLUME': SHARED,
  'PROVISIONED THROUGHPUT': DATA,
  // Classes of SNOWFLAKE.ML and SNOWFLAKE.CORE: an instance is an object with methods.
  'SNOWFLAKE.ML.ANOMALY_DETECTION': DEFERRED,
  'SNOWFLAKE.ML.CLASSIFICATION': DEFERRED,
  'SNOWFLAKE.ML.FORECAST': DEFERRED,
  'SNOWFLAKE.ML.TOP_INSIGHTS': DEFERRED,
  'SNOWFLAKE.CORE.BUDGET': DEFERRED,
  'SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER': DEFERRED,
  'SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE': DEFERRED,
}

const LONGEST = Math.max(...Object.keys(TYPES).map((type) => type.split(/[ .]/).length))

export interface ObjectType {
  /** For example `DYNAMIC TABLE`. */
  readonly type: string
  readonly effects: readonly Effect[]
  /** How many words it took. */
  readonly words: number
}

/** The longest type that these words begin with. `text` gives the word at a place, `.` included; null at the end. */
export function findObjectType(text: (index: number) => string | null): ObjectType | null {
  let joined = ''
  let found: ObjectType | null = null
  for (let words = 0; words < LONGEST * 2; words += 1) {
    const word = text(words)
    if (word === null) break
    joined = joined === '' || word === '.' || joined.endsWith('.') ? joined + word : `${joined} ${word}`
    const effects = Object.hasOwn(TYPES, joined) ? TYPES[joined] : undefined
    if (effects !== undefined) found = { type: joined, effects, words: words + 1 }
  }
  return found
}

/** `DYNAMIC TABLE` → `DYNAMIC_TABLE`, for the kind of a statement. */
export function kindOfType(type: string): string {
  return type.replaceAll(/[ .]/g, '_')
}
