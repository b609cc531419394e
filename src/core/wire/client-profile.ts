/**
 * What Icecore knows of each client, in one table. The facts come from running the drivers (Node 3.3, Python 4.8 and
 * 5.2, Go 1.19 and 2.1, JDBC 4.4) or reading their source (.NET, C). A client is what it claims to be: nothing here
 * grants anything.
 */
export interface ClientProfile {
  /** Stable word for logs and tests. */
  readonly client: string
  /** How long a request may be held before it is answered "in progress"; null where the configured time fits. */
  readonly pollHoldMs: number | null
  /** After this long the client gives up waiting for one response, and sends the request again. */
  readonly responseLimitMs: number
  /** Whether a log-in that is tried again has the request id of the first try. */
  readonly keepsLogInId: boolean
  /** Whether it sends `chunkHeaders` with its chunk requests. */
  readonly sendsChunkHeaders: boolean
  /** `CLIENT_STAGE_ARRAY_BINDING_THRESHOLD` that keeps binds out of stages. */
  readonly stageBindThreshold: number
  /** The session parameter that chooses its result format; null where there is none. */
  readonly formatParameter: string | null
  /** What it can read; which of them it gets, the upstream decides. */
  readonly formats: readonly ('json' | 'arrow')[]
}

interface Row extends ClientProfile {
  readonly applications: readonly string[]
  /** First major version the row is about, and the first it is no longer about. */
  readonly from: number
  readonly below: number
}

/** 0 means "never" to all but Node, which compares `binds > threshold`. */
const NEVER_STAGE = 0
const NEVER_STAGE_NODE = 2_147_483_647

const BASE = {
  from: 0,
  below: Number.POSITIVE_INFINITY,
  pollHoldMs: null,
  keepsLogInId: true,
  stageBindThreshold: NEVER_STAGE,
}

const ROWS: readonly Row[] = [
  {
    ...BASE,
    client: 'node',
    applications: ['javascript'],
    responseLimitMs: 90_000,
    keepsLogInId: false,
    sendsChunkHeaders: true,
    stageBindThreshold: NEVER_STAGE_NODE,
    formatParameter: null,
    formats: ['json'],
  },
  {
    ...BASE,
    client: 'python-4',
    applications: ['pythonconnector'],
    below: 5,
    responseLimitMs: 60_000,
    sendsChunkHeaders: true,
    formatParameter: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'python-5',
    applications: ['pythonconnector'],
    from: 5,
    // It sleeps up to 16 s between polls, more with every poll, so it gets few and long ones.
    pollHoldMs: 240_000,
    responseLimitMs: 300_000,
    sendsChunkHeaders: true,
    formatParameter: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    // Their version is their own, and says nothing of the connector below: the shorter limit of Python 4 holds.
    client: 'python-library',
    applications: ['snowflakesqlalchemy', 'pythonsnowpark'],
    responseLimitMs: 60_000,
    sendsChunkHeaders: true,
    formatParameter: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'go',
    applications: ['go'],
    responseLimitMs: 900_000,
    sendsChunkHeaders: true,
    formatParameter: 'GO_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'jdbc',
    applications: ['jdbc'],
    responseLimitMs: 300_000,
    sendsChunkHeaders: true,
    formatParameter: 'JDBC_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'dotnet',
    applications: ['.net'],
    responseLimitMs: Number.POSITIVE_INFINITY,
    sendsChunkHeaders: true,
    formatParameter: 'DOTNET_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'odbc',
    applications: ['odbc'],
    responseLimitMs: 90_000,
    sendsChunkHeaders: true,
    formatParameter: 'ODBC_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
  {
    ...BASE,
    client: 'c',
    applications: ['c api', 'c_api', 'php_pdo'],
    responseLimitMs: 90_000,
    sendsChunkHeaders: true,
    formatParameter: 'C_API_QUERY_RESULT_FORMAT',
    formats: ['json', 'arrow'],
  },
]

/** A client nobody knows gets the strictest of everything; a chunk link must then do without the header. */
const UNKNOWN: ClientProfile = {
  client: 'unknown',
  pollHoldMs: null,
  responseLimitMs: 60_000,
  keepsLogInId: false,
  sendsChunkHeaders: false,
  stageBindThreshold: NEVER_STAGE,
  formatParameter: null,
  formats: ['json', 'arrow'],
}

/** By `CLIENT_APP_ID` and `CLIENT_APP_VERSION`. */
export function clientProfile(application: string, version: string): ClientProfile {
  const name = application.toLowerCase()
  const major = Number.parseInt(version, 10) || 0
  const row = ROWS.find(
    ({ applications, from, below }) => applications.includes(name) && major >= from && major < below,
  )
  if (row === undefined) return UNKNOWN
  const { applications: _, from: __, below: ___, ...profile } = row
  return profile
}
