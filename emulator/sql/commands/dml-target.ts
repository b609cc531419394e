import type { CatalogueColumn, Table } from '../catalogue/index.ts'
import { compilationError, objectNotFound } from '../errors.ts'
import {
  type Body,
  bodyOf,
  convert,
  inferType,
  isIdentifier,
  kindOf,
  type Node,
  nameOf,
  type Rewriter,
  rewriteRelation,
  type Scope,
  tableNameParts,
} from '../rewrite/index.ts'
import type { Session } from '../session/index.ts'
import { display } from '../text/index.ts'
import type { SnowflakeType } from '../types/index.ts'

/** Types into which DuckDB does not convert by itself as Snowflake does. */
export const CONVERTED = new Set([
  'timestamp_tz',
  'variant',
  'array',
  'object',
  'map',
  'vector',
  'geography',
  'geometry',
  'decfloat',
  'binary',
  'interval_year_month',
])

/** Of `MERGE INTO t x` the parser makes an alias around the table, elsewhere a part of it. */
function unaliased(node: Node | Body): Node | Body {
  return 'alias' in node && Object.keys(node).length === 1 ? ((node.alias as Body).this as Node) : node
}

export function targetTable(session: Session, node: Node | Body): Table {
  const inner = unaliased(node)
  const body = ('table' in inner ? bodyOf(inner as Node) : inner) as Body
  const names = tableNameParts(body)
  const path = session.warehouse.catalogue.path(names, session.context)
  const object = session.find(path)
  if (!object) throw objectNotFound('Object', names.map(display).join('.'))
  if (object.kind === 'VIEW') throw compilationError('000002', '0A000', `Unsupported feature 'DML on a view'.`)
  return object
}

export function valueText(rewriter: Rewriter, node: Node, column: CatalogueColumn, scope: Scope): string {
  if (kindOf(node) === 'var') return 'DEFAULT'
  const value = rewriter.expression(node, scope)
  return rewriter.print(converted(value, inferType(rewriter, node, scope), column.type, node))
}

export function converted(value: Node, from: SnowflakeType | undefined, to: SnowflakeType, source?: Node): Node {
  if (!CONVERTED.has(to.name) || from?.name === to.name) return value
  // Text goes into semi-structured columns as the JSON it holds only when it was parsed before.
  return convert(value, from, to, false, source)
}

/** A relation's text, without the SELECT that the printer wants around it. */
export function relationText(rewriter: Rewriter, node: Node, scope: Scope): string {
  return rewriter.print(rewriter.selectAll(rewriteRelation(rewriter, node, scope))).replace(/^SELECT \* FROM /, '')
}

export function targetAlias(body: Body, target: Table): string {
  const inner = 'name' in body ? body : bodyOf(body as Node)
  return isIdentifier(inner.alias) ? nameOf(inner.alias) : target.name
}
