/** kysely over the SQLite thread. Reading and single statements only: what belongs together goes through `batch`. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqlStatement, SqlValue } from './sqlite-protocol.ts'
import type { SqliteThread } from './sqlite-thread.ts'

/** What the dialect asks of a thread. */
export type Queries = Pick<SqliteThread, 'query' | 'close'>

export function sqliteDialect(thread: Queries): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(thread),
    createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function toStatement({ sql, parameters }: CompiledQuery): SqlStatement {
  return { sql, parameters: parameters as readonly SqlValue[] }
}

function driverOf(thread: Queries): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await thread.query(toStatement(query))
      return { rows: rows as unknown as R[], numAffectedRows: BigInt(changes) }
    },
    streamQuery: () => {
      throw new Error('the index does not stream: ask for a page')
    },
  }
  const noTransactions = (): Promise<void> =>
    Promise.reject(new Error('the connection is shared by all callers: use SqliteThread.batch'))
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: noTransactions,
    commitTransaction: noTransactions,
    rollbackTransaction: noTransactions,
    releaseConnection: () => Promise.resolve(),
    destroy: () => thread.close(),
  }
}
