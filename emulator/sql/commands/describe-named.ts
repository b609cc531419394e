import type { Cell, StatementResult } from '../../engine.ts'
import type { NamedObject, Parameter } from '../catalogue/index.ts'
import { objectNotFound, operationNotPossible } from '../errors.ts'
import { time } from '../metadata/rows.ts'
import { bodyOf, constantText, type Node } from '../rewrite/index.ts'
import { parseStatement, rowsResult, type Session, type Statement, TYPE_ID, textColumns } from '../session/index.ts'
import { type Cursor, display, readName } from '../text/index.ts'
import { LTZ, renderType, toColumn } from '../types/index.ts'
import { DESCRIBED_COLUMNS } from './described-columns.ts'
import { readSignature } from './drop.ts'
import { namedPath } from './object-kind.ts'

/** `DESCRIBE` of what is no table or view, behind its kind. */
export function describeNamed(session: Session, cursor: Cursor, kind: string): StatementResult {
  const parts = readName(cursor, session.variableText)
  const signature = cursor.at('(') ? readSignature(cursor) : undefined
  const { catalogue } = session.warehouse
  const [name = '', database = session.context.database ?? ''] = [...parts].reverse()
  switch (kind) {
    case 'USER':
      return properties(
        ['property', 'value', 'default', 'description'],
        [
          ['NAME', session.user, 'null', 'Name'],
          ['DEFAULT_ROLE', session.context.role, 'null', 'Primary principal of user session'],
          ['DEFAULT_SECONDARY_ROLES', '["ALL"]', '["ALL"]', 'The secondary roles of the user session'],
        ],
      )
    case 'DATABASE':
      if (!catalogue.databases.has(name)) throw operationNotPossible()
      return members(
        [...catalogue.database(name).schemas.values()].map((schema) => [schema.createdOn, schema.name, 'SCHEMA']),
      )
    case 'SCHEMA':
      if (!catalogue.databases.get(database)?.schemas.has(name)) throw operationNotPossible()
      return members(
        [...catalogue.schema(database, name).objects.values()].map((object) => [
          object.createdOn,
          object.name,
          object.kind,
        ]),
      )
    case 'WAREHOUSE': {
      const warehouse = catalogue.warehouses.get(name)
      if (!warehouse) throw operationNotPossible()
      return members([[warehouse.createdOn, name, 'WAREHOUSE']])
    }
    default: {
      const path = namedPath(session, kind, parts)
      const object =
        signature === undefined ? catalogue.named.overloads(kind, path)[0] : catalogue.named.find(kind, path, signature)
      if (!object) throw objectNotFound('Object', parts.map(display).join('.'))
      return definition(object)
    }
  }
}

function definition(object: NamedObject): StatementResult {
  if (object.policy) {
    const { parameters, returns, body } = object.policy
    return properties(
      ['name', 'signature', 'return_type', 'body'],
      [[object.name, signatureText(parameters), returns, body]],
    )
  }
  if (object.routine) {
    const { parameters, returns, language, body } = object.routine
    const returned = 'name' in returns ? renderType(returns) : `TABLE ${signatureText(returns)}`
    return properties(
      ['property', 'value'],
      [
        ['signature', signatureText(parameters)],
        ['returns', returned],
        ['language', language],
        ['body', body],
      ],
    )
  }
  return properties(
    ['property', 'value'],
    [
      ['name', object.name],
      ['kind', object.kind],
      ['owner', object.owner],
      ['comment', object.comment],
    ],
  )
}

function signatureText(parameters: readonly Parameter[]): string {
  return `(${parameters.map(({ name, type }) => `${name} ${renderType(type).replace('(16777216)', '')}`).join(', ')})`
}

function properties(names: readonly string[], rows: readonly (readonly Cell[])[]): StatementResult {
  return rowsResult(textColumns(names), rows, TYPE_ID.describe)
}

function members(rows: readonly (readonly [createdOn: number, name: string, kind: string])[]): StatementResult {
  const columns = [toColumn('created_on', LTZ, true), ...textColumns(['name', 'kind'])]
  return rowsResult(
    columns,
    rows.map(([createdOn, name, kind]) => [time(createdOn), name, kind]),
    TYPE_ID.describe,
  )
}

/** `DESCRIBE RESULT '<id>' | LAST_QUERY_ID()`: the columns of a former result. */
export function describeResult(session: Session, cursor: Cursor, statement: Statement): StatementResult {
  const { node, rewriter } = parseStatement(session, { ...statement, sql: `SELECT ${cursor.rest()}` })
  const [id] = bodyOf(node).expressions as Node[]
  const { columns } = rewriter.env.formerResult(constantText(rewriter, id))
  const rows = columns.map((column) => [
    column.name,
    typeText(column),
    'COLUMN',
    column.nullable ? 'Y' : 'N',
    null,
    'N',
    'N',
    null,
    null,
    null,
    null,
  ])
  return properties(DESCRIBED_COLUMNS, rows)
}

function typeText({
  type,
  precision,
  scale,
  length,
}: {
  type: string
  precision: number | null
  scale: number | null
  length: number | null
}): string {
  if (type === 'fixed') return `NUMBER(${precision},${scale})`
  if (type === 'text') return `VARCHAR(${length})`
  if (type === 'real') return 'FLOAT'
  return type.startsWith('time') ? `${type.toUpperCase()}(${scale})` : type.toUpperCase()
}
