import type { Cell, StatementResult } from '../../engine.ts'
import { SqlError } from '../../engine.ts'
import { compilationError, objectNotFound, operationNotPossible } from '../errors.ts'
import type { VariableValue } from '../rewrite/index.ts'
import { EXECUTED, runQuery, type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { type Cursor, display, fold, readName } from '../text/index.ts'

/** `USE …`. */
export function use(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  cursor.expect('USE')
  const { context, warehouse } = session
  const { catalogue } = warehouse
  const changes: Partial<typeof context> = {}
  if (cursor.take('SECONDARY', 'ROLES')) {
    changes.secondaryRoles = cursor.next().keyword === 'NONE' ? 'NONE' : 'ALL'
  } else if (cursor.take('ROLE')) {
    changes.role = roleToUse(session, readName(cursor, session.variableText)[0] ?? '')
  } else if (cursor.take('WAREHOUSE')) {
    const [name = ''] = readName(cursor, session.variableText)
    if (!catalogue.warehouses.has(name)) throw operationNotPossible()
    changes.warehouse = name
  } else {
    const kind = cursor.takeAny(['DATABASE', 'SCHEMA'])
    const parts = readName(cursor, session.variableText)
    const [last = '', first] = [...parts].reverse()
    if (kind === 'SCHEMA' || first !== undefined) {
      const database = first ?? context.database
      if (database === null)
        throw compilationError(
          '090105',
          '22000',
          `Cannot perform USE SCHEMA. This session does not have a current database.`,
        )
      if (!catalogue.databases.get(database)?.schemas.has(last)) throw operationNotPossible()
      Object.assign(changes, { database, schema: last })
    } else {
      if (!catalogue.databases.has(last)) throw operationNotPossible()
      Object.assign(changes, {
        database: last,
        schema: catalogue.database(last).schemas.has('PUBLIC') ? 'PUBLIC' : null,
      })
    }
  }
  if (!statement.options.describeOnly) Object.assign(context, changes)
  return statusResult(EXECUTED, TYPE_ID.use)
}

function roleToUse(session: Session, name: string): string {
  if (session.roles.includes(name)) return name
  if (!session.warehouse.catalogue.roles.has(name)) throw operationNotPossible()
  throw new SqlError(
    '003013',
    '42501',
    `SQL access control error:\nRequested role '${display(name)}' is not assigned to the executing user. Specify another role to activate.`,
  )
}

/** `SET x = …`, `SET (x, y) = (…, …)`. */
export async function setVariables(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('SET')
  const names = cursor.at('(')
    ? cursor
        .group()
        .filter((token) => token.keyword !== ',')
        .map(fold)
    : [fold(cursor.next())]
  cursor.expect('=')
  const text = cursor.rest()
  const select =
    names.length > 1 && !/^\(\s*select\b/i.test(text)
      ? `SELECT ${text.replace(/^\(/, '').replace(/\)\s*$/, '')}`
      : /^\(\s*select\b/i.test(text)
        ? text
        : `SELECT ${text}`
  const { columns, batches } = await runQuery(session, { sql: select, options: statement.options })
  const rows: (readonly Cell[])[] = []
  for await (const batch of batches) rows.push(...batch)
  if (rows.length > 1) throw new SqlError('090150', '22000', 'Single-row subquery returns more than one row.')
  if (columns.length !== names.length)
    throw compilationError('001945', '42601', 'The number of variables and of values differ')
  if (!statement.options.describeOnly) {
    names.forEach((name, i) => {
      const type = columns[i]?.type
      const known = type === 'text' || type === 'fixed' || type === 'real' || type === 'boolean'
      const cell = rows[0]?.[i] ?? null
      const value: VariableValue = {
        type: known ? type : 'other',
        text: type === 'boolean' && cell !== null ? String(cell === '1') : cell,
      }
      session.variables.set(name, value)
    })
  }
  return statusResult(EXECUTED, TYPE_ID.scl)
}

export function unsetVariables(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  cursor.expect('UNSET')
  const tokens = cursor.at('(') ? cursor.group() : [cursor.next()]
  if (!statement.options.describeOnly)
    for (const token of tokens) if (token.keyword !== ',') session.variables.delete(fold(token))
  return statusResult(EXECUTED, TYPE_ID.scl)
}

/** `BEGIN`, `START TRANSACTION`, `COMMIT`, `ROLLBACK`. */
export async function transaction(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  const word = cursor.next().keyword
  if (!statement.options.describeOnly) {
    if (word === 'COMMIT' || word === 'ROLLBACK') await session.end(word)
    else await session.begin()
  }
  return statusResult(EXECUTED, TYPE_ID.tcl)
}

export async function truncate(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('TRUNCATE')
  cursor.take('TABLE')
  const ifExists = cursor.take('IF', 'EXISTS')
  const parts = readName(cursor, session.variableText)
  const table = session.find(session.warehouse.catalogue.path(parts, session.context))
  if (table?.kind === 'TABLE') {
    if (!statement.options.describeOnly) {
      await session.end('COMMIT')
      await session.warehouse.execute(`DELETE FROM ${table.duckTable}`)
      session.warehouse.touch(table)
    }
  } else if (!ifExists) {
    throw objectNotFound('Object', parts.map(display).join('.'))
  }
  return statusResult(EXECUTED, TYPE_ID.ddl)
}
