import type { StatementResult } from '../../engine.ts'
import { compilationError, objectNotFound, operationNotPossible } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID, temporaryKey } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'

/** `DROP …`. */
export async function drop(session: Session, cursor: Cursor, statement: Statement): Promise<StatementResult> {
  cursor.expect('DROP')
  if (!statement.options.describeOnly) await session.end('COMMIT')
  const kind = cursor.next().keyword
  while (
    ['POLICY', 'FORMAT', 'INTEGRATION', 'VIEW', 'TABLE'].includes(cursor.peek()?.keyword ?? '') &&
    cursor.peek(1)?.kind === 'word' &&
    kind !== 'TABLE' &&
    kind !== 'VIEW'
  )
    cursor.skip()
  const ifExists = cursor.take('IF', 'EXISTS')
  const parts = readName(cursor, session.variableText)
  const shown = parts.map(display).join('.')
  const status = statusResult(`${display(parts.at(-1) ?? '')} successfully dropped.`, TYPE_ID.ddl)
  if (statement.options.describeOnly) return status
  try {
    await dropNamed(session, kind, parts)
  } catch (error) {
    if (!ifExists) throw error
    return statusResult(`Drop statement executed successfully (${shown} already dropped).`, TYPE_ID.ddl)
  }
  return status
}

async function dropNamed(session: Session, kind: string, parts: readonly string[]): Promise<void> {
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
      if (!session.temporary.delete(temporaryKey(path))) catalogue.remove(path)
      if (object.kind === 'TABLE') await warehouse.execute(`DROP TABLE ${object.duckTable}`)
      return
    }
    case 'SCHEMA': {
      const [name = '', database = context.database ?? ''] = [...parts].reverse()
      catalogue.schema(database, name)
      await warehouse.dropSchema(database, name)
      if (context.database === database && context.schema === name) context.schema = null
      return
    }
    case 'DATABASE': {
      const [name = ''] = parts
      catalogue.database(name)
      await warehouse.dropDatabase(name)
      if (context.database === name) Object.assign(context, { database: null, schema: null })
      return
    }
    case 'WAREHOUSE': {
      const [name = ''] = parts
      if (!catalogue.warehouses.delete(name)) throw operationNotPossible()
      if (context.warehouse === name) context.warehouse = null
      return
    }
    case 'ROLE':
      if (!catalogue.roles.delete(parts[0] ?? '')) throw operationNotPossible()
      return
    default:
      return
  }
}
