import type { Cell, StatementResult } from '../../engine.ts'
import { operationNotPossible, unsupported } from '../errors.ts'
import { flag } from '../metadata/show-rows.ts'
import { rowsResult, type Session, TYPE_ID } from '../session/index.ts'
import { type Cursor, readName } from '../text/index.ts'
import { renderType, TEXT, toColumn } from '../types/index.ts'

/** `DESCRIBE TABLE | VIEW | USER`. */
export function describe(session: Session, cursor: Cursor): StatementResult {
  if (cursor.takeAny(['DESC', 'DESCRIBE']) === undefined) throw cursor.unexpected()
  const kind = cursor.takeAny(['TABLE', 'VIEW', 'USER', 'RESULT'])
  if (kind === 'RESULT') throw unsupported('DESCRIBE RESULT')
  if (kind === 'USER') {
    const columns = ['property', 'value', 'default', 'description'].map((name) => toColumn(name, TEXT, true))
    const rows: Cell[][] = [
      ['NAME', session.user, 'null', 'Name'],
      ['DEFAULT_ROLE', session.context.role, 'null', 'Primary principal of user session'],
      ['DEFAULT_SECONDARY_ROLES', '["ALL"]', '["ALL"]', 'The secondary roles of the user session'],
    ]
    return rowsResult(columns, rows, TYPE_ID.describe)
  }
  const parts = readName(cursor, session.variableText)
  const object = session.find(session.warehouse.catalogue.path(parts, session.context))
  if (!object) throw operationNotPossible()
  const names = [
    'name',
    'type',
    'kind',
    'null?',
    'default',
    'primary key',
    'unique key',
    'check',
    'expression',
    'comment',
    'policy name',
    'privacy domain',
  ]
  const rows = object.columns.map((column) => [
    column.name,
    renderType(column.type),
    'COLUMN',
    flag(column.nullable),
    column.default ?? null,
    flag(column.primaryKey === true),
    'N',
    null,
    null,
    column.comment ?? null,
    null,
    null,
  ])
  return rowsResult(
    names.map((name) => toColumn(name, TEXT, true)),
    rows,
    TYPE_ID.describe,
  )
}
