import type { StatementResult } from '../../engine.ts'
import { syntaxError, unsupported } from '../errors.ts'
import { callProcedure, runAnonymousBlock } from '../scripting/index.ts'
import {
  EXECUTED,
  rewriteQueryText,
  rowsResult,
  runQuery,
  type Session,
  type Statement,
  statusResult,
  TYPE_ID,
  textColumns,
} from '../session/index.ts'
import { Cursor, isTransaction } from '../text/index.ts'
import { alter } from './alter.ts'
import { comment } from './comment.ts'
import { create } from './create.ts'
import { describe } from './describe.ts'
import { insert, remove, update } from './dml.ts'
import { drop } from './drop.ts'
import { executeImmediate } from './execute-immediate.ts'
import { stageCommand, transferFile } from './files.ts'
import { merge } from './merge.ts'
import { setVariables, transaction, truncate, unsetVariables, use } from './session-commands.ts'
import { show } from './show.ts'
import { undrop } from './undrop.ts'

/** Commands that step over what they do not know, and would leave out the rest of a pipe. */
const SKIPPING = new Set(['SHOW', 'DESC', 'DESCRIBE'])

/** Runs one statement by its first words. */
export async function runStatement(session: Session, statement: Statement): Promise<StatementResult> {
  // Their paths may hold what looks like comments.
  if (/^\s*(?:PUT|GET)\s/i.test(statement.sql)) return transferFile(session, statement)
  const cursor = new Cursor(statement.sql)
  const first = cursor.peek()
  if (!first) throw syntaxError(statement.sql, 0, '<EOF>')
  if (SKIPPING.has(first.keyword ?? '') && cursor.tokens.some(({ keyword }) => keyword === '->>'))
    throw unsupported('->>')
  switch (first.keyword) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
    case '(':
      return runQuery(session, statement)
    case 'INSERT':
      return insert(session, statement)
    case 'UPDATE':
      return update(session, statement)
    case 'DELETE':
      return remove(session, statement)
    case 'MERGE':
      return merge(session, statement)
    case 'CREATE':
      return create(session, cursor, statement)
    case 'DROP':
      return drop(session, cursor, statement)
    case 'ALTER':
      return alter(session, cursor, statement)
    case 'TRUNCATE':
      return truncate(session, cursor, statement)
    case 'USE':
      return use(session, cursor, statement)
    case 'SET':
      return setVariables(session, cursor, statement)
    case 'UNSET':
      return unsetVariables(session, cursor, statement)
    case 'BEGIN':
    case 'START':
    case 'COMMIT':
    case 'ROLLBACK':
      if (first.keyword === 'BEGIN' && !isTransaction(cursor.peek(1))) return runAnonymousBlock(session, statement)
      return transaction(session, cursor, statement)
    case 'SHOW':
      return show(session, cursor)
    case 'DESC':
    case 'DESCRIBE':
      return describe(session, cursor, statement)
    case 'EXPLAIN':
      return explain(session, cursor, statement)
    case 'EXECUTE':
      return executeImmediate(session, cursor, statement)
    case 'LIST':
    case 'LS':
    case 'REMOVE':
    case 'RM':
    case 'COPY':
      return stageCommand(statement, first.keyword)
    case 'UNDROP':
      return undrop(session, cursor, statement)
    case 'GRANT':
    case 'REVOKE':
      return statusResult(EXECUTED, TYPE_ID.ddl)
    case 'COMMENT':
      return comment(session, cursor, statement)
    case 'DECLARE':
      return runAnonymousBlock(session, statement)
    case 'CALL':
      return callProcedure(session, cursor, statement)
    default:
      throw cursor.unexpected()
  }
}

/** DuckDB's plan in place of Snowflake's: that the statement compiles is what clients ask. */
async function explain(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('EXPLAIN')
  if (cursor.take('USING')) cursor.skip()
  const inner = { ...statement, sql: cursor.rest() }
  const { sql, needs } = rewriteQueryText(session, inner)
  const scratch = await session.warehouse.loadScratch(sql, needs.scratch)
  try {
    const plan = await session.warehouse.run((connection) => connection.runAndReadAll(`EXPLAIN ${scratch.sql}`))
    const rows = plan.getRows().map((row, i) => [String(i), String(row[1] ?? '')])
    return rowsResult(textColumns(['step', 'operation']), rows, TYPE_ID.explain)
  } finally {
    await scratch.drop()
  }
}
