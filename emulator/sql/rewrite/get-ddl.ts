import type { CatalogueObject, Key, NamedObject } from '../catalogue/index.ts'
import { objectNotFound } from '../errors.ts'
import { Cursor, display, quoteText, readName } from '../text/index.ts'
import { renderType } from '../types/index.ts'
import type { Environment } from './environment.ts'

/** `GET_DDL(kind, name)` of a table, a view, a schema with all that is in it, or an object that is known by name. */
export function getDdl(env: Environment, kind: string, written: string): string {
  const cursor = new Cursor(written)
  const parts = readName(cursor)
  const shown = parts.map(display).join('.')
  if (kind.toUpperCase() === 'SCHEMA') return schemaDefinition(env, parts)
  const path = env.catalogue.path(parts, env.names)
  if (RELATIONS.has(kind.toUpperCase())) {
    const object = env.find(path)
    if (!object) throw objectNotFound('Object', shown)
    return definitionOf(object)
  }
  const signature = cursor.at('(') ? written.slice(cursor.peek()?.start ?? 0) : undefined
  const overloads = env.catalogue.named.overloads(kind.toUpperCase().replaceAll('_', ' '), path)
  const named = signature === undefined || overloads.length === 1 ? overloads[0] : overloads.find(takes(signature))
  if (!named) throw objectNotFound('Object', shown)
  return ended(named.text)
}

const RELATIONS = new Set(['TABLE', 'VIEW'])

function takes(signature: string): (object: NamedObject) => boolean {
  const types = signature.replace(/[()\s]/g, '').toUpperCase()
  return ({ routine }) =>
    routine?.parameters.map(({ type }) => renderType(type).replace(/\(.*$/, '')).join(',') === types
}

function schemaDefinition({ catalogue, names }: Environment, parts: readonly string[]): string {
  const [name = '', database = names.database ?? ''] = [...parts].reverse()
  const schema = catalogue.schema(database, name)
  const named = catalogue.named.list().filter((object) => object.database === database && object.schema === name)
  const members = [...[...schema.objects.values()].map(definitionOf), ...named.map((object) => ended(object.text))]
  return [`create or replace schema ${display(name)};`, ...members].join('\n\n')
}

function definitionOf(object: CatalogueObject): string {
  if (object.kind === 'VIEW') return ended(object.text)
  const columns = object.columns.map((column) =>
    [
      `${display(column.name)} ${renderType(column.type)}`,
      column.nullable ? '' : 'NOT NULL',
      column.identity ? 'autoincrement start 1 increment 1 noorder' : '',
      column.default === undefined ? '' : `DEFAULT ${column.default}`,
      column.comment === undefined ? '' : `COMMENT ${quoteText(column.comment)}`,
    ]
      .filter((word) => word !== '')
      .join(' '),
  )
  const kind = object.temporary ? 'TEMPORARY TABLE' : object.transient ? 'TRANSIENT TABLE' : 'TABLE'
  const lines = [...columns, ...object.keys.map(keyText)].map((line) => `\t${line}`)
  const comment = object.comment === '' ? '' : `COMMENT=${quoteText(object.comment)}\n`
  return `create or replace ${kind} ${display(object.name)} (\n${lines.join(',\n')}\n)${comment};`
}

function keyText({ kind, name, columns, references }: Key): string {
  const named = name.startsWith('SYS_CONSTRAINT_') ? '' : `constraint ${display(name)} `
  const there = references
    ? ` references ${[references.database, references.schema, references.name].map(display).join('.')}(${list(references.columns)})`
    : ''
  return `${named}${kind.toLowerCase()} (${list(columns)})${there}`
}

function list(columns: readonly string[]): string {
  return columns.map(display).join(', ')
}

function ended(text: string): string {
  return text.trimEnd().endsWith(';') ? text : `${text};`
}
