import type { StatementResult } from '../../engine.ts'
import type { CatalogueObject, Key } from '../catalogue/index.ts'
import { operationNotPossible } from '../errors.ts'
import { flag } from '../metadata/show-rows.ts'
import { rowsResult, type Session, type Statement, TYPE_ID } from '../session/index.ts'
import { type Cursor, readName } from '../text/index.ts'
import { renderType, TEXT, toColumn } from '../types/index.ts'
import { describeNamed, describeResult } from './describe-named.ts'
import { DESCRIBED_COLUMNS } from './described-columns.ts'
import { takeKind } from './object-kind.ts'

/** `DESCRIBE TABLE | VIEW | RESULT | USER | SCHEMA | …`. */
export async function describe(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  if (cursor.takeAny(['DESC', 'DESCRIBE']) === undefined) throw cursor.unexpected()
  if (cursor.take('RESULT')) return describeResult(session, cursor, statement)
  cursor.takeAny(['DYNAMIC', 'MATERIALIZED', 'EXTERNAL', 'ICEBERG'])
  if (cursor.takeAny(['TABLE', 'VIEW']) === undefined && cursor.peek(1) !== undefined && !cursor.at('IDENTIFIER')) {
    const kind = takeKind(cursor) ?? cursor.takeAny(['SCHEMA', 'DATABASE'])
    if (kind !== undefined) return describeNamed(session, cursor, kind)
  }
  const parts = readName(cursor, session.variableText)
  const object = session.find(session.warehouse.catalogue.path(parts, session.context))
  if (!object) throw operationNotPossible()
  const names = [...DESCRIBED_COLUMNS, 'privacy domain']
  const { assignments } = session.warehouse.catalogue
  const rows = object.columns.map((column) => {
    const [policy] = assignments.list(
      ({ kind, on }) =>
        kind === 'MASKING POLICY' &&
        on.database === object.database &&
        on.schema === object.schema &&
        on.name === object.name &&
        on.column === column.name,
    )
    return [
      column.name,
      renderType(column.type),
      'COLUMN',
      flag(column.nullable),
      column.identity ? 'IDENTITY START 1 INCREMENT 1 NOORDER' : (column.default ?? null),
      flag(hasKey(object, 'PRIMARY KEY', column.name)),
      flag(hasKey(object, 'UNIQUE', column.name)),
      null,
      null,
      column.comment ?? null,
      policy ? `${policy.database}.${policy.schema}.${policy.name}` : null,
      null,
    ]
  })
  return rowsResult(
    names.map((name) => toColumn(name, TEXT, true)),
    rows,
    TYPE_ID.describe,
  )
}

function hasKey(object: CatalogueObject, kind: Key['kind'], column: string): boolean {
  return object.kind === 'TABLE' && object.keys.some((key) => key.kind === kind && key.columns.includes(column))
}
