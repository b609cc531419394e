import type { StatementResult } from '../../engine.ts'
import { operationNotPossible, unsupported } from '../errors.ts'
import { time } from '../metadata/information-schema.ts'
import {
  columnRows,
  databaseRows,
  objectRows,
  parameterRows,
  primaryKeyRows,
  type Row,
  roleRows,
  type Scope,
  schemaRows,
  variableRows,
  viewRows,
  warehouseRows,
} from '../metadata/show-rows.ts'
import { rowsResult, type Session, TYPE_ID } from '../session/index.ts'
import { type Cursor, readName } from '../text/index.ts'
import { LTZ, TEXT, toColumn } from '../types/index.ts'

interface Filter {
  readonly like: RegExp | undefined
  readonly startsWith: string
  readonly limit: number
  readonly scope: Scope
}

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
function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${source}$`, 'is')
}
