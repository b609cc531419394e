import type { StatementResult } from '../../engine.ts'
import type { CatalogueColumn, Key, ObjectPath, Table } from '../catalogue/index.ts'
import { alreadyExists, compilationError, objectNotFound } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID, temporaryKey } from '../session/index.ts'
import { type Cursor, display, duckName, quoteText, readName } from '../text/index.ts'
import { translateError } from '../translate-error.ts'
import { MAX_TEXT, toDuckType } from '../types/index.ts'
import { describeQuery, expressionText } from './describe-query.ts'
import { readColumns } from './read-columns.ts'
import { resolveKeys } from './resolve-keys.ts'

export interface CreateOptions {
  readonly orReplace: boolean
  readonly temporary: boolean
  readonly transient: boolean
}

/** `CREATE TABLE` in its forms: columns, AS SELECT, LIKE, CLONE. The cursor stands behind TABLE. */
export async function createTable(
  session: Session,
  cursor: Cursor,
  statement: Statement,
  options: CreateOptions,
): Promise<StatementResult> {
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  const path = session.warehouse.catalogue.path(readName(cursor, session.variableText), session.context)
  session.warehouse.catalogue.schema(path.database, path.schema)
  const exists = options.temporary ? session.temporary.has(temporaryKey(path)) : session.find(path) !== undefined
  if (exists && ifNotExists) return done(`${display(path.name)} already exists, statement succeeded.`)
  if (exists && !options.orReplace) throw alreadyExists(display(path.name))
  const definition = await readDefinition(session, cursor, path, statement)
  if (!statement.options.describeOnly) await makeTable(session, path, definition, options, statement)
  return done(`Table ${display(path.name)} successfully created.`)
}

function done(status: string): StatementResult {
  return statusResult(status, TYPE_ID.ddl)
}

interface Definition {
  readonly columns: readonly CatalogueColumn[]
  readonly keys: readonly Key[]
  /** Snowflake SQL of the rows to start with. */
  readonly query?: string
  readonly comment: string
}

async function readDefinition(
  session: Session,
  cursor: Cursor,
  path: ObjectPath,
  statement: Statement,
): Promise<Definition> {
  if (cursor.takeAny(['LIKE', 'CLONE']) !== undefined) {
    const isClone = cursor.peek(-1)?.keyword === 'CLONE'
    const name = readName(cursor, session.variableText)
    const source = session.find(session.warehouse.catalogue.path(name, session.context))
    if (!source) throw objectNotFound('Object', name.map(display).join('.'))
    const query = `SELECT * FROM ${name.map((part) => `"${part}"`).join('.')}`
    const keys = source.kind === 'TABLE' ? source.keys : []
    return { columns: source.columns, keys, comment: source.comment, ...(isClone ? { query } : {}) }
  }
  const written = cursor.at('(') ? readColumns(cursor.sql, cursor.group()) : { columns: [], keys: [] }
  const declared = written.columns
  const keys = resolveKeys(session, path, written.keys)
  const comment = skipOptions(cursor)
  if (!cursor.take('AS')) return { columns: declared, keys, comment }
  const query = cursor.rest()
  cursor.toEnd()
  const described = await describeQuery(session, { sql: query, options: statement.options })
  if (declared.length > 0 && declared.length !== described.length)
    throw compilationError('002026', '42601', 'invalid number of columns in definition')
  const columns = described.map((column, i) => {
    const wanted = declared[i]
    return wanted ? { ...column, ...wanted, type: wanted.type ?? column.type } : column
  })
  return { columns: columns as CatalogueColumn[], keys, query, comment }
}

/** Steps over table options (CLUSTER BY, COMMENT, retention…) up to AS or the end, and gives the comment. */
function skipOptions(cursor: Cursor): string {
  let comment = ''
  while (!cursor.done && !cursor.at('AS')) {
    if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else if (cursor.at('(')) cursor.group()
    else cursor.skip()
  }
  return comment
}

/** The DuckDB definition of a column: what DuckDB itself must enforce. */
function columnText(session: Session, column: CatalogueColumn, statement: Statement, sequence: string): string {
  const name = duckName(column.name)
  const limited = column.type.name === 'text' && (column.type.length ?? MAX_TEXT) < MAX_TEXT
  const fallback = column.identity
    ? `nextval(${quoteText(sequence)})`
    : column.default === undefined
      ? undefined
      : expressionText(session, column.default, statement)
  return [
    `${name} ${toDuckType(column.type)}`,
    column.nullable ? '' : 'NOT NULL',
    limited ? `CHECK (length(${name}) <= ${column.type.length})` : '',
    fallback === undefined ? '' : `DEFAULT ${fallback}`,
  ].join(' ')
}

/** The definition of a column that joins a table which may have rows: DuckDB takes no constraints there. */
export function addedColumnText(session: Session, column: CatalogueColumn, statement: Statement): string {
  const fallback = column.default === undefined ? '' : ` DEFAULT ${expressionText(session, column.default, statement)}`
  return `${duckName(column.name)} ${toDuckType(column.type)}${fallback}`
}

async function makeTable(
  session: Session,
  path: ObjectPath,
  definition: Definition,
  options: CreateOptions,
  statement: Statement,
): Promise<void> {
  const { warehouse } = session
  const duckTable = warehouse.newDuckTable(path.database, path.schema, path.name)
  const sequence = `${duckTable.slice(0, -1)}.seq"`
  const texts = definition.columns.map((column) => columnText(session, column, statement, sequence))
  const needsSequence = definition.columns.some((column) => column.identity)
  const create = `CREATE TABLE ${duckTable} (${texts.join(', ')})`
  try {
    await warehouse.execute(needsSequence ? `CREATE SEQUENCE ${sequence}; ${create}` : create)
  } catch (error) {
    throw translateError(error)
  }
  const table: Table = {
    kind: 'TABLE',
    ...path,
    columns: definition.columns,
    keys: definition.keys,
    comment: definition.comment,
    createdOn: Date.now(),
    owner: session.context.role ?? 'ACCOUNTADMIN',
    temporary: options.temporary,
    transient: options.transient,
    duckTable,
  }
  if (definition.query !== undefined) await session.fill(table, definition.query, statement.options)
  if (options.temporary) session.temporary.set(temporaryKey(path), table)
  else {
    const replaced = warehouse.catalogue.find(path)
    warehouse.catalogue.add(table, options.orReplace)
    if (replaced?.kind === 'TABLE') await warehouse.keep({ kind: 'TABLE', table: replaced })
  }
}
