import type { StatementResult } from '../../engine.ts'
import { type CatalogueObject, renameKeyColumn, type Table } from '../catalogue/index.ts'
import { alreadyExists, compilationError, objectNotFound } from '../errors.ts'
import { EXECUTED, type Session, type Statement, statusResult, TYPE_ID, temporaryKey } from '../session/index.ts'
import { type Cursor, display, duckName, fold, readName } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { alterColumns } from './alter-columns.ts'
import { addedColumnText } from './create-table.ts'
import { readColumns, takeKey } from './read-columns.ts'
import { resolveKeys } from './resolve-keys.ts'
import { changePolicy, changeTags } from './set-tag.ts'

/** `ALTER TABLE …`; what the emulator has no use for is taken as it comes. */
export async function alterTable(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
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
  if (!statement.options.describeOnly) await changeTable(session, cursor, table, statement)
  return statusResult(EXECUTED, TYPE_ID.ddl)
}

async function changeTable(session: Session, cursor: Cursor, table: Table, statement: Statement): Promise<void> {
  const run = async (change: string) => {
    try {
      await session.warehouse.execute(`ALTER TABLE ${table.duckTable} ${change}`)
    } catch (error) {
      throw translateError(error)
    }
  }
  const place = { database: table.database, schema: table.schema, name: table.name, column: '' }
  if (cursor.takeAny(['ALTER', 'MODIFY']) !== undefined) return alterColumns(session, cursor, table)
  if (cursor.take('SET', 'TAG')) return changeTags(session, cursor, { domain: 'TABLE', on: place }, true)
  if (cursor.take('UNSET', 'TAG')) return changeTags(session, cursor, { domain: 'TABLE', on: place }, false)
  if (cursor.take('ADD', 'ROW', 'ACCESS', 'POLICY'))
    return changePolicy(session, cursor, 'ROW ACCESS POLICY', { domain: 'TABLE', on: place }, true)
  if (cursor.take('DROP', 'ROW', 'ACCESS', 'POLICY') || cursor.take('DROP', 'ALL', 'ROW', 'ACCESS', 'POLICIES'))
    return changePolicy(session, cursor, 'ROW ACCESS POLICY', { domain: 'TABLE', on: place }, false)
  if (cursor.take('SET', 'COMMENT', '=')) return replaceObject(session, table, { comment: cursor.next().text })
  if (cursor.take('UNSET', 'COMMENT')) return replaceObject(session, table, { comment: '' })
  if (cursor.take('RENAME', 'TO')) return rename(session, table, readName(cursor, session.variableText))
  if (cursor.take('SWAP', 'WITH')) return swap(session, table, readName(cursor, session.variableText))
  if (cursor.take('RENAME', 'COLUMN')) {
    const from = fold(cursor.next())
    cursor.expect('TO')
    const to = fold(cursor.next())
    await run(`RENAME ${duckName(from)} TO ${duckName(to)}`)
    return replaceObject(session, table, {
      columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
      keys: renameKeyColumn(table.keys, from, to),
    })
  }
  if (cursor.take('DROP', 'PRIMARY', 'KEY'))
    return replaceObject(session, table, { keys: table.keys.filter(({ kind }) => kind !== 'PRIMARY KEY') })
  if (cursor.take('DROP', 'CONSTRAINT')) {
    const dropped = fold(cursor.next())
    return replaceObject(session, table, { keys: table.keys.filter(({ name }) => name !== dropped) })
  }
  if (
    cursor.take('DROP', 'COLUMN') ||
    (cursor.at('DROP') && cursor.peek(1)?.kind !== 'symbol' && cursor.take('DROP'))
  ) {
    cursor.take('IF', 'EXISTS')
    const name = fold(cursor.next())
    if (!table.columns.some((column) => column.name === name)) return
    await run(`DROP ${duckName(name)}`)
    return replaceObject(session, table, {
      columns: table.columns.filter((column) => column.name !== name),
      keys: table.keys.filter(({ columns }) => !columns.includes(name)),
    })
  }
  if (
    cursor.take('ADD', 'COLUMN') ||
    (cursor.at('ADD') &&
      cursor.peek(2)?.kind === 'word' &&
      !['ROW', 'SEARCH', ...KEY_WORDS].includes(cursor.peek(1)?.keyword ?? '') &&
      cursor.take('ADD'))
  ) {
    cursor.take('IF', 'NOT', 'EXISTS')
    const added = readColumns(cursor.sql, cursor.tokens.slice(cursor.index))
    for (const column of added.columns) {
      if (table.columns.some((existing) => existing.name === column.name))
        throw compilationError('001430', '42601', `column '${display(column.name)}' already exists`)
      await run(`ADD COLUMN ${addedColumnText(session, column, statement)}`)
    }
    return replaceObject(session, table, {
      columns: [...table.columns, ...added.columns],
      keys: resolveKeys(session, table, added.keys, table.keys),
    })
  }
  if (cursor.at('ADD') && KEY_WORDS.includes(cursor.peek(1)?.keyword ?? '')) {
    cursor.expect('ADD')
    const key = takeKey(cursor)
    if (key) return replaceObject(session, table, { keys: resolveKeys(session, table, [key], table.keys) })
  }
}

const KEY_WORDS: readonly string[] = ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN']

/** Puts a changed table or view in the place of the old one. */
export function replaceObject(
  session: Session,
  object: CatalogueObject,
  changes: Partial<Pick<Table, 'columns' | 'comment' | 'keys'>>,
): void {
  const changed = { ...object, ...changes }
  if (changed.kind === 'TABLE' && session.temporary.has(temporaryKey(object)))
    session.temporary.set(temporaryKey(object), changed)
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
