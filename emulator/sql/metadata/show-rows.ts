import type { Cell } from '../../engine.ts'
import { DEFAULT_PARAMETERS } from '../../parameters.ts'
import type { CatalogueObject } from '../catalogue/index.ts'
import type { Session } from '../session/index.ts'
import type { SnowflakeType } from '../types/index.ts'
import { time } from './information-schema.ts'

/** `IN …` of SHOW: the whole account, or one database, schema or table. */
export interface Scope {
  readonly database?: string
  readonly schema?: string
  readonly table?: string
}

export type Row = readonly Cell[]

export function flag(value: boolean): string {
  return value ? 'Y' : 'N'
}

export function parameterRows(session: Session): Row[] {
  return [...session.parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const standard = DEFAULT_PARAMETERS[name] ?? ''
      const type = typeof value === 'boolean' ? 'BOOLEAN' : typeof value === 'number' ? 'NUMBER' : 'STRING'
      return [name, String(value), String(standard), value === standard ? '' : 'SESSION', '', type]
    })
}

export function variableRows(session: Session): Row[] {
  return [...session.variables].map(([name, { type, text }]) => [session.sessionId, null, null, name, text, type, ''])
}

export function databaseRows(session: Session): Row[] {
  return [...session.warehouse.catalogue.databases.values()].map(({ name, createdOn }) => [
    time(createdOn),
    name,
    'N',
    flag(name === session.context.database),
    '',
    'ACCOUNTADMIN',
    '',
    '',
    '1',
  ])
}

export function schemaRows(session: Session, scope: Scope): Row[] {
  return [...session.warehouse.catalogue.databases.values()]
    .filter((database) => scope.database === undefined || database.name === scope.database)
    .flatMap((database) =>
      [...database.schemas.values()].map((schema) => [
        time(schema.createdOn),
        schema.name,
        'N',
        flag(schema.name === session.context.schema && database.name === session.context.database),
        database.name,
        'ACCOUNTADMIN',
        '',
        '',
        '1',
      ]),
    )
}

function objectsIn(session: Session, scope: Scope): CatalogueObject[] {
  const inScope = (object: CatalogueObject) =>
    (scope.database === undefined || object.database === scope.database) &&
    (scope.schema === undefined || object.schema === scope.schema)
  return [
    ...session.warehouse.catalogue.objects(scope.database, scope.schema),
    ...[...session.temporary.values()].filter(inScope),
  ].filter((object) => scope.table === undefined || object.name === scope.table)
}

export function objectRows(session: Session, scope: Scope, only?: 'TABLE'): Row[] {
  return objectsIn(session, scope)
    .filter((object) => only === undefined || object.kind === only)
    .map((object) => {
      const kind =
        object.kind === 'VIEW' ? 'VIEW' : object.temporary ? 'TEMPORARY' : object.transient ? 'TRANSIENT' : 'TABLE'
      return [
        time(object.createdOn),
        object.name,
        object.database,
        object.schema,
        kind,
        object.comment,
        '',
        null,
        null,
        object.owner,
        '1',
      ]
    })
}

export function viewRows(session: Session, scope: Scope): Row[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.kind === 'VIEW'
      ? [
          [
            time(object.createdOn),
            object.name,
            '',
            object.database,
            object.schema,
            object.owner,
            object.comment,
            object.text,
            String(object.secure),
            'false',
          ],
        ]
      : [],
  )
}

export function columnRows(session: Session, scope: Scope): Row[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.columns.map((column) => [
      object.name,
      object.schema,
      column.name,
      typeJson(column.type, column.nullable),
      String(column.nullable),
      column.default ?? '',
      'COLUMN',
      '',
      column.comment ?? '',
      object.database,
      '',
    ]),
  )
}

function typeJson(type: SnowflakeType, nullable: boolean): string {
  return JSON.stringify({
    type: type.name.toUpperCase(),
    ...(type.precision === undefined ? {} : { precision: type.precision }),
    ...(type.scale === undefined ? {} : { scale: type.scale }),
    ...(type.length === undefined ? {} : { length: type.length }),
    nullable,
  })
}

export function warehouseRows(session: Session): Row[] {
  return [...session.warehouse.catalogue.warehouses.values()].map(({ name, size, createdOn }) => [
    name,
    'STARTED',
    'STANDARD',
    size,
    'N',
    flag(name === session.context.warehouse),
    time(createdOn),
    'ACCOUNTADMIN',
    '',
  ])
}

export function roleRows(session: Session): Row[] {
  return [...new Set([...session.warehouse.catalogue.roles, ...session.roles])].map((name) => [
    time(0),
    name,
    'N',
    flag(name === session.context.role),
    flag(session.roles.includes(name)),
    '',
    '',
  ])
}

export function primaryKeyRows(session: Session, scope: Scope): Row[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.columns
      .filter((column) => column.primaryKey)
      .map((column, i) => [
        time(object.createdOn),
        object.database,
        object.schema,
        object.name,
        column.name,
        String(i + 1),
        `SYS_CONSTRAINT_${object.name}`,
        'false',
        null,
      ]),
  )
}
