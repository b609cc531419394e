import type { StatementResult } from '../../engine.ts'
import { alreadyExists, objectNotFound, operationNotPossible, unsupported } from '../errors.ts'
import { EXECUTED, type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'
import { namedPath, takeKind } from './object-kind.ts'
import { changeTags } from './set-tag.ts'

/** `ALTER` of what is no table: that it exists, its name, tags and comment; the rest is taken as it comes. */
export function alterObject(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  const done = statusResult(EXECUTED, TYPE_ID.ddl)
  cursor.takeAny(['MATERIALIZED', 'SECURE'])
  const kind = takeKind(cursor) ?? cursor.takeAny(['VIEW', 'SCHEMA', 'DATABASE'])
  if (kind === undefined || cursor.done) return done
  const ifExists = cursor.take('IF', 'EXISTS')
  const parts = readName(cursor, session.variableText)
  if (cursor.at('(')) cursor.group()
  if (statement.options.describeOnly) return done
  try {
    change(session, cursor, kind, parts)
  } catch (error) {
    if (!ifExists) throw error
  }
  return done
}

function change(session: Session, cursor: Cursor, kind: string, parts: readonly string[]): void {
  if (kind === 'VIEW') changeView(session, cursor, parts)
  else if (kind === 'SCHEMA' || kind === 'DATABASE') changeContainer(session, cursor, kind, parts)
  else if (COMES_WITH_ACCOUNT.has(kind)) changeOfAccount(session, cursor, kind, parts)
  else changeNamed(session, cursor, kind, parts)
}

/** These come with the account, and need not have been created. */
const COMES_WITH_ACCOUNT = new Set(['USER', 'ROLE', 'WAREHOUSE'])

function changeOfAccount(session: Session, cursor: Cursor, kind: string, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const [name = ''] = parts
  if (kind === 'WAREHOUSE') {
    const warehouse = catalogue.warehouses.get(name)
    if (!warehouse) throw operationNotPossible()
    const size = /\bWAREHOUSE_SIZE\s*=\s*'?([\w-]+)/i.exec(cursor.sql)?.[1]
    if (size)
      catalogue.warehouses.set(name, { ...warehouse, size: size.charAt(0).toUpperCase() + size.slice(1).toLowerCase() })
  }
  tags(session, cursor, kind, { database: '', schema: '', name, column: '' })
}

function changeNamed(session: Session, cursor: Cursor, kind: string, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const path = namedPath(session, kind, parts)
  const [object] = catalogue.named.overloads(kind, path)
  if (!object) throw operationNotPossible()
  if (cursor.take('RENAME', 'TO')) {
    const renamed = { ...object, ...namedPath(session, kind, readName(cursor, session.variableText)) }
    if (!catalogue.named.add(renamed, false)) throw alreadyExists(display(renamed.name))
    catalogue.named.remove(object)
  } else if (cursor.take('SET', 'COMMENT', '=')) {
    catalogue.named.add({ ...object, comment: cursor.next().text }, true)
  } else {
    tags(session, cursor, kind, { ...path, column: '' })
  }
}

function changeView(session: Session, cursor: Cursor, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const view = catalogue.find(catalogue.path(parts, session.context))
  if (view?.kind !== 'VIEW') throw objectNotFound('Object', parts.map(display).join('.'))
  const { database, schema, name } = view
  if (cursor.take('RENAME', 'TO')) {
    const path = catalogue.path(readName(cursor, session.variableText), { database, schema })
    catalogue.add({ ...view, ...path }, false)
    catalogue.remove(view)
  } else if (cursor.take('SET', 'COMMENT', '=')) {
    catalogue.add({ ...view, comment: cursor.next().text }, true)
  } else if (cursor.take('SET', 'SECURE') || cursor.take('UNSET', 'SECURE')) {
    catalogue.add({ ...view, secure: cursor.peek(-2)?.keyword === 'SET' }, true)
  } else {
    tags(session, cursor, 'VIEW', { database, schema, name, column: '' })
  }
}

function changeContainer(session: Session, cursor: Cursor, kind: string, parts: readonly string[]): void {
  const { catalogue } = session.warehouse
  const [name = '', database = session.context.database ?? ''] = [...parts].reverse()
  if (kind === 'DATABASE') catalogue.database(name)
  else catalogue.schema(database, name)
  const on = kind === 'DATABASE' ? { database: '', schema: '', name } : { database, schema: '', name }
  if (cursor.at('RENAME')) throw unsupported(`ALTER ${kind} … RENAME`)
  tags(session, cursor, kind, { ...on, column: '' })
}

function tags(
  session: Session,
  cursor: Cursor,
  domain: string,
  on: { database: string; schema: string; name: string; column: string },
): void {
  if (cursor.take('SET', 'TAG')) changeTags(session, cursor, { domain, on }, true)
  else if (cursor.take('UNSET', 'TAG')) changeTags(session, cursor, { domain, on }, false)
}
