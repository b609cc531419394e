import type { StatementResult } from '../../engine.ts'
import { operationNotPossible, unsupported } from '../errors.ts'
import type { Row } from '../metadata/rows.ts'
import { showColumns } from '../metadata/show-columns.ts'
import { exportedKeyRows, importedKeyRows, keyRows } from '../metadata/show-keys.ts'
import { namedRows } from '../metadata/show-named.ts'
import {
  columnRows,
  databaseRows,
  objectRows,
  parameterRows,
  roleRows,
  type Scope,
  schemaRows,
  userRows,
  variableRows,
  viewRows,
  warehouseRows,
} from '../metadata/show-rows.ts'
import { rowsResult, type Session, TYPE_ID } from '../session/index.ts'
import { type Cursor, readName } from '../text/index.ts'
import { takePlural } from './object-kind.ts'

interface Filter {
  readonly like: RegExp | undefined
  readonly startsWith: string
  readonly limit: number
  readonly scope: Scope
}

type Lister = (session: Session, scope: Scope) => readonly Row[] | Promise<readonly Row[]>

const LISTERS: Readonly<Record<string, Lister>> = {
  PARAMETERS: parameterRows,
  VARIABLES: variableRows,
  DATABASES: databaseRows,
  SCHEMAS: schemaRows,
  TABLES: (session, scope) => objectRows(session, scope, 'TABLE'),
  VIEWS: viewRows,
  OBJECTS: (session, scope) => objectRows(session, scope),
  COLUMNS: columnRows,
  WAREHOUSES: warehouseRows,
  ROLES: roleRows,
  USERS: userRows,
  'PRIMARY KEYS': (session, scope) => keyRows(session, scope, 'PRIMARY KEY'),
  'UNIQUE KEYS': (session, scope) => keyRows(session, scope, 'UNIQUE'),
  'IMPORTED KEYS': importedKeyRows,
  'EXPORTED KEYS': exportedKeyRows,
}

/** Kinds of which the account has none. */
const EMPTY_KINDS = [
  'DYNAMIC TABLES',
  'MATERIALIZED VIEWS',
  'EXTERNAL TABLES',
  'ICEBERG TABLES',
  'HYBRID TABLES',
  'EVENT TABLES',
  'FUTURE GRANTS',
  'GRANTS',
  'TRANSACTIONS',
  'LOCKS',
  'REGIONS',
]

/** `SHOW …`. */
export async function show(session: Session, cursor: Cursor): Promise<StatementResult> {
  cursor.expect('SHOW')
  const isTerse = cursor.take('TERSE')
  const kind = takeShown(cursor)
  const isListed = kind in LISTERS
  const filter = readFilter(session, cursor, kind)
  const rows = isListed ? await LISTERS[kind]?.(session, filter.scope) : namedRows(session, kind, filter.scope)
  const columns = showColumns(kind, isTerse && TERSE_KINDS.has(kind))
  const name = ['key', 'column_name', 'name'].find((candidate) => columns.some((column) => column.name === candidate))
  const selected = (rows ?? []).filter((row) => {
    const text = row[name ?? ''] ?? ''
    return (filter.like?.test(text) ?? true) && text.startsWith(filter.startsWith)
  })
  return rowsResult(
    columns,
    selected.slice(0, filter.limit).map((row) => columns.map((column) => row[column.name] ?? null)),
    TYPE_ID.show,
  )
}

const TERSE_KINDS = new Set(['DATABASES', 'SCHEMAS', 'TABLES', 'VIEWS', 'OBJECTS', 'STAGE', 'TASK', 'STREAM'])

function takeShown(cursor: Cursor): string {
  cursor.takeAny(['USER', 'BUILTIN', 'EXTERNAL'].filter(() => cursor.peek(1)?.keyword === 'FUNCTIONS'))
  const listed = [...EMPTY_KINDS, ...Object.keys(LISTERS)].find((kind) => cursor.take(...kind.split(' ')))
  const kind = listed ?? takePlural(cursor)
  if (kind !== undefined) return kind
  throw unsupported(`SHOW ${cursor.next().text.toUpperCase()}`)
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
