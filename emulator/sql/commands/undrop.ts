import type { StatementResult } from '../../engine.ts'
import type { Dropped } from '../catalogue/index.ts'
import { compilationError } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'

/** `UNDROP TABLE | SCHEMA | DATABASE`. */
export function undrop(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  cursor.expect('UNDROP')
  cursor.take('DYNAMIC')
  const kind = cursor.takeAny(['TABLE', 'SCHEMA', 'DATABASE'])
  if (kind === undefined) throw cursor.unexpected()
  const parts = readName(cursor, session.variableText)
  const status = statusResult(`${kindName(kind)} ${display(parts.at(-1) ?? '')} successfully restored.`, TYPE_ID.ddl)
  if (statement.options.describeOnly) return status
  const { catalogue } = session.warehouse
  const found = catalogue.dropped.takeLast((dropped) => isNamed(session, dropped, kind, parts))
  if (!found)
    throw compilationError(
      '002003',
      '02000',
      `${kindName(kind)} '${parts.map(display).join('.')}' did not exist or was purged.`,
    )
  try {
    catalogue.restore(found)
  } catch (error) {
    catalogue.dropped.push(found)
    throw error
  }
  return status
}

function isNamed(session: Session, dropped: Dropped, kind: string, parts: readonly string[]): boolean {
  if (dropped.kind !== kind) return false
  const [name = '', schema, database] = [...parts].reverse()
  if (dropped.kind === 'DATABASE') return dropped.database.name === name
  if (dropped.kind === 'SCHEMA')
    return dropped.schema.name === name && dropped.database === (schema ?? session.context.database)
  const path = session.warehouse.catalogue.path(
    [database, schema, name].filter((part) => part !== undefined),
    session.context,
  )
  const { table } = dropped
  return table.name === name && table.schema === path.schema && table.database === path.database
}

function kindName(kind: string): string {
  return kind.charAt(0) + kind.slice(1).toLowerCase()
}
