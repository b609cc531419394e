import type { Cell, Column, StatementResult } from '../../engine.ts'
import { fixed, TEXT, toColumn } from '../types/index.ts'

/** `statementTypeId` (driver-protocol.md#statement-types). */
export const TYPE_ID = {
  select: 0x1000,
  explain: 0x2000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  multiInsert: 0x3500,
  copy: 0x3600,
  unload: 0x3700,
  scl: 0x4000,
  alterSession: 0x4100,
  use: 0x4300,
  show: 0x4400,
  describe: 0x4500,
  list: 0x4701,
  tcl: 0x5000,
  ddl: 0x6000,
  accessTokens: 0x6244,
  get: 0x7101,
  put: 0x7102,
  remove: 0x7103,
  call: 0x9000,
} as const

export async function* noBatches(): AsyncGenerator<never> {}

async function* oneBatch(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly (readonly Cell[])[]> {
  if (rows.length > 0) yield rows
}

export function rowsResult(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  statementTypeId: number,
): StatementResult {
  return { columns, batches: oneBatch(rows), statementTypeId, numberOfBinds: 0 }
}

/** What DDL, `USE`, `ALTER SESSION` and transactions answer. */
export function statusResult(status: string, statementTypeId: number): StatementResult {
  return rowsResult([toColumn('status', TEXT, false)], [[status]], statementTypeId)
}

export const EXECUTED = 'Statement executed successfully.'

/** The counts that DML answers, one column each. */
export function countsResult(
  counts: Readonly<Record<string, number>>,
  stats: Readonly<Record<string, number>>,
  statementTypeId: number,
  numberOfBinds: number,
): StatementResult {
  const columns = Object.keys(counts).map((name) => toColumn(name, fixed(19, 0), false))
  const rows = [Object.values(counts).map(String)]
  return { columns, batches: oneBatch(rows), statementTypeId, stats, numberOfBinds }
}

export function textColumns(names: readonly string[]): Column[] {
  return names.map((name) => toColumn(name, TEXT, true))
}
