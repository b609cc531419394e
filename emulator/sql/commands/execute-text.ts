import type { DuckDBResultReader } from '@duckdb/node-api'
import { canceled } from '../errors.ts'
import type { Needs } from '../rewrite/index.ts'
import { interruptOnAbort, type Session, type Statement } from '../session/index.ts'
import { translateError } from '../translate-error.ts'

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
  const endWatch = interruptOnAbort(lease.connection, options.signal)
  try {
    return await lease.connection.runAndReadAll(scratch.sql)
  } catch (error) {
    throw options.signal.aborted ? canceled() : translateError(error)
  } finally {
    endWatch()
    lease.release()
    await scratch.drop()
  }
}
