import { setTimeout as delay } from 'node:timers/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type {
  EngineHost,
  EngineSession,
  EngineSessionOptions,
  SessionContext,
  StatementOptions,
  StatementResult,
} from '../../engine.ts'
import { coerceParameter, DEFAULT_PARAMETERS, type ParameterValue } from '../../parameters.ts'
import type { CatalogueObject, ObjectPath, Table } from '../catalogue/index.ts'
import { executeText, runStatement } from '../commands/index.ts'
import { canceled, compilationError } from '../errors.ts'
import type { VariableValue } from '../rewrite/index.ts'
import { duckName, splitStatements } from '../text/index.ts'
import { placeError, translateError } from '../translate-error.ts'
import { type Batches, BufferedBatches, startReading } from './batches.ts'
import { rewriteQueryText } from './query.ts'
import type { Warehouse } from './warehouse.ts'

export interface Statement {
  readonly sql: string
  readonly options: StatementOptions
}

/** A connection to DuckDB for one statement. */
export interface Lease {
  readonly connection: DuckDBConnection
  release(): void
  /** Reads the first batch, so that most errors are the statement's; `done` runs when the rows have been read. */
  open(batches: Batches, done: () => Promise<void>): Promise<Batches>
}

/** The connection of an open transaction, with the result that still streams on it. */
interface Transaction {
  readonly connection: DuckDBConnection
  streaming: BufferedBatches | undefined
}

/** One session: context, parameters, variables, transaction. */
export class Session implements EngineSession {
  readonly warehouse: Warehouse
  readonly host: EngineHost
  readonly sessionId: string
  readonly user: string
  readonly roles: readonly string[]
  readonly context: SessionContext
  readonly parameters: Map<string, ParameterValue>
  readonly variables = new Map<string, VariableValue>()
  readonly queryIds: string[] = []
  /** Temporary tables by their full name: they end with the session, and hide a table of the same name. */
  readonly temporary = new Map<string, Table>()
  #transaction: Transaction | undefined

  constructor(warehouse: Warehouse, host: EngineHost, options: EngineSessionOptions) {
    this.warehouse = warehouse
    this.host = host
    this.sessionId = options.sessionId
    this.user = options.user
    this.roles = options.roles ?? [...warehouse.catalogue.roles]
    const { role, warehouse: compute, database, schema } = options
    this.context = { role, warehouse: compute, database, schema, secondaryRoles: 'ALL' }
    if (database !== null && schema === null && warehouse.catalogue.databases.get(database)?.schemas.has('PUBLIC'))
      this.context.schema = 'PUBLIC'
    this.parameters = new Map(Object.entries(DEFAULT_PARAMETERS))
    for (const [name, value] of Object.entries(options.parameters))
      this.parameters.set(name.toUpperCase(), coerceParameter(name.toUpperCase(), value))
  }

  get lastQueryId(): string | null {
    return this.queryIds.at(-1) ?? null
  }

  split(sqlText: string): readonly string[] {
    return splitStatements(sqlText)
  }

  /** The table or view of a name, as this session sees it. */
  find(path: ObjectPath): CatalogueObject | undefined {
    return this.temporary.get(temporaryKey(path)) ?? this.warehouse.catalogue.find(path)
  }

  /** The text of a session variable, for `IDENTIFIER($x)`. */
  readonly variableText = (name: string): string => {
    const value = this.variables.get(name.toUpperCase())
    if (!value) throw compilationError('002211', '02000', `Session variable '$${name.toUpperCase()}' does not exist`)
    return value.text ?? ''
  }

  /** Puts a query's rows into a new table. */
  async fill(table: Table, query: string, options: StatementOptions): Promise<void> {
    const { sql, needs } = rewriteQueryText(this, { sql: query, options })
    const names = table.columns.map((column) => duckName(column.name)).join(', ')
    await executeText(this, { sql: query, options }, `INSERT INTO ${table.duckTable} (${names}) ${sql}`, needs)
  }

  parameterOf(name: string, options: StatementOptions): ParameterValue {
    return options.parameters[name] ?? this.parameters.get(name) ?? ''
  }

  async execute(sqlText: string, options: StatementOptions): Promise<StatementResult> {
    if (options.signal.aborted) throw canceled()
    const [sql = ''] = splitStatements(sqlText)
    try {
      return await runStatement(this, { sql, options })
    } catch (error) {
      throw options.signal.aborted ? canceled() : placeError(translateError(error), sql)
    } finally {
      if (!options.describeOnly) this.queryIds.push(options.queryId)
    }
  }

  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds <= 0) return
    await delay(milliseconds, undefined, { signal }).catch(() => {
      throw canceled()
    })
  }

  /** The transaction's connection while one is open, else one of the statement's own. */
  async lease(options: StatementOptions): Promise<Lease> {
    const timeZone = String(this.parameterOf('TIMEZONE', options))
    const transaction = this.#transaction
    const { connections } = this.warehouse
    if (!transaction) {
      const connection = await connections.take(timeZone)
      let given = false
      const release = () => {
        if (!given) connections.give(connection)
        given = true
      }
      return { connection, release, open: startReading }
    }
    // One connection streams one result: what is still unread of the last one is read ahead.
    await transaction.streaming?.drain()
    await connections.setTimeZone(transaction.connection, timeZone)
    const open = async (batches: Batches, done: () => Promise<void>) => {
      const streaming = new BufferedBatches(await startReading(batches, done))
      transaction.streaming = streaming
      return streaming.read()
    }
    return { connection: transaction.connection, release: () => undefined, open }
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  async begin(): Promise<void> {
    if (this.#transaction) return
    const connection = await this.warehouse.connections.take(String(this.parameters.get('TIMEZONE')))
    await connection.run('BEGIN')
    this.#transaction = { connection, streaming: undefined }
  }

  /** Ends the transaction, if one is open. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const transaction = this.#transaction
    if (!transaction) return
    await transaction.streaming?.drain()
    this.#transaction = undefined
    try {
      await transaction.connection.run(how)
    } finally {
      this.warehouse.connections.give(transaction.connection)
    }
  }

  /** Without AUTOCOMMIT, a statement that changes data opens a transaction. */
  async beforeChange(): Promise<void> {
    if (this.parameters.get('AUTOCOMMIT') === false) await this.begin()
  }

  async close(): Promise<void> {
    await this.end('ROLLBACK')
    for (const table of this.temporary.values()) await this.warehouse.execute(`DROP TABLE IF EXISTS ${table.duckTable}`)
    this.temporary.clear()
  }
}

export function temporaryKey(path: ObjectPath): string {
  return JSON.stringify([path.database, path.schema, path.name])
}
