import type { Cell, StatementResult } from '../../engine.ts'
import { coerceParameter, DEFAULT_PARAMETERS } from '../../parameters.ts'
import type { Table } from '../catalogue/index.ts'
import { alreadyExists, compilationError, objectNotFound } from '../errors.ts'
import {
  EXECUTED,
  rowsResult,
  type Session,
  type Statement,
  statusResult,
  TYPE_ID,
  temporaryKey,
  textColumns,
} from '../session/index.ts'
import { type Cursor, display, duckName, fold, readName } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { toDuckType } from '../types/index.ts'
import { readColumns } from './create-table.ts'

/** `ALTER …`; what the emulator has no use for is taken as it comes. */
export async function alter(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('ALTER')
  if (cursor.take('SESSION')) return alterSession(session, cursor, statement)
  if (!statement.options.describeOnly) await session.end('COMMIT')
  if (cursor.at('TABLE')) return alterTable(session, cursor, statement)
  const text = statement.sql
  const pat = /\bADD\s+(?:PROGRAMMATIC\s+ACCESS\s+TOKEN|PAT)\s+("?[\w$]+"?)/i.exec(text)
  if (cursor.at('USER') && pat) {
    const rows: Cell[][] = [[(pat[1] ?? '').toUpperCase(), `invented-pat-${statement.options.queryId}`]]
    return rowsResult(textColumns(['token_name', 'token_secret']), rows, TYPE_ID.accessTokens)
  }
  return statusResult(EXECUTED, TYPE_ID.ddl)
}

async function alterSession(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  const isSet = cursor.take('SET')
  if (!isSet) cursor.expect('UNSET')
  const changes: [string, string | number | boolean][] = []
  while (!cursor.done) {
    if (cursor.take(',')) continue
    const name = fold(cursor.next())
    const standard = DEFAULT_PARAMETERS[name]
    if (standard === undefined)
      throw compilationError('001422', '22023', `invalid value [${name}] for parameter '${name}'`)
    if (!isSet) {
      changes.push([name, standard])
      continue
    }
    cursor.expect('=')
    const sign = cursor.take('-') ? '-' : ''
    changes.push([name, coerceParameter(name, sign + cursor.next().text)])
  }
  if (!statement.options.describeOnly) {
    for (const [name, value] of changes) {
      if (name === 'TIMEZONE') checkTimeZone(String(value))
      if (name === 'AUTOCOMMIT' && value === true) await session.end('COMMIT')
      session.parameters.set(name, value)
    }
  }
  return statusResult(EXECUTED, TYPE_ID.alterSession)
}

function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    throw compilationError('001023', '22023', `invalid value [${name}] for parameter 'TIMEZONE'`)
  }
}

async function alterTable(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('TABLE')
  const ifExists = cursor.take('IF', 'EXISTS')
  const { catalogue } = session.warehouse
  const parts = readName(cursor, session.variableText)
  const path = catalogue.path(parts, session.context)
  const table = session.find(path)
  if (table?.kind !== 'TABLE') {
    if (ifExists) return statusResult(EXECUTED, TYPE_ID.ddl)
    throw objectNotFound('Object', parts.map(display).join('.'))
  }
  if (!statement.options.describeOnly) await changeTable(session, cursor, table)
  return statusResult(EXECUTED, TYPE_ID.ddl)
}

async function changeTable(session: Session, cursor: Cursor, table: Table): Promise<void> {
  const run = async (change: string) => {
    try {
      await session.warehouse.execute(`ALTER TABLE ${table.duckTable} ${change}`)
    } catch (error) {
      throw translateError(error)
    }
  }
  if (cursor.take('RENAME', 'TO')) return rename(session, table, readName(cursor, session.variableText))
  if (cursor.take('SWAP', 'WITH')) return swap(session, table, readName(cursor, session.variableText))
  if (cursor.take('RENAME', 'COLUMN')) {
    const from = fold(cursor.next())
    cursor.expect('TO')
    const to = fold(cursor.next())
    await run(`RENAME ${duckName(from)} TO ${duckName(to)}`)
    return replace(session, table, {
      columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
    })
  }
  if (
    cursor.take('DROP', 'COLUMN') ||
    (cursor.at('DROP') && cursor.peek(1)?.kind !== 'symbol' && cursor.take('DROP'))
  ) {
    cursor.take('IF', 'EXISTS')
    const name = fold(cursor.next())
    if (!table.columns.some((column) => column.name === name)) return
    await run(`DROP ${duckName(name)}`)
    return replace(session, table, { columns: table.columns.filter((column) => column.name !== name) })
  }
  if (
    cursor.take('ADD', 'COLUMN') ||
    (cursor.at('ADD') &&
      cursor.peek(2)?.kind === 'word' &&
      !['ROW', 'SEARCH', 'CONSTRAINT', 'PRIMARY'].includes(cursor.peek(1)?.keyword ?? '') &&
      cursor.take('ADD'))
  ) {
    cursor.take('IF', 'NOT', 'EXISTS')
    const added = readColumns(cursor.sql, cursor.tokens.slice(cursor.index))
    for (const column of added) {
      if (table.columns.some((existing) => existing.name === column.name))
        throw compilationError('001430', '42601', `column '${display(column.name)}' already exists`)
      await run(`ADD COLUMN ${duckName(column.name)} ${toDuckType(column.type)}`)
    }
    return replace(session, table, { columns: [...table.columns, ...added] })
  }
}

function replace(session: Session, table: Table, changes: Partial<Table>): void {
  const changed = { ...table, ...changes }
  if (session.temporary.has(temporaryKey(table))) session.temporary.set(temporaryKey(table), changed)
  else session.warehouse.catalogue.add(changed, true)
}

function rename(session: Session, table: Table, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const path = catalogue.path(parts, { database: table.database, schema: table.schema })
  if (session.find(path)) throw alreadyExists(display(path.name))
  if (session.temporary.delete(temporaryKey(table))) {
    session.temporary.set(temporaryKey(path), { ...table, ...path })
    return
  }
  catalogue.add({ ...table, ...path }, false)
  catalogue.remove(table)
}

function swap(session: Session, table: Table, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const other = catalogue.find(catalogue.path(parts, session.context))
  if (other?.kind !== 'TABLE') throw objectNotFound('Object', parts.map(display).join('.'))
  const { database, schema, name } = table
  catalogue.add({ ...other, database, schema, name }, true)
  catalogue.add({ ...table, database: other.database, schema: other.schema, name: other.name }, true)
}
