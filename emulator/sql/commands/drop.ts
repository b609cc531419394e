import type { StatementResult } from '../../engine.ts'
import type { NamedObject } from '../catalogue/index.ts'
import { compilationError, objectNotFound, operationNotPossible } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID, temporaryKey } from '../session/index.ts'
import { Cursor, display, readName, splitAtCommas } from '../text/index.ts'
import { readType } from '../types/index.ts'
import { kindTitle, namedPath, takeKind } from './object-kind.ts'
import { signatureOf } from './read-routine.ts'

/** `DROP …`. */
export async function drop(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('DROP')
  if (!statement.options.describeOnly) await session.end('COMMIT')
  cursor.takeAny(['DYNAMIC', 'MATERIALIZED', 'ICEBERG', 'EXTERNAL'].filter(() => isRelation(cursor.peek(1)?.keyword)))
  const kind = takeKind(cursor) ?? cursor.takeAny(['TABLE', 'VIEW', 'SCHEMA', 'DATABASE'])
  if (kind === undefined) throw cursor.unexpected()
  const ifExists = cursor.take('IF', 'EXISTS')
  const parts = readName(cursor, session.variableText)
  const shown = parts.map(display).join('.')
  const status = statusResult(`${display(parts.at(-1) ?? '')} successfully dropped.`, TYPE_ID.ddl)
  const signature = cursor.at('(') ? readSignature(cursor) : undefined
  if (statement.options.describeOnly) return status
  try {
    await dropNamed(session, kind, parts, signature)
  } catch (error) {
    if (!ifExists) throw error
    return statusResult(`Drop statement executed successfully (${shown} already dropped).`, TYPE_ID.ddl)
  }
  return status
}

function isRelation(keyword: string | undefined): boolean {
  return keyword === 'TABLE' || keyword === 'VIEW'
}

/** The argument types behind a routine's name. */
export function readSignature(cursor: Cursor): string {
  const types = splitAtCommas(cursor.group()).map((part) => readType(new Cursor(cursor.sql, part)))
  return signatureOf(types.filter((type) => type !== undefined))
}

async function dropNamed(
  session: Session,
  kind: string,
  parts: readonly string[],
  signature: string | undefined,
): Promise<void> {
  const { warehouse, context } = session
  const { catalogue } = warehouse
  switch (kind) {
    case 'TABLE':
    case 'VIEW': {
      const path = catalogue.path(parts, context)
      const object = session.find(path)
      if (!object) throw objectNotFound('Object', parts.map(display).join('.'))
      if (object.kind !== kind)
        throw compilationError(
          '002203',
          '02000',
          `Object found is of type '${object.kind}', specified type '${kind}' is not supported or expected.`,
        )
      if (session.temporary.delete(temporaryKey(path))) {
        if (object.kind === 'TABLE') await warehouse.execute(`DROP TABLE ${object.duckTable}`)
      } else if (object.kind === 'TABLE') await warehouse.dropTable(object)
      else catalogue.remove(path)
      return
    }
    case 'SCHEMA': {
      const [name = '', database = context.database ?? ''] = [...parts].reverse()
      await warehouse.dropSchema(database, name)
      if (context.database === database && context.schema === name) context.schema = null
      return
    }
    case 'DATABASE': {
      const [name = ''] = parts
      await warehouse.dropDatabase(name)
      if (context.database === name) Object.assign(context, { database: null, schema: null })
      return
    }
    default:
      dropOther(session, kind, parts, signature)
  }
}

function dropOther(session: Session, kind: string, parts: readonly string[], signature: string | undefined): void {
  const { context } = session
  const { catalogue } = session.warehouse
  const path = namedPath(session, kind, parts)
  const object = catalogue.named.find(kind, path, signature)
  if (kind === 'WAREHOUSE') {
    if (!catalogue.warehouses.delete(path.name)) throw operationNotPossible()
    if (context.warehouse === path.name) context.warehouse = null
  } else if (kind === 'ROLE') {
    if (!catalogue.roles.delete(path.name)) throw operationNotPossible()
  } else if (!object) {
    throw compilationError(
      '002003',
      '02000',
      `${kindTitle(kind)} '${parts.map(display).join('.')}' does not exist or not authorized.`,
    )
  }
  if (object) refuseIfUsed(session, object)
  if (object) catalogue.named.remove(object)
}

/** A policy that still protects something cannot be dropped; a tag takes its values with it. */
function refuseIfUsed(session: Session, { kind, database, schema, name }: NamedObject): void {
  const { assignments } = session.warehouse.catalogue
  const isItself = (other: { kind: string; database: string; schema: string; name: string }) =>
    other.kind === kind && other.database === database && other.schema === schema && other.name === name
  if (kind === 'TAG') assignments.unset(isItself)
  else if (assignments.list(isItself).length > 0)
    throw compilationError(
      '003576',
      '22023',
      `Policy ${display(name)} cannot be dropped/replaced as it is associated with one or more entities.`,
    )
}
