import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Cell, Column } from '../../engine.ts'
import { Catalogue, type Dropped, type Table, tablesOf } from '../catalogue/index.ts'
import { macroStatements, registerScalars } from '../library/index.ts'
import type { Scratch } from '../rewrite/index.ts'
import { scratchName } from '../rewrite/index.ts'
import { duckName, quoteText } from '../text/index.ts'
import { Connections } from './connections.ts'

const SCRATCH = '"__scratch"'

/** The account's data: one DuckDB, and the catalogue of what lies in it. */
export class Warehouse {
  readonly catalogue = new Catalogue()
  readonly connections: Connections
  readonly account: string
  readonly #instance: DuckDBInstance
  readonly #changes = new Map<string, number>()
  #serial = 0

  private constructor(instance: DuckDBInstance, account: string) {
    this.#instance = instance
    this.connections = new Connections(instance)
    this.account = account
  }

  static async open(account: string): Promise<Warehouse> {
    const instance = await DuckDBInstance.create(':memory:', {
      // Snowflake sorts nulls as the greatest values.
      default_null_order: 'nulls_last_on_asc_first_on_desc',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
      old_implicit_casting: 'true',
    })
    const warehouse = new Warehouse(instance, account)
    await warehouse.run(async (connection) => {
      registerScalars(connection)
      await connection.run(`${macroStatements().join(';')}; CREATE SCHEMA ${SCRATCH}`)
    })
    return warehouse
  }

  /** Runs something on a connection of its own. */
  async run<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.connections.take('UTC')
    try {
      return await use(connection)
    } finally {
      this.connections.give(connection)
    }
  }

  async execute(sql: string): Promise<void> {
    await this.run((connection) => connection.run(sql))
  }

  /** A schema of Snowflake's is one of DuckDB's, named after its database too: all share one DuckDB catalogue. */
  duckSchema(database: string, schema: string): string {
    return duckName(`${database}.${schema}`)
  }

  /** A name that no table had before: replacing or dropping a table never touches what still reads the old one. */
  newDuckTable(database: string, schema: string, table: string): string {
    return `${this.duckSchema(database, schema)}.${duckName(`${table}#${this.#serial++}`)}`
  }

  /** The number of rows of each table, by its name inside DuckDB. */
  async countRows(tables: readonly Table[]): Promise<ReadonlyMap<string, string>> {
    if (tables.length === 0) return new Map()
    const counts = tables.map(({ duckTable }) => `SELECT ${quoteText(duckTable)}, count(*) FROM ${duckTable}`)
    const reader = await this.run((connection) => connection.runAndReadAll(counts.join(' UNION ALL ')))
    return new Map(reader.getRows().map(([name, count]) => [String(name), String(count)]))
  }

  /** Notes that a table's rows change now. */
  touch(table: Table): void {
    this.#changes.set(table.duckTable, Date.now())
  }

  changedOn(table: Table): number {
    return this.#changes.get(table.duckTable) ?? table.createdOn
  }

  newSequenceName(): string {
    return `${SCRATCH}.${duckName(`seq#${this.#serial++}`)}`
  }

  newScratchName(): string {
    return `${SCRATCH}.${duckName(`rows#${this.#serial++}`)}`
  }

  async createDatabase(name: string): Promise<void> {
    this.catalogue.createDatabase(name, Date.now())
    await this.#openSchema(name, 'PUBLIC')
  }

  async createSchema(database: string, name: string): Promise<void> {
    this.catalogue.createSchema(database, name, Date.now())
    await this.#openSchema(database, name)
  }

  /** It may be there already: what was dropped stays, for the case that it comes back. */
  async #openSchema(database: string, name: string): Promise<void> {
    await this.execute(`CREATE SCHEMA IF NOT EXISTS ${this.duckSchema(database, name)}`)
  }

  async dropTable(table: Table): Promise<void> {
    this.catalogue.remove(table)
    await this.keep({ kind: 'TABLE', table })
  }

  async dropSchema(database: string, name: string): Promise<void> {
    await this.keep(this.catalogue.removeSchema(database, name))
  }

  async dropDatabase(name: string): Promise<void> {
    await this.keep(this.catalogue.removeDatabase(name))
  }

  /** Keeps what was dropped; the oldest goes for good. */
  async keep(dropped: Dropped): Promise<void> {
    const gone = this.catalogue.dropped.push(dropped)
    for (const table of gone ? tablesOf(gone) : []) await this.execute(`DROP TABLE IF EXISTS ${table.duckTable}`)
  }

  /** Loads rows from outside DuckDB, and puts the tables' names into the statement. */
  async loadScratch(sql: string, scratch: readonly Scratch[]): Promise<{ sql: string; drop: () => Promise<void> }> {
    const tables: string[] = []
    let text = sql
    for (const { name, columns, rows } of scratch) {
      const table = `s${this.#serial++}`
      tables.push(table)
      await this.run((connection) => fill(connection, table, columns, rows))
      const items = columns.map((column, i) => `${fromCell(column, `"c${i}"`)} AS ${duckName(column.name)}`)
      text = text.replaceAll(
        scratchName(name),
        `(SELECT ${items.join(', ')} FROM ${SCRATCH}."${table}" ORDER BY rowid)`,
      )
    }
    const drop = async () => {
      if (tables.length > 0) await this.execute(tables.map((table) => `DROP TABLE ${SCRATCH}."${table}"`).join(';'))
    }
    return { sql: text, drop }
  }

  close(): void {
    this.connections.closeAll()
    this.#instance.closeSync()
  }
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  await connection.run(`CREATE TABLE ${SCRATCH}."${table}" (${columns.map((_, i) => `"c${i}" VARCHAR`).join(', ')})`)
  const appender = await connection.createAppender(table, '__scratch')
  for (const row of rows) {
    for (const cell of row) {
      if (cell === null) appender.appendNull()
      else appender.appendVarchar(cell)
    }
    appender.endRow()
  }
  appender.closeSync()
}

/** A JSON cell back to its value (driver-protocol.md#json-cells). */
function fromCell(column: Column, text: string): string {
  switch (column.type) {
    case 'fixed':
      return `CAST(${text} AS DECIMAL(${column.precision ?? 38},${column.scale ?? 0}))`
    case 'real':
      return `CAST(${text} AS DOUBLE)`
    case 'boolean':
      return `CAST(${text} AS BOOLEAN)`
    case 'date':
      return `SFX_CELL_DATE(${text})`
    case 'time':
      return `SFX_CELL_TIME(${text})`
    case 'timestamp_ntz':
      return `SFX_CELL_NTZ(${text})`
    case 'timestamp_ltz':
      return `SFX_CELL_LTZ(${text})`
    case 'timestamp_tz':
      return `SFX_CELL_TZ(${text})`
    case 'binary':
      return `unhex(${text})`
    case 'variant':
      return `CAST(${text} AS JSON)`
    case 'array':
      return `CAST(CAST(${text} AS JSON) AS JSON[])`
    case 'object':
      return `CAST(CAST(${text} AS JSON) AS MAP(VARCHAR, JSON))`
    default:
      return text
  }
}
