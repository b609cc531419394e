import type { Cell, Column, QueryHistoryEntry } from '../../engine.ts'
import type { HostRows } from '../rewrite/index.ts'
import { fixed, LTZ, type SnowflakeType, secondsText, TEXT, toColumn } from '../types/index.ts'

const NUMBER = fixed(38, 0)

const COLUMNS: readonly (readonly [string, SnowflakeType, (entry: QueryHistoryEntry) => Cell])[] = [
  ['QUERY_ID', TEXT, (entry) => entry.queryId],
  ['QUERY_TEXT', TEXT, (entry) => entry.queryText],
  ['DATABASE_NAME', TEXT, (entry) => entry.databaseName],
  ['SCHEMA_NAME', TEXT, (entry) => entry.schemaName],
  ['QUERY_TYPE', TEXT, (entry) => entry.queryType],
  ['SESSION_ID', NUMBER, (entry) => entry.sessionId],
  ['USER_NAME', TEXT, (entry) => entry.userName],
  ['ROLE_NAME', TEXT, (entry) => entry.roleName],
  ['WAREHOUSE_NAME', TEXT, (entry) => entry.warehouseName],
  ['QUERY_TAG', TEXT, (entry) => entry.queryTag],
  [
    'EXECUTION_STATUS',
    TEXT,
    (entry) => (entry.executionStatus === 'ABORTED' ? 'FAILED_WITH_INCIDENT' : entry.executionStatus),
  ],
  ['ERROR_CODE', TEXT, (entry) => entry.errorCode],
  ['ERROR_MESSAGE', TEXT, (entry) => entry.errorMessage],
  ['START_TIME', LTZ, (entry) => instant(entry.startTime)],
  ['END_TIME', LTZ, (entry) => (entry.endTime === null ? null : instant(entry.endTime))],
  [
    'TOTAL_ELAPSED_TIME',
    NUMBER,
    (entry) => (entry.endTime === null ? null : String(Math.round(entry.endTime - entry.startTime))),
  ],
  ['ROWS_PRODUCED', NUMBER, (entry) => (entry.rowsProduced === null ? null : String(entry.rowsProduced))],
]

function instant(milliseconds: number): string {
  return secondsText(BigInt(Math.round(milliseconds)) * 1_000_000n, 9)
}

interface Asker {
  readonly sessionId: string
  readonly user: string
  readonly host: { history(): Iterable<QueryHistoryEntry> }
}

/** `INFORMATION_SCHEMA.QUERY_HISTORY*()`: newest first, a hundred unless told. */
export function historyRows(asker: Asker, name: string, args: ReadonlyMap<string, string>): HostRows {
  const limit = Number(args.get('RESULT_LIMIT') ?? 100)
  const session = name === 'QUERY_HISTORY_BY_SESSION' ? (args.get('SESSION_ID') ?? asker.sessionId) : undefined
  const user = name === 'QUERY_HISTORY_BY_USER' ? (args.get('USER_NAME') ?? asker.user).toUpperCase() : undefined
  const warehouse = args.get('WAREHOUSE_NAME')?.toUpperCase()
  const entries = [...asker.host.history()].filter(
    (entry) =>
      (session === undefined || entry.sessionId === session) &&
      (user === undefined || entry.userName.toUpperCase() === user) &&
      (warehouse === undefined || entry.warehouseName === warehouse),
  )
  const columns: Column[] = COLUMNS.map(([columnName, type]) => toColumn(columnName, type, true))
  const rows = entries
    .reverse()
    .slice(0, limit)
    .map((entry) => COLUMNS.map(([, , read]) => read(entry)))
  return { columns, rows }
}
