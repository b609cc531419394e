import type { DuckDBResultReader } from '@duckdb/node-api'
import { canceled, translateError } from '../errors.ts'
import type { Needs } from '../rewrite/index.ts'
import type { Session, Statement } from '../session/index.ts'

/** Runs finished DuckDB SQL that changes data, in the session's transaction; an abort interrupts it. */
export async function executeText(
  session: Session,
  statement: Statement,
  sql: string,
  needs: Needs,
): Promise<DuckDBResultReader> {
  const { options } = statement
  await session.wait(needs.wait, options.signal)
  await session.beforeChange()
  const scratch = await session.warehouse.loadScratch(sql, needs.scratch)
  const lease = await session.lease(options)
  const interrupt = () => lease.connection.interrupt()
  options.signal.addEventListener('abort', interrupt, { once: true })
  try {
    return await lease.connection.runAndReadAll(scratch.sql)
  } catch (error) {
    throw options.signal.aborted ? canceled() : translateError(error)
  } finally {
    options.signal.removeEventListener('abort', interrupt)
    lease.release()
    await scratch.drop()
  }
}
