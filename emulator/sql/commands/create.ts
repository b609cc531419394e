import type { StatementResult } from '../../engine.ts'
import { alreadyExists, compilationError, unsupported } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { Cursor, display, readName } from '../text/index.ts'
import { cloneSchema } from './clone.ts'
import { createNamed } from './create-named.ts'
import { createTable } from './create-table.ts'
import { describeQuery } from './describe-query.ts'
import { readColumns } from './read-columns.ts'

/** `CREATE …`. */
export async function create(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('CREATE')
  if (!statement.options.describeOnly) await session.end('COMMIT')
  const orReplace = cursor.take('OR', 'REPLACE') || cursor.take('OR', 'ALTER')
  let temporary = false
  let transient = false
  let secure = false
  for (;;) {
    const word = cursor.takeAny([
      'TEMP',
      'TEMPORARY',
      'LOCAL',
      'GLOBAL',
      'TRANSIENT',
      'VOLATILE',
      'SECURE',
      'RECURSIVE',
      'MATERIALIZED',
      'HYBRID',
      'AGGREGATE',
    ])
    if (word === undefined) break
    if (word === 'TEMP' || word === 'TEMPORARY' || word === 'VOLATILE') temporary = true
    if (word === 'TRANSIENT') transient = true
    if (word === 'SECURE') secure = true
  }
  cursor.takeAny(['DYNAMIC', 'ICEBERG', 'EXTERNAL'].filter(() => cursor.peek(1)?.keyword === 'TABLE'))
  if (cursor.take('TABLE')) return createTable(session, cursor, statement, { orReplace, temporary, transient })
  if (cursor.take('VIEW')) return createView(session, cursor, statement, orReplace, secure)
  if (cursor.take('SCHEMA')) return createSchema(session, cursor, statement, orReplace)
  if (cursor.take('DATABASE')) return createDatabase(session, cursor, statement, orReplace)
  return createNamed(session, cursor, statement, orReplace)
}

async function createView(
  session: Session,
  cursor: Cursor,
  statement: Statement,
  orReplace: boolean,
  secure: boolean,
): Promise<StatementResult> {
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  const { catalogue } = session.warehouse
  const path = catalogue.path(readName(cursor, session.variableText), session.context)
  catalogue.schema(path.database, path.schema)
  const existing = catalogue.find(path)
  if (existing && ifNotExists) return done(`${display(path.name)} already exists, statement succeeded.`)
  if (existing && !orReplace) throw alreadyExists(display(path.name))
  const declared = cursor.at('(') ? readColumns(cursor.sql, cursor.group()).columns : []
  let comment = ''
  while (!cursor.at('AS')) {
    if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else if (cursor.at('(')) cursor.group()
    else cursor.next()
  }
  cursor.expect('AS')
  const query = cursor.rest()
  const columns = await describeQuery(session, { sql: query, options: statement.options })
  if (declared.length > 0 && declared.length !== columns.length)
    throw compilationError(
      '002057',
      '42601',
      `Invalid number of columns in view definition: expected ${columns.length} but found ${declared.length}`,
    )
  if (!statement.options.describeOnly)
    catalogue.add(
      {
        kind: 'VIEW',
        ...path,
        columns: columns.map((column, i) => ({ ...column, name: declared[i]?.name ?? column.name })),
        comment,
        createdOn: Date.now(),
        owner: session.context.role ?? 'ACCOUNTADMIN',
        query,
        text: statement.sql,
        secure,
      },
      orReplace,
    )
  return done(`View ${display(path.name)} successfully created.`)
}

function cloneTable(session: Session, statement: Statement): Promise<StatementResult> {
  return create(session, new Cursor(statement.sql), statement)
}

async function createSchema(
  session: Session,
  cursor: Cursor,
  statement: Statement,
  orReplace: boolean,
): Promise<StatementResult> {
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  const [name = '', database] = [...readName(cursor, session.variableText)].reverse()
  const target = database ?? session.context.database
  const source = cursor.take('CLONE') ? readName(cursor, session.variableText) : undefined
  if (target === null)
    throw compilationError(
      '090105',
      '22000',
      `Cannot perform CREATE SCHEMA. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.`,
    )
  const exists = session.warehouse.catalogue.database(target).schemas.has(name)
  if (exists && ifNotExists) return done(`${display(name)} already exists, statement succeeded.`)
  if (exists && !orReplace) throw alreadyExists(display(name))
  if (statement.options.describeOnly) return done(`Schema ${display(name)} successfully created.`)
  if (exists) await session.warehouse.dropSchema(target, name)
  const from = source && { database: source.at(-2) ?? target, schema: source.at(-1) ?? '' }
  if (from) session.warehouse.catalogue.schema(from.database, from.schema)
  await session.warehouse.createSchema(target, name)
  if (from) await cloneSchema(session, statement, from, { database: target, schema: name }, cloneTable)
  // Snowflake makes a new schema the current one.
  Object.assign(session.context, { database: target, schema: name })
  return done(`Schema ${display(name)} successfully created.`)
}

async function createDatabase(
  session: Session,
  cursor: Cursor,
  statement: Statement,
  orReplace: boolean,
): Promise<StatementResult> {
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  const [name = ''] = readName(cursor, session.variableText)
  if (cursor.at('FROM')) throw unsupported('CREATE DATABASE … FROM SHARE')
  const source = cursor.take('CLONE') ? (readName(cursor, session.variableText)[0] ?? '') : undefined
  const sourceSchemas = source === undefined ? [] : [...session.warehouse.catalogue.database(source).schemas.keys()]
  const { warehouse } = session
  const exists = warehouse.catalogue.databases.has(name)
  if (exists && ifNotExists) return done(`${display(name)} already exists, statement succeeded.`)
  if (exists && !orReplace) throw alreadyExists(display(name))
  if (statement.options.describeOnly) return done(`Database ${display(name)} successfully created.`)
  if (exists) await warehouse.dropDatabase(name)
  await warehouse.createDatabase(name)
  for (const schema of sourceSchemas) {
    if (schema !== 'PUBLIC') await warehouse.createSchema(name, schema)
    await cloneSchema(session, statement, { database: source ?? '', schema }, { database: name, schema }, cloneTable)
  }
  Object.assign(session.context, { database: name, schema: 'PUBLIC' })
  return done(`Database ${display(name)} successfully created.`)
}

function done(status: string): StatementResult {
  return statusResult(status, TYPE_ID.ddl)
}
