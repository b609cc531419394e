import type { NamedObject } from '../catalogue/index.ts'
import { compilationError, objectNotFound } from '../errors.ts'
import type { Session } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'

/** What a tag or policy is set on. */
export interface Place {
  readonly domain: string
  readonly on: { readonly database: string; readonly schema: string; readonly name: string; readonly column: string }
}

/** `SET TAG a = 'x', …`, `UNSET TAG a, …`, behind the word TAG. */
export function changeTags(session: Session, cursor: Cursor, place: Place, isSet: boolean): void {
  const { assignments } = session.warehouse.catalogue
  do {
    const tag = findNamed(session, 'TAG', readName(cursor, session.variableText))
    const { database, schema, name } = tag
    if (!isSet) {
      assignments.unset((other) => isOf(tag, other) && isAt(place, other.on))
      continue
    }
    cursor.expect('=')
    const value = cursor.next().text
    if (tag.allowedValues && !tag.allowedValues.includes(value))
      throw compilationError('003558', '22023', `Invalid value '${value}' for tag '${display(name)}'.`)
    assignments.set({ kind: 'TAG', database, schema, name, value, ...place })
  } while (cursor.take(','))
}

/** `SET MASKING POLICY p`, `UNSET MASKING POLICY`, `ADD ROW ACCESS POLICY p ON (…)`, behind the kind. */
export function changePolicy(session: Session, cursor: Cursor, kind: string, place: Place, isSet: boolean): void {
  const { assignments } = session.warehouse.catalogue
  if (!isSet) {
    assignments.unset((other) => other.kind === kind && isAt(place, other.on))
    return
  }
  const policy = findNamed(session, kind, readName(cursor, session.variableText))
  const { database, schema, name } = policy
  const isTaken = assignments.list((other) => other.kind === kind && isAt(place, other.on)).length > 0
  if (isTaken && !/\bFORCE\s*$/i.test(cursor.sql))
    throw compilationError(
      '003542',
      '22023',
      `Specified column already attached to another ${kind.toLowerCase()}. A column cannot be attached to multiple policies of the same kind.`,
    )
  const value = cursor.take('ON')
    ? cursor
        .group()
        .filter(({ keyword }) => keyword !== ',')
        .map(({ text }) => text)
        .join(',')
    : ''
  assignments.set({ kind, database, schema, name, value, ...place })
}

function findNamed(session: Session, kind: string, parts: readonly string[]): NamedObject {
  const { catalogue } = session.warehouse
  const found = catalogue.named.find(kind, catalogue.path(parts, session.context))
  if (!found) throw objectNotFound(kind === 'TAG' ? 'Tag' : 'Policy', parts.map(display).join('.'))
  return found
}

function isOf(
  object: NamedObject,
  other: NamedObject | { kind: string; database: string; schema: string; name: string },
) {
  return (
    object.kind === other.kind &&
    object.database === other.database &&
    object.schema === other.schema &&
    object.name === other.name
  )
}

function isAt({ on }: Place, other: Place['on']): boolean {
  return (
    on.database === other.database && on.schema === other.schema && on.name === other.name && on.column === other.column
  )
}
