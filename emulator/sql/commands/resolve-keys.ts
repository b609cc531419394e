import type { CatalogueObject, Key, ObjectPath } from '../catalogue/index.ts'
import { compilationError, objectNotFound } from '../errors.ts'
import type { Session } from '../session/index.ts'
import { display } from '../text/index.ts'
import type { DeclaredKey } from './read-columns.ts'

/** The declared keys of the table at `path`, beside those that it has, with names and with what they point at. */
export function resolveKeys(
  session: Session,
  path: ObjectPath,
  declared: readonly DeclaredKey[],
  existing: readonly Key[] = [],
): readonly Key[] {
  const keys = [...existing]
  for (const { references, name = `SYS_CONSTRAINT_${path.name}_${keys.length + 1}`, ...key } of declared) {
    if (key.kind === 'PRIMARY KEY' && keys.some(({ kind }) => kind === 'PRIMARY KEY'))
      throw compilationError('002031', '42601', `primary key already exists for table '${display(path.name)}'`)
    keys.push({ ...key, name, ...(references && { references: resolve(session, path, references, keys) }) })
  }
  return keys
}

type Declared = NonNullable<DeclaredKey['references']>

function resolve(session: Session, from: ObjectPath, { parts, columns }: Declared, own: readonly Key[]) {
  const path = session.warehouse.catalogue.path(parts, from)
  const isOwn = path.database === from.database && path.schema === from.schema && path.name === from.name
  const table = session.find(path)
  if (!isOwn && table?.kind !== 'TABLE') throw objectNotFound('Object', parts.map(display).join('.'))
  const keys = isOwn ? own : keysOf(table)
  const primary = keys.find(({ kind }) => kind === 'PRIMARY KEY')
  return { ...path, columns: columns.length > 0 ? columns : (primary?.columns ?? []) }
}

function keysOf(object: CatalogueObject | undefined): readonly Key[] {
  return object?.kind === 'TABLE' ? object.keys : []
}
