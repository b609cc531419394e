import type { Key, Table } from '../catalogue/index.ts'
import type { Session } from '../session/index.ts'
import { type Row, time } from './rows.ts'
import { objectsIn, type Scope } from './show-rows.ts'

/** `SHOW PRIMARY KEYS`, `SHOW UNIQUE KEYS`. */
export function keyRows(session: Session, scope: Scope, kind: 'PRIMARY KEY' | 'UNIQUE'): Row[] {
  return tablesWith(session, scope, kind).flatMap(({ table, key }) =>
    key.columns.map((column, i) => ({
      created_on: time(table.createdOn),
      database_name: table.database,
      schema_name: table.schema,
      table_name: table.name,
      column_name: column,
      key_sequence: String(i + 1),
      constraint_name: key.name,
      rely: 'false',
    })),
  )
}

/** `SHOW IMPORTED KEYS`: by the table that has the foreign key. */
export function importedKeyRows(session: Session, scope: Scope): Row[] {
  return tablesWith(session, scope, 'FOREIGN KEY').flatMap((owned) => foreignRows(session, owned))
}

/** `SHOW EXPORTED KEYS`: by the table that it points at. */
export function exportedKeyRows(session: Session, scope: Scope): Row[] {
  return tablesWith(session, {}, 'FOREIGN KEY')
    .filter(
      ({ key: { references } }) =>
        (scope.database === undefined || references?.database === scope.database) &&
        (scope.schema === undefined || references?.schema === scope.schema) &&
        (scope.table === undefined || references?.name === scope.table),
    )
    .flatMap((owned) => foreignRows(session, owned))
}

interface OwnedKey {
  readonly table: Table
  readonly key: Key
}

function tablesWith(session: Session, scope: Scope, kind: Key['kind']): OwnedKey[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.kind === 'TABLE'
      ? object.keys.filter((key) => key.kind === kind).map((key) => ({ table: object, key }))
      : [],
  )
}

function foreignRows(session: Session, { table, key: { name, columns, references } }: OwnedKey): Row[] {
  if (!references) return []
  const there = session.find(references)
  const primary = there?.kind === 'TABLE' ? there.keys.find(({ kind }) => kind === 'PRIMARY KEY') : undefined
  return columns.map((column, i) => ({
    created_on: time(table.createdOn),
    pk_database_name: references.database,
    pk_schema_name: references.schema,
    pk_table_name: references.name,
    pk_column_name: references.columns[i] ?? '',
    fk_database_name: table.database,
    fk_schema_name: table.schema,
    fk_table_name: table.name,
    fk_column_name: column,
    key_sequence: String(i + 1),
    update_rule: 'NO ACTION',
    delete_rule: 'NO ACTION',
    fk_name: name,
    pk_name: primary?.name ?? null,
    deferrability: 'NOT DEFERRABLE',
    rely: 'false',
  }))
}
