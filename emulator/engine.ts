/**
 * The seam inside the emulator: `sql/` runs Snowflake SQL on DuckDB and knows nothing of HTTP; `server/` speaks
 * Snowflake's protocol and knows nothing of DuckDB.
 */

/** A column as Snowflake describes it in `rowtype` (driver-protocol.md#row-types). */
export interface Column {
  readonly name: string
  readonly database: string
  readonly schema: string
  readonly table: string
  readonly nullable: boolean
  /** fixed, real, text, boolean, date, time, timestamp_ntz, timestamp_ltz, timestamp_tz, binary, variant, object, array, … */
  readonly type: string
  readonly byteLength: number | null
  readonly length: number | null
  readonly precision: number | null
  readonly scale: number | null
  readonly collation: string | null
  readonly fields?: readonly Column[]
  readonly vectorDimension?: number
  readonly extTypeName?: string
}

/** A cell in Snowflake's JSON form (driver-protocol.md#json-cells): always text or null. */
export type Cell = string | null

export interface StatementResult {
  readonly columns: readonly Column[]
  /** Batches of rows, made as they are read; may be read once. Empty for `describeOnly`. */
  readonly batches: AsyncIterable<readonly (readonly Cell[])[]>
  readonly statementTypeId: number
  /** `numRowsInserted`, `numRowsUpdated`, `numRowsDeleted`, `numDmlDuplicates` for DML. */
  readonly stats?: Readonly<Record<string, number>>
  readonly numberOfBinds: number
  /** For `PUT` and `GET`: what the server turns into an answer with `stageInfo`. */
  readonly fileTransfer?: FileTransfer
}

export interface FileTransfer {
  readonly command: 'UPLOAD' | 'DOWNLOAD'
  readonly stage: string
  readonly localPath: string
}

export interface Binding {
  readonly type: string
  /** One value, or for an array bind one per row. */
  readonly value: Cell | readonly Cell[]
}

export interface StatementOptions {
  readonly bindings: Readonly<Record<string, Binding>>
  /** Statement-scoped session parameters. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  readonly describeOnly: boolean
  readonly queryId: string
  readonly signal: AbortSignal
}

export interface SessionContext {
  role: string | null
  warehouse: string | null
  database: string | null
  schema: string | null
  secondaryRoles: 'ALL' | 'NONE'
}

/** One line of the query history, as `INFORMATION_SCHEMA.QUERY_HISTORY*` shows it. */
export interface QueryHistoryEntry {
  readonly queryId: string
  readonly queryText: string
  readonly databaseName: string | null
  readonly schemaName: string | null
  readonly queryType: string
  readonly sessionId: string
  readonly userName: string
  readonly roleName: string | null
  readonly warehouseName: string | null
  readonly queryTag: string
  readonly executionStatus: 'RUNNING' | 'SUCCESS' | 'FAILED_WITH_ERROR' | 'ABORTED'
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly startTime: number
  readonly endTime: number | null
  readonly rowsProduced: number | null
}

/** What SQL may ask of the server around it. */
export interface EngineHost {
  /** All queries of the account, oldest first. */
  history(): Iterable<QueryHistoryEntry>
  /** The rows of a former result for RESULT_SCAN; undefined when unknown, expired or of another user. */
  formerResult(
    queryId: string,
    user: string,
  ): { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] } | undefined
  /** Cancels running queries: `SYSTEM$CANCEL_QUERY`, `SYSTEM$CANCEL_ALL_QUERIES`, `SYSTEM$ABORT_SESSION`. */
  cancel(target: { readonly queryId: string } | { readonly sessionId: string }): string
}

export interface EngineSession {
  readonly context: SessionContext
  /** Effective session parameters by upper-case name. */
  readonly parameters: ReadonlyMap<string, string | number | boolean>
  readonly lastQueryId: string | null
  /** Splits a text into its statements, without empty ones. */
  split(sqlText: string): readonly string[]
  /**
   * Runs one statement. Rejects with SqlError. `USE`, `ALTER SESSION`, `SET`, transactions and temporary objects
   * change this session only.
   */
  execute(sqlText: string, options: StatementOptions): Promise<StatementResult>
  close(): Promise<void>
}

export interface EngineOptions {
  /** Seeds the invented data. */
  readonly seed: number
  /** TPC-H scale factor; 0 leaves TPC-H out. */
  readonly tpchScale: number
  /** Without it, no SHOP: for those who make their own data. */
  readonly withShop?: boolean
  readonly account: string
  /** Snowflake SQL run once the data set stands. */
  readonly initSql?: string
}

export interface EngineSessionOptions {
  readonly sessionId: string
  readonly user: string
  /** Roles granted to the user, for `USE ROLE`; absent means all. */
  readonly roles?: readonly string[]
  readonly role: string | null
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  readonly parameters: Readonly<Record<string, string | number | boolean>>
}

export interface Engine {
  openSession(options: EngineSessionOptions): Promise<EngineSession>
  close(): Promise<void>
}

/** An SQL error with Snowflake's code, state and text. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  /** Six digits, for example `002003`. */
  readonly code: string
  readonly sqlState: string
  readonly line: number
  readonly pos: number

  constructor(
    code: string,
    sqlState: string,
    message: string,
    position: { readonly line: number; readonly pos: number } = { line: -1, pos: -1 },
  ) {
    super(message)
    this.code = code
    this.sqlState = sqlState
    this.line = position.line
    this.pos = position.pos
  }
}
