/** Every limit of the upstream side. The defaults are for Snowflake. */
export interface SnowflakeOptions {
  readonly retry: RetryOptions
  readonly timeouts: TimeoutOptions
  /** Largest answer, decompressed, in bytes. Result chunks stream and are not bound by it. */
  readonly maxAnswerBytes: number
  /** Sockets per origin. Every running statement holds one. */
  readonly maxSockets: number
  /** How long a log-in's JWT is good for. Snowflake takes up to an hour; a log-in needs seconds. */
  readonly tokenLifeSeconds: number
}

export interface RetryOptions {
  readonly attempts: number
  /** No attempt starts later than this after the first one started. */
  readonly budgetMs: number
  readonly baseDelayMs: number
  readonly maxDelayMs: number
}

export interface TimeoutOptions {
  readonly connectMs: number
  /** One request and its whole answer. Above the 45 s for which Snowflake holds a query. */
  readonly requestMs: number
  readonly loginMs: number
  /** A whole log-in: retries, role and parameters read back too. Python waits 60 s for its answer. */
  readonly openMs: number
  /** Longest pause in the body of a result chunk. */
  readonly chunkIdleMs: number
  readonly logoutMs: number
}

export const DEFAULT_SNOWFLAKE_OPTIONS: SnowflakeOptions = {
  retry: { attempts: 7, budgetMs: 120_000, baseDelayMs: 250, maxDelayMs: 8_000 },
  timeouts: {
    connectMs: 10_000,
    requestMs: 90_000,
    loginMs: 30_000,
    openMs: 25_000,
    chunkIdleMs: 60_000,
    logoutMs: 10_000,
  },
  maxAnswerBytes: 64 * 1024 * 1024,
  maxSockets: 512,
  tokenLifeSeconds: 60,
}
