import { loadDataSet } from '../data/index.ts'
import type { Engine, EngineHost, EngineOptions, StatementOptions } from '../engine.ts'
import { Session, Warehouse } from './session/index.ts'
import { splitStatements } from './text/index.ts'

/** Opens an account with its data set, and runs `initSql` in it. */
export async function createEngine(options: EngineOptions, host: EngineHost): Promise<Engine> {
  const warehouse = await Warehouse.open(options.account)
  warehouse.catalogue.warehouses.set('COMPUTE_WH', { name: 'COMPUTE_WH', createdOn: Date.now(), size: 'X-Small' })
  const session = new Session(warehouse, host, {
    sessionId: '0',
    user: 'ICECORE_INIT',
    role: 'ACCOUNTADMIN',
    warehouse: 'COMPUTE_WH',
    database: null,
    schema: null,
    parameters: { TIMEZONE: 'UTC' },
  })
  const run = async (sql: string) => {
    for (const statement of splitStatements(sql)) {
      const { batches } = await session.execute(statement, SETUP)
      for await (const _batch of batches);
    }
  }
  const insert = async (sql: string, columns: readonly (readonly (string | null)[])[]) => {
    const bindings = Object.fromEntries(columns.map((value, i) => [String(i + 1), { type: 'TEXT', value }]))
    await session.execute(sql, { ...SETUP, bindings })
  }
  const generate = async ([database, schema, name]: readonly [string, string, string], duckQuery: string) => {
    const table = warehouse.catalogue.find({ database, schema, name })
    if (table?.kind === 'TABLE') await warehouse.execute(`INSERT INTO ${table.duckTable} ${duckQuery}`)
  }
  await loadDataSet({ run, insert, generate }, options)
  if (options.initSql) await run(options.initSql)
  await session.close()
  return {
    openSession: async (sessionOptions) => new Session(warehouse, host, sessionOptions),
    close: async () => warehouse.close(),
  }
}

const SETUP: StatementOptions = {
  bindings: {},
  parameters: {},
  describeOnly: false,
  queryId: '00000000-0000-0000-0000-000000000000',
  signal: new AbortController().signal,
}
