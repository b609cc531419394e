import type { CatalogueColumn, Table } from '../catalogue/index.ts'
import { compilationError, invalidIdentifier } from '../errors.ts'
import type { Session } from '../session/index.ts'
import { Cursor, display, duckName, fold, splitAtCommas } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { readType, renderType, toDuckType } from '../types/index.ts'
import { replaceObject } from './alter-table.ts'
import { changePolicy, changeTags, type Place } from './set-tag.ts'

/** `ALTER TABLE t ALTER | MODIFY [(] [COLUMN] c …, … [)]`, behind that word. */
export async function alterColumns(session: Session, cursor: Cursor, table: Table): Promise<void> {
  const tokens = cursor.at('(') ? cursor.group() : cursor.tokens.slice(cursor.index)
  let changed = table
  for (const part of splitAtCommas(tokens)) {
    const column = new Cursor(cursor.sql, part)
    column.take('COLUMN')
    const name = fold(column.next())
    const before = changed.columns.find((candidate) => candidate.name === name)
    if (!before) throw invalidIdentifier(display(name))
    const after = await alterColumn(session, column, changed, before)
    changed = { ...changed, columns: changed.columns.map((other) => (other === before ? after : other)) }
  }
  replaceObject(session, table, { columns: changed.columns })
}

async function alterColumn(
  session: Session,
  cursor: Cursor,
  table: Table,
  column: CatalogueColumn,
): Promise<CatalogueColumn> {
  const run = async (change: string) => {
    try {
      await session.warehouse.execute(`ALTER TABLE ${table.duckTable} ALTER ${duckName(column.name)} ${change}`)
    } catch (error) {
      throw translateError(error)
    }
  }
  const on = { database: table.database, schema: table.schema, name: table.name, column: column.name }
  const place: Place = { domain: 'COLUMN', on }
  if (cursor.take('COMMENT')) return { ...column, comment: cursor.next().text }
  if (cursor.take('UNSET', 'COMMENT')) return { ...column, comment: '' }
  if (cursor.take('SET', 'NOT', 'NULL') || cursor.take('NOT', 'NULL')) {
    await run('SET NOT NULL')
    return { ...column, nullable: false }
  }
  if (cursor.take('DROP', 'NOT', 'NULL')) {
    await run('DROP NOT NULL')
    return { ...column, nullable: true }
  }
  if (cursor.take('DROP', 'DEFAULT')) {
    await run('DROP DEFAULT')
    const { default: _default, ...rest } = column
    return rest
  }
  for (const isSet of [true, false]) {
    const verb = isSet ? 'SET' : 'UNSET'
    if (cursor.take(verb, 'TAG')) {
      changeTags(session, cursor, place, isSet)
      return column
    }
    for (const kind of ['MASKING POLICY', 'PROJECTION POLICY'])
      if (cursor.take(verb, ...kind.split(' '))) {
        changePolicy(session, cursor, kind, place, isSet)
        return column
      }
  }
  if (cursor.take('SET', 'DATA')) cursor.expect('TYPE')
  else cursor.take('TYPE')
  const type = readType(cursor)
  if (!type) return column
  if (type.name !== column.type.name)
    throw compilationError(
      '002108',
      '22023',
      `cannot change column ${display(column.name)} from type ${renderType(column.type)} to ${renderType(type)}`,
    )
  if (toDuckType(type) !== toDuckType(column.type)) await run(`SET DATA TYPE ${toDuckType(type)}`)
  return { ...column, type }
}
