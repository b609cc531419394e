/** The status of a statement that the upstream has not taken yet, in the form of `GET /monitoring/queries/{id}`. */
import { encodeSuccess } from '../../core/wire/index.ts'
import { failureOfRun, type StatementRun } from '../../gate/index.ts'

/**
 * QUEUED while it waits, never BLOCKED, which Node, Go and .NET take for a failure; an ended one says why, since drivers
 * show `errorMessage` (driver-protocol.md#status-of-a-query).
 */
export function encodeRunStatus(run: StatementRun, queryId: string): Uint8Array {
  const failure = failureOfRun(run)
  const status = failure === null ? 'QUEUED' : 'FAILED_WITH_ERROR'
  const query = {
    id: queryId,
    status,
    state: status,
    errorCode: failure?.code ?? '',
    errorMessage: failure?.message ?? '',
    sqlText: run.request.sqlText,
    totalDuration: run.durationMs,
    sessionId: 0,
    stats: {},
  }
  return encodeSuccess({ queries: [query] })
}
