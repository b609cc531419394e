import { SHOP_VIEWS, shopTables } from './shop.ts'
import { tpchTables } from './tpch.ts'

/** How the data set gets into the warehouse. */
export interface DataSink {
  /** Runs Snowflake SQL. */
  run(sql: string): Promise<void>
  /** Runs one INSERT with an array of values for each `?`. */
  insert(sql: string, columns: readonly (readonly (string | null)[])[]): Promise<void>
  /** Fills a table with what a query of DuckDB's gives. */
  generate(table: readonly [database: string, schema: string, name: string], duckQuery: string): Promise<void>
}

export interface DataSetOptions {
  readonly seed: number
  readonly tpchScale: number
  readonly withShop?: boolean
}

/** Makes TPC-H and the shop, the same for the same seed. */
export async function loadDataSet(sink: DataSink, options: DataSetOptions): Promise<void> {
  if (options.withShop !== false) await loadShop(sink, options.seed)
  if (options.tpchScale > 0) await loadTpch(sink, options)
}

async function loadShop(sink: DataSink, seed: number): Promise<void> {
  await sink.run('CREATE DATABASE SHOP')
  for (const schema of ['SALES', 'CRM', 'HR', 'PAYMENTS']) await sink.run(`CREATE SCHEMA SHOP.${schema}`)
  for (const table of shopTables(seed)) {
    const name = `SHOP.${table.schema}.${table.name}`
    await sink.run(
      `CREATE TABLE ${name} (${table.columns.map((column) => `${column.name} ${column.type}`).join(', ')})`,
    )
    const places = table.columns.map((column) => (column.type === 'VARIANT' ? 'PARSE_JSON(?)' : '?'))
    const columns = table.columns.map((_, i) => table.rows.map((row) => row[i] ?? null))
    await sink.insert(`INSERT INTO ${name} VALUES (${places.join(', ')})`, columns)
  }
  for (const view of SHOP_VIEWS) await sink.run(view)
}

async function loadTpch(sink: DataSink, options: DataSetOptions): Promise<void> {
  const [database, schema] = ['SNOWFLAKE_SAMPLE_DATA', 'TPCH_SF1'] as const
  await sink.run(`CREATE DATABASE ${database}; CREATE SCHEMA ${database}.${schema}`)
  for (const table of tpchTables(options.seed, options.tpchScale)) {
    await sink.run(`CREATE TABLE ${database}.${schema}.${table.name} (${table.columns})`)
    await sink.generate([database, schema, table.name], table.rows)
  }
}
