import type { StatementResult } from '../../engine.ts'
import type { NamedObject } from '../catalogue/index.ts'
import { alreadyExists } from '../errors.ts'
import { type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'
import { kindTitle, namedPath, takeKind } from './object-kind.ts'
import { readPolicy } from './read-policy.ts'
import { readRoutine } from './read-routine.ts'
import { makeSequence } from './sequences.ts'

/** What one kind of object holds besides its name. */
export type Details = Partial<
  Pick<NamedObject, 'sequence' | 'routine' | 'policy' | 'allowedValues' | 'signature' | 'comment'>
>

/** `CREATE` of all that is no table, view, schema or database. */
export async function createNamed(
  session: Session,
  cursor: Cursor,
  statement: Statement,
  orReplace: boolean,
): Promise<StatementResult> {
  const kind = takeKind(cursor)
  if (kind === undefined) throw cursor.unexpected()
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  const path = namedPath(session, kind, readName(cursor, session.variableText))
  const { catalogue } = session.warehouse
  if (path.database !== '') catalogue.schema(path.database, path.schema)
  const details = await readDetails(session, kind, cursor, statement)
  const isTaken =
    catalogue.named.find(kind, path, details.signature) !== undefined ||
    (kind === 'WAREHOUSE' && catalogue.warehouses.has(path.name)) ||
    (kind === 'ROLE' && catalogue.roles.has(path.name))
  if (isTaken && ifNotExists) return done(`${display(path.name)} already exists, statement succeeded.`)
  if (isTaken && !orReplace) throw alreadyExists(display(path.name))
  if (!statement.options.describeOnly) {
    if (kind === 'ROLE') catalogue.roles.add(path.name)
    if (kind === 'WAREHOUSE') {
      catalogue.warehouses.set(path.name, { name: path.name, createdOn: Date.now(), size: 'X-Small' })
      session.context.warehouse = path.name
    }
    const owner = session.context.role ?? 'ACCOUNTADMIN'
    const object = { kind, ...path, createdOn: Date.now(), owner, comment: '', text: statement.sql, ...details }
    catalogue.named.add(object, true)
  }
  const title = kind === 'STAGE' ? 'Stage area' : kindTitle(kind)
  return done(`${title} ${display(path.name)} successfully created.`)
}

async function readDetails(session: Session, kind: string, cursor: Cursor, statement: Statement): Promise<Details> {
  switch (kind) {
    case 'SEQUENCE':
      return makeSequence(session, cursor, statement)
    case 'FUNCTION':
    case 'PROCEDURE':
      return readRoutine(cursor)
    case 'MASKING POLICY':
    case 'ROW ACCESS POLICY':
      return readPolicy(cursor)
    case 'TAG':
      return readTag(cursor)
    default:
      return { comment: readComment(cursor) }
  }
}

function readTag(cursor: Cursor): Details {
  const allowedValues: string[] = []
  let comment = ''
  while (!cursor.done) {
    if (cursor.take('ALLOWED_VALUES')) {
      do allowedValues.push(cursor.next().text)
      while (cursor.take(','))
    } else if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else cursor.skip()
  }
  return { comment, ...(allowedValues.length > 0 ? { allowedValues } : {}) }
}

/** Steps over the options to the end, and gives the comment among them. */
function readComment(cursor: Cursor): string {
  let comment = ''
  while (!cursor.done) {
    if (cursor.take('COMMENT', '=')) comment = cursor.next().text
    else if (cursor.at('(')) cursor.group()
    else cursor.skip()
  }
  return comment
}

function done(status: string): StatementResult {
  return statusResult(status, TYPE_ID.ddl)
}
