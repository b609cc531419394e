import type { Cell, Column } from '../../engine.ts'
import type { Assignment, Catalogue, NameContext } from '../catalogue/index.ts'
import type { HostRows } from '../rewrite/index.ts'
import { Cursor, readName } from '../text/index.ts'
import { TEXT, toColumn } from '../types/index.ts'

const TAG_COLUMNS =
  'TAG_DATABASE TAG_SCHEMA TAG_NAME TAG_VALUE LEVEL OBJECT_DATABASE OBJECT_SCHEMA OBJECT_NAME DOMAIN COLUMN_NAME APPLY_METHOD'
const POLICY_COLUMNS =
  'POLICY_DB POLICY_SCHEMA POLICY_NAME POLICY_KIND REF_DATABASE_NAME REF_SCHEMA_NAME REF_ENTITY_NAME REF_ENTITY_DOMAIN REF_COLUMN_NAME REF_ARG_COLUMN_NAMES TAG_DATABASE TAG_SCHEMA TAG_NAME POLICY_STATUS'

/** `TAG_REFERENCES`, `TAG_REFERENCES_ALL_COLUMNS`, `POLICY_REFERENCES`, by their arguments; undefined for other names. */
export function referenceRows(
  catalogue: Catalogue,
  names: NameContext,
  name: string,
  args: readonly string[],
  named: ReadonlyMap<string, string>,
): HostRows | undefined {
  switch (name) {
    case 'TAG_REFERENCES': {
      const on = placeOf(catalogue, names, args[0] ?? '', args[1] ?? 'TABLE')
      return rowsOf(TAG_COLUMNS, tags(catalogue, on, (column) => column === on.column).map(tagRow))
    }
    case 'TAG_REFERENCES_ALL_COLUMNS': {
      const on = placeOf(catalogue, names, args[0] ?? '', 'TABLE')
      return rowsOf(TAG_COLUMNS, tags(catalogue, on, (column) => column !== '').map(tagRow))
    }
    case 'POLICY_REFERENCES': {
      const policy = named.get('POLICY_NAME')
      const entity = named.get('REF_ENTITY_NAME') ?? args[0]
      const path = policy === undefined ? undefined : catalogue.path(readName(new Cursor(policy)), names)
      const on = entity === undefined ? undefined : placeOf(catalogue, names, entity, 'TABLE')
      const found = catalogue.assignments.list(
        (assignment) =>
          assignment.kind !== 'TAG' &&
          (!path || (assignment.name === path.name && assignment.schema === path.schema)) &&
          (!on || (assignment.on.name === on.name && assignment.on.schema === on.schema)),
      )
      return rowsOf(POLICY_COLUMNS, found.map(policyRow))
    }
    default:
      return undefined
  }
}

/** `SYSTEM$GET_TAG(tag, object, domain)`: the value set on the object itself. */
export function tagValue(
  catalogue: Catalogue,
  names: NameContext,
  tag: string,
  object: string,
  domain: string,
): string | null {
  const path = catalogue.path(readName(new Cursor(tag)), names)
  const on = placeOf(catalogue, names, object, domain)
  const found = tags(catalogue, on, (column) => column === on.column).find(
    (assignment) => assignment.name === path.name && assignment.schema === path.schema,
  )
  return found?.value ?? null
}

type On = Assignment['on']

function tags(catalogue: Catalogue, on: On, isColumn: (column: string) => boolean): readonly Assignment[] {
  return catalogue.assignments.list(
    ({ kind, on: other }) =>
      kind === 'TAG' &&
      other.database === on.database &&
      other.schema === on.schema &&
      other.name === on.name &&
      isColumn(other.column),
  )
}

function placeOf(catalogue: Catalogue, names: NameContext, object: string, domain: string): On {
  const parts = readName(new Cursor(object))
  switch (domain.toUpperCase()) {
    case 'COLUMN':
      return { ...catalogue.path(parts.slice(0, -1), names), column: parts.at(-1) ?? '' }
    case 'DATABASE':
    case 'ROLE':
    case 'USER':
    case 'WAREHOUSE':
      return { database: '', schema: '', name: parts.at(-1) ?? '', column: '' }
    case 'SCHEMA':
      return { database: parts.at(-2) ?? names.database ?? '', schema: '', name: parts.at(-1) ?? '', column: '' }
    default:
      return { ...catalogue.path(parts, names), column: '' }
  }
}

function tagRow({ database, schema, name, value, domain, on }: Assignment): Cell[] {
  const level = domain === 'COLUMN' ? 'COLUMN' : domain
  const column = on.column === '' ? null : on.column
  return [database, schema, name, value, level, on.database, on.schema, on.name, domain, column, 'MANUAL']
}

function policyRow({ kind, database, schema, name, value, on }: Assignment): Cell[] {
  const column = on.column === '' ? null : on.column
  const args = value === '' ? null : JSON.stringify(value.split(','))
  return [
    database,
    schema,
    name,
    kind.replaceAll(' ', '_'),
    on.database,
    on.schema,
    on.name,
    'TABLE',
    column,
    args,
    null,
    null,
    null,
    'ACTIVE',
  ]
}

function rowsOf(names: string, rows: readonly (readonly Cell[])[]): HostRows {
  const columns: Column[] = names.split(' ').map((name) => toColumn(name, TEXT, true))
  return { columns, rows }
}
