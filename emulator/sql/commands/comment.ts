import type { StatementResult } from '../../engine.ts'
import { invalidIdentifier, objectNotFound } from '../errors.ts'
import { EXECUTED, type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'
import { replaceObject } from './alter-table.ts'
import { namedPath, takeKind } from './object-kind.ts'

/** `COMMENT [IF EXISTS] ON … IS '…'`. */
export function comment(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  cursor.expect('COMMENT')
  const ifExists = cursor.take('IF', 'EXISTS')
  cursor.expect('ON')
  const kind = takeKind(cursor) ?? cursor.takeAny(['TABLE', 'VIEW', 'COLUMN', 'SCHEMA', 'DATABASE'])
  if (kind === undefined) throw cursor.unexpected()
  const parts = readName(cursor, session.variableText)
  if (cursor.at('(')) cursor.group()
  cursor.expect('IS')
  const text = cursor.next().text
  try {
    setComment(session, kind, parts, text, statement.options.describeOnly)
  } catch (error) {
    if (!ifExists) throw error
  }
  return statusResult(EXECUTED, TYPE_ID.ddl)
}

function setComment(
  session: Session,
  kind: string,
  parts: readonly string[],
  text: string,
  describeOnly: boolean,
): void {
  const { catalogue } = session.warehouse
  if (kind === 'SCHEMA' || kind === 'DATABASE') {
    // Only that it exists counts: nothing shows these comments.
    if (kind === 'DATABASE') catalogue.database(parts[0] ?? '')
    else catalogue.schema(parts.at(-2) ?? session.context.database ?? '', parts.at(-1) ?? '')
    return
  }
  if (kind === 'TABLE' || kind === 'VIEW' || kind === 'COLUMN') {
    const column = kind === 'COLUMN' ? parts.at(-1) : undefined
    const name = kind === 'COLUMN' ? parts.slice(0, -1) : parts
    const object = session.find(catalogue.path(name, session.context))
    if (!object) throw objectNotFound('Object', name.map(display).join('.'))
    if (column !== undefined && !object.columns.some((candidate) => candidate.name === column))
      throw invalidIdentifier(display(column))
    if (describeOnly) return
    replaceObject(
      session,
      object,
      column === undefined
        ? { comment: text }
        : {
            columns: object.columns.map((candidate) =>
              candidate.name === column ? { ...candidate, comment: text } : candidate,
            ),
          },
    )
    return
  }
  const object = catalogue.named.overloads(kind, namedPath(session, kind, parts))[0]
  if (!object) throw objectNotFound('Object', parts.map(display).join('.'))
  if (!describeOnly) catalogue.named.add({ ...object, comment: text }, true)
}
