import { DEFAULT_PARAMETERS } from '../../parameters.ts'
import type { CatalogueObject, Table } from '../catalogue/index.ts'
import type { Session } from '../session/index.ts'
import type { SnowflakeType } from '../types/index.ts'
import { type Row, time } from './rows.ts'

/** `IN …` of SHOW: the whole account, or one database, schema or table. */
export interface Scope {
  readonly database?: string
  readonly schema?: string
  readonly table?: string
}

export function flag(value: boolean): string {
  return value ? 'Y' : 'N'
}

export function parameterRows(session: Session): Row[] {
  return [...session.parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      const standard = DEFAULT_PARAMETERS[key] ?? ''
      return {
        key,
        value: String(value),
        default: String(standard),
        level: value === standard ? '' : 'SESSION',
        description: '',
        type: typeof value === 'boolean' ? 'BOOLEAN' : typeof value === 'number' ? 'NUMBER' : 'STRING',
      }
    })
}

export function variableRows(session: Session): Row[] {
  return [...session.variables].map(([name, { type, text }]) => ({
    session_id: session.sessionId,
    name,
    value: text,
    type,
    comment: '',
  }))
}

const OWNED: Row = { owner: 'ACCOUNTADMIN', comment: '', options: '', retention_time: '1', owner_role_type: 'ROLE' }

export function databaseRows(session: Session): Row[] {
  return [...session.warehouse.catalogue.databases.values()].map(({ name, createdOn }) => ({
    ...OWNED,
    created_on: time(createdOn),
    name,
    is_default: 'N',
    is_current: flag(name === session.context.database),
    origin: '',
    kind: 'STANDARD',
  }))
}

export function schemaRows(session: Session, scope: Scope): Row[] {
  const { database: currentDatabase, schema: currentSchema } = session.context
  return [...session.warehouse.catalogue.databases.values()]
    .filter((database) => scope.database === undefined || database.name === scope.database)
    .flatMap((database) =>
      [...database.schemas.values()].map((schema) => ({
        ...OWNED,
        created_on: time(schema.createdOn),
        name: schema.name,
        is_default: 'N',
        is_current: flag(schema.name === currentSchema && database.name === currentDatabase),
        database_name: database.name,
      })),
    )
}

export function objectsIn(session: Session, scope: Scope): CatalogueObject[] {
  const inScope = (object: CatalogueObject) =>
    (scope.database === undefined || object.database === scope.database) &&
    (scope.schema === undefined || object.schema === scope.schema)
  return [
    ...session.warehouse.catalogue.objects(scope.database, scope.schema),
    ...[...session.temporary.values()].filter(inScope),
  ].filter((object) => scope.table === undefined || object.name === scope.table)
}

function named(object: CatalogueObject): Row {
  return {
    created_on: time(object.createdOn),
    name: object.name,
    database_name: object.database,
    schema_name: object.schema,
    owner: object.owner,
    comment: object.comment,
    owner_role_type: 'ROLE',
  }
}

/** Tables, and with them the views unless only tables are asked for. */
export async function objectRows(session: Session, scope: Scope, only?: 'TABLE'): Promise<Row[]> {
  const objects = objectsIn(session, scope).filter((object) => only === undefined || object.kind === only)
  const counts = await session.warehouse.countRows(objects.filter((object) => object.kind === 'TABLE'))
  return objects.map((object) => {
    const rows = object.kind === 'TABLE' ? (counts.get(object.duckTable) ?? null) : null
    return {
      ...named(object),
      // SHOW TABLES tells permanent, transient and temporary tables apart, SHOW OBJECTS does not: dbt relies on it.
      kind: only === undefined || object.kind === 'VIEW' ? object.kind : tableKind(object),
      cluster_by: '',
      rows,
      bytes: rows === null ? null : String(Number(rows) * object.columns.length * 8),
      retention_time: '1',
      automatic_clustering: 'OFF',
      change_tracking: 'OFF',
      is_external: 'N',
      enable_schema_evolution: 'N',
      is_event: 'N',
      is_hybrid: 'N',
      is_iceberg: 'N',
      is_dynamic: 'N',
      is_immutable: 'N',
      is_interactive: 'N',
    }
  })
}

function tableKind({ temporary, transient }: Table): string {
  if (temporary) return 'TEMPORARY'
  return transient ? 'TRANSIENT' : 'TABLE'
}

export function viewRows(session: Session, scope: Scope): Row[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.kind === 'VIEW'
      ? [
          {
            ...named(object),
            kind: 'VIEW',
            reserved: '',
            text: object.text,
            is_secure: String(object.secure),
            is_materialized: 'false',
            change_tracking: 'OFF',
          },
        ]
      : [],
  )
}

export function columnRows(session: Session, scope: Scope): Row[] {
  return objectsIn(session, scope).flatMap((object) =>
    object.columns.map((column) => ({
      table_name: object.name,
      schema_name: object.schema,
      column_name: column.name,
      data_type: typeJson(column.type, column.nullable),
      'null?': String(column.nullable),
      default: column.default ?? '',
      kind: 'COLUMN',
      expression: '',
      comment: column.comment ?? '',
      database_name: object.database,
      autoincrement: column.identity ? 'IDENTITY START 1 INCREMENT 1 NOORDER' : '',
    })),
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
  return [...session.warehouse.catalogue.warehouses.values()].map(({ name, size, createdOn }) => ({
    name,
    state: 'STARTED',
    type: 'STANDARD',
    size,
    min_cluster_count: '1',
    max_cluster_count: '1',
    started_clusters: '1',
    running: '0',
    queued: '0',
    is_default: 'N',
    is_current: flag(name === session.context.warehouse),
    auto_suspend: '600',
    auto_resume: 'true',
    created_on: time(createdOn),
    resumed_on: time(createdOn),
    updated_on: time(createdOn),
    owner: 'ACCOUNTADMIN',
    comment: '',
    enable_query_acceleration: 'false',
    resource_monitor: 'null',
    scaling_policy: 'STANDARD',
    owner_role_type: 'ROLE',
  }))
}

export function roleRows(session: Session): Row[] {
  return [...new Set([...session.warehouse.catalogue.roles, ...session.roles])].map((name) => ({
    created_on: time(0),
    name,
    is_default: 'N',
    is_current: flag(name === session.context.role),
    is_inherited: flag(session.roles.includes(name)),
    assigned_to_users: '0',
    granted_to_roles: '0',
    granted_roles: '0',
    owner: '',
    comment: '',
  }))
}

export function userRows(session: Session): Row[] {
  return [
    {
      name: session.user,
      created_on: time(0),
      login_name: session.user,
      display_name: session.user,
      disabled: 'false',
      default_role: session.context.role,
      default_warehouse: session.context.warehouse,
      default_secondary_roles: '["ALL"]',
      owner: 'ACCOUNTADMIN',
    },
  ]
}
