/** The thread that owns the SQLite connection: a transaction of a few hundred rows would hold up the event loop. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseOptions, SqliteRequest, SqliteResponse, SqliteResult, SqlStatement } from './sqlite-protocol.ts'

/** How long to wait for another process that is writing the same index. */
const BUSY_MS = 5_000
const MAX_PREPARED = 100

const NOTHING: SqliteResult = { rows: [], changes: 0 }
const options = workerData as DatabaseOptions
const database = new DatabaseSync(options.path, { readOnly: options.readOnly, timeout: BUSY_MS })
if (!options.readOnly) {
  // The index can always be made again from the journal, so losing its last transactions costs nothing.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
}
const prepared = new Map<string, StatementSync>()

parentPort?.on('message', (request: SqliteRequest) => {
  parentPort?.postMessage(answer(request))
  if (request.op === 'close') {
    parentPort?.close()
  }
})

function answer(request: SqliteRequest): SqliteResponse {
  try {
    return { id: request.id, ok: true, result: perform(request) }
  } catch (error) {
    return { id: request.id, ok: false, message: (error as Error).message }
  }
}

function perform(request: SqliteRequest): SqliteResult {
  switch (request.op) {
    case 'query':
      return run(request.statement)
    case 'batch':
      return runBatch(request.guard, request.statements)
    case 'close':
      database.close()
      return NOTHING
  }
}

function run({ sql, parameters }: SqlStatement): SqliteResult {
  const statement = prepare(sql)
  if (statement.columns().length > 0) {
    const rows = statement.all(...parameters) as SqliteResult['rows']
    return { rows, changes: rows.length }
  }
  return { rows: [], changes: Number(statement.run(...parameters).changes) }
}

function runBatch(guard: SqlStatement | null, statements: readonly SqlStatement[]): SqliteResult {
  database.exec('BEGIN IMMEDIATE')
  try {
    if (guard !== null && run(guard).changes === 0) {
      database.exec('ROLLBACK')
      return NOTHING
    }
    for (const statement of statements) {
      run(statement)
    }
    database.exec('COMMIT')
    return { rows: [], changes: 1 }
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function prepare(sql: string): StatementSync {
  const known = prepared.get(sql)
  if (known !== undefined) {
    return known
  }
  if (prepared.size >= MAX_PREPARED) {
    prepared.clear()
  }
  const statement = database.prepare(sql)
  prepared.set(sql, statement)
  return statement
}
