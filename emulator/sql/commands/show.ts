import type { Cell, StatementResult } from '../../engine.ts'
import type { CatalogueObject } from '../catalogue/index.ts'
import { operationNotPossible, unsupported } from '../errors.ts'
import { time } from '../metadata/information-schema.ts'
import { DEFAULT_PARAMETERS, rowsResult, type Session, TYPE_ID } from '../session/index.ts'
import { type Cursor, readName } from '../text/index.ts'
import { LTZ, renderType, type SnowflakeType, TEXT, toColumn } from '../types/index.ts'

interface Filter {
  readonly like: RegExp | undefined
  readonly startsWith: string
  readonly limit: number
  readonly scope: Scope
}

/** `IN …`: the whole account, or one database, schema or table. */
interface Scope {
  readonly database?: string
  readonly schema?: string
  readonly table?: string
}

type Row = readonly Cell[]

const CREATED = 'created_on'

/** `SHOW …`. */
export function show(session: Session, cursor: Cursor): StatementResult {
  cursor.expect('SHOW')
  cursor.take('TERSE')
  const kind = cursor.next().keyword
  if (kind === 'PRIMARY' || kind === 'IMPORTED' || kind === 'UNIQUE') cursor.take('KEYS')
  const filter = readFilter(session, cursor, kind)
  switch (kind) {
    case 'PARAMETERS':
      return list(['key', 'value', 'default', 'level', 'description', 'type'], parameterRows(session), filter, 0)
    case 'VARIABLES':
      return list(
        ['session_id', 'created_on', 'updated_on', 'name', 'value', 'type', 'comment'],
        variableRows(session),
        filter,
        3,
      )
    case 'DATABASES':
      return list(
        [CREATED, 'name', 'is_default', 'is_current', 'origin', 'owner', 'comment', 'options', 'retention_time'],
        databaseRows(session),
        filter,
      )
    case 'SCHEMAS':
      return list(
        [CREATED, 'name', 'is_default', 'is_current', 'database_name', 'owner', 'comment', 'options', 'retention_time'],
        schemaRows(session, filter.scope),
        filter,
      )
    case 'TABLES':
      return list(
        [
          CREATED,
          'name',
          'database_name',
          'schema_name',
          'kind',
          'comment',
          'cluster_by',
          'rows',
          'bytes',
          'owner',
          'retention_time',
        ],
        objectRows(session, filter.scope, 'TABLE'),
        filter,
      )
    case 'VIEWS':
      return list(
        [
          CREATED,
          'name',
          'reserved',
          'database_name',
          'schema_name',
          'owner',
          'comment',
          'text',
          'is_secure',
          'is_materialized',
        ],
        viewRows(session, filter.scope),
        filter,
      )
    case 'OBJECTS':
      return list(
        [
          CREATED,
          'name',
          'database_name',
          'schema_name',
          'kind',
          'comment',
          'cluster_by',
          'rows',
          'bytes',
          'owner',
          'retention_time',
        ],
        objectRows(session, filter.scope),
        filter,
      )
    case 'COLUMNS':
      return list(
        [
          'table_name',
          'schema_name',
          'column_name',
          'data_type',
          'null?',
          'default',
          'kind',
          'expression',
          'comment',
          'database_name',
          'autoincrement',
        ],
        columnRows(session, filter.scope),
        filter,
        2,
      )
    case 'WAREHOUSES':
      return list(
        ['name', 'state', 'type', 'size', 'is_default', 'is_current', CREATED, 'owner', 'comment'],
        warehouseRows(session),
        filter,
        0,
      )
    case 'ROLES':
      return list(
        [CREATED, 'name', 'is_default', 'is_current', 'is_inherited', 'owner', 'comment'],
        roleRows(session),
        filter,
      )
    case 'USERS':
      return list(
        ['name', CREATED, 'login_name', 'display_name', 'disabled', 'default_role', 'owner'],
        [[session.user, time(0), session.user, session.user, 'false', session.context.role, 'ACCOUNTADMIN']],
        filter,
        0,
      )
    case 'PRIMARY':
      return list(
        [
          CREATED,
          'database_name',
          'schema_name',
          'table_name',
          'column_name',
          'key_sequence',
          'constraint_name',
          'rely',
          'comment',
        ],
        primaryKeyRows(session, filter.scope),
        filter,
        3,
      )
    default:
      return emptyShow(kind)
  }
}

/** Kinds of which the account has none. */
function emptyShow(kind: string): StatementResult {
  if (!EMPTY_KINDS.has(kind)) throw unsupported(`SHOW ${kind}`)
  return rowsResult([toColumn(CREATED, LTZ, true), toColumn('name', TEXT, true)], [], TYPE_ID.show)
}

const EMPTY_KINDS = new Set(
  'STAGES FUNCTIONS PROCEDURES TASKS STREAMS PIPES SEQUENCES GRANTS INTEGRATIONS SHARES TAGS POLICIES MASKING NETWORK FILE TRANSACTIONS LOCKS REGIONS IMPORTED UNIQUE USER ALERTS SECRETS DYNAMIC EXTERNAL MATERIALIZED'.split(
    ' ',
  ),
)

function list(names: readonly string[], rows: readonly Row[], filter: Filter, nameAt = 1): StatementResult {
  const columns = names.map((name) => toColumn(name, name === CREATED ? LTZ : TEXT, true))
  const selected = rows.filter((row) => {
    const name = row[nameAt] ?? ''
    return (filter.like?.test(name) ?? true) && name.startsWith(filter.startsWith)
  })
  return rowsResult(columns, selected.slice(0, filter.limit), TYPE_ID.show)
}

function readFilter(session: Session, cursor: Cursor, kind: string): Filter {
  let like: RegExp | undefined
  let startsWith = ''
  let limit = Number.POSITIVE_INFINITY
  let scope: Scope = defaultScope(session, kind)
  while (!cursor.done) {
    if (cursor.take('LIKE')) like = likePattern(cursor.next().text)
    else if (cursor.take('STARTS', 'WITH')) startsWith = cursor.next().text
    else if (cursor.take('LIMIT')) limit = Number(cursor.next().text)
    else if (cursor.takeAny(['IN', 'FOR'])) scope = readScope(session, cursor)
    else cursor.skip()
  }
  return { like, startsWith, limit, scope }
}

function defaultScope(session: Session, kind: string): Scope {
  const { database, schema } = session.context
  if (database === null || kind === 'DATABASES') return {}
  return kind === 'SCHEMAS' || schema === null ? { database } : { database, schema }
}

function readScope(session: Session, cursor: Cursor): Scope {
  const { database, schema } = session.context
  const kind = cursor.takeAny(['ACCOUNT', 'DATABASE', 'SCHEMA', 'TABLE', 'VIEW', 'SESSION', 'USER', 'WAREHOUSE'])
  if (kind === 'ACCOUNT' || kind === 'SESSION') return {}
  if (kind === 'USER' || kind === 'WAREHOUSE') {
    cursor.toEnd()
    return {}
  }
  if (kind === 'DATABASE' && cursor.done) return database === null ? {} : { database }
  if (kind === 'SCHEMA' && cursor.done) return database === null || schema === null ? {} : { database, schema }
  const parts = readName(cursor, session.variableText)
  const { catalogue } = session.warehouse
  if (kind === 'TABLE' || kind === 'VIEW') {
    const path = catalogue.path(parts, session.context)
    if (!session.find(path)) throw operationNotPossible()
    return { database: path.database, schema: path.schema, table: path.name }
  }
  const [last = '', first] = [...parts].reverse()
  const isDatabase = kind === 'DATABASE' || (kind === undefined && first === undefined && catalogue.databases.has(last))
  if (isDatabase) {
    if (!catalogue.databases.has(last)) throw operationNotPossible()
    return { database: last }
  }
  const within = first ?? database ?? ''
  if (!catalogue.databases.get(within)?.schemas.has(last)) throw operationNotPossible()
  return { database: within, schema: last }
}

/** SHOW's LIKE knows no case. */
export function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${source}$`, 'is')
}

function flag(value: boolean): string {
  return value ? 'Y' : 'N'
}

function parameterRows(session: Session): Row[] {
  return [...session.parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const standard = DEFAULT_PARAMETERS[name] ?? ''
      const type = typeof value === 'boolean' ? 'BOOLEAN' : typeof value === 'number' ? 'NUMBER' : 'STRING'
      return [name, String(value), String(standard), value === standard ? '' : 'SESSION', '', type]
    })
}

function variableRows(session: Session): Row[] {
  return [...session.variables].map(([name, { type, text }]) => [session.sessionId, null, null, name, text, type, ''])
}

function databaseRows(session: Session): Row[] {
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

function schemaRows(session: Session, scope: Scope): Row[] {
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

function objectRows(session: Session, scope: Scope, only?: 'TABLE'): Row[] {
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

function viewRows(session: Session, scope: Scope): Row[] {
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

function columnRows(session: Session, scope: Scope): Row[] {
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

function warehouseRows(session: Session): Row[] {
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

function roleRows(session: Session): Row[] {
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

function primaryKeyRows(session: Session, scope: Scope): Row[] {
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
