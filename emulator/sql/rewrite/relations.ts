import { objectNotFound, unsupported } from '../errors.ts'
import { display, quoteText } from '../text/index.ts'
import { TEXT } from '../types/index.ts'
import {
  aliasNode,
  type Body,
  bodyOf,
  duckIdentifier,
  isIdentifier,
  kindOf,
  type Node,
  nameOf,
  tableNameParts,
} from './ast.ts'
import type { HostRows } from './environment.ts'
import { type Rewriter, renameOutputs } from './rewriter.ts'
import type { Output, Scope } from './scope.ts'
import { tableFunction } from './table-functions.ts'
import { timeTravel, whenOf } from './time-travel.ts'

/** Rewrites what stands in FROM or a JOIN, and makes its columns known to the scope. */
export function rewriteRelation(rewriter: Rewriter, node: Node, scope: Scope): Node {
  const body = bodyOf(node)
  switch (kindOf(node)) {
    case 'table':
      return table(rewriter, body, scope)
    case 'subquery':
      return subquery(rewriter, body, scope)
    case 'values':
      return values(rewriter, node, scope)
    case 'alias': {
      // In MERGE the alias stands around a table or subquery, elsewhere it is part of it.
      const [kind = '', inner] = Object.entries(body.this as Node)[0] ?? []
      if (kind === 'table' || kind === 'subquery')
        return rewriteRelation(rewriter, { [kind]: { ...(inner as Body), alias: body.alias } }, scope)
      return tableFunction(rewriter, body.this as Node, scope, identifiers([body.alias])[0], columnAliases(body))
    }
    case 'lateral':
      return tableFunction(rewriter, body.this as Node, scope, aliasText(body.alias), columnAliases(body))
    case 'function':
    case 'method_call':
      return tableFunction(rewriter, node, scope, undefined, [])
    case 'pivot':
    case 'unpivot':
      return pivot(rewriter, kindOf(node), body, scope)
    case 'paren':
      return { paren: { ...body, this: rewriteRelation(rewriter, body.this as Node, scope) } }
    case 'joined_table': {
      const left = rewriteRelation(rewriter, body.left as Node, scope)
      const joins = (body.joins as Body[]).map((join) => rewriter.join(join, scope))
      return { joined_table: { ...body, left, joins } }
    }
    case 'match_recognize':
      throw unsupported('MATCH_RECOGNIZE')
    default:
      throw unsupported(kindOf(node).replaceAll('_', ' ').toUpperCase())
  }
}

function identifiers(value: unknown): string[] {
  return ((value ?? []) as unknown[]).filter(isIdentifier).map(nameOf)
}

function columnAliases(body: Body): string[] {
  return identifiers(body.column_aliases)
}

/** Of a LATERAL, polyglot keeps the alias as bare text. */
function aliasText(alias: unknown): string | undefined {
  if (typeof alias === 'string') return alias.startsWith('"') ? alias.slice(1, -1) : alias.toUpperCase()
  return isIdentifier(alias) ? nameOf(alias) : undefined
}

function table(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const names = tableNameParts(body)
  const alias = isIdentifier(body.alias) ? nameOf(body.alias) : undefined
  const cte = names.length === 1 ? scope.cte(names[0] as string) : undefined
  if (cte) {
    const columns = columnAliases(body)
    scope.relations.push({ alias: alias ?? (names[0] as string), outputs: renameOutputs(cte.outputs, columns) })
    return {
      table: {
        ...body,
        name: duckIdentifier(names[0] as string),
        alias: alias === undefined ? null : duckIdentifier(alias),
        column_aliases: columns.map(duckIdentifier),
      },
    }
  }
  const node = namedRelation(rewriter, names, scope, alias, columnAliases(body), whenOf(body))
  const sample = body.table_sample as Body | null | undefined
  if (!sample) return node
  const rewritten = rewriter.walk(sample, scope) as Body
  return { table: { ...bodyOf(node), table_sample: { ...rewritten, method: sampleMethod(sample) } } }
}

/** DuckDB's name of a way to sample: a number of rows can only be drawn as a whole. */
function sampleMethod(sample: Body): string {
  if (sample.unit_after_size === true) return 'Reservoir'
  return sample.method === 'Row' ? 'Bernoulli' : sample.method === 'Block' ? 'System' : String(sample.method)
}

/** A table, view or table of the information schema, by its name. */
export function namedRelation(
  rewriter: Rewriter,
  names: readonly string[],
  scope: Scope,
  alias: string | undefined,
  columns: readonly string[],
  when?: Body,
): Node {
  const { catalogue } = rewriter.env
  const path = catalogue.path(names, rewriter.env.names)
  const shown = alias ?? path.name
  if (path.schema === 'INFORMATION_SCHEMA' || path.database === 'SNOWFLAKE') {
    const rows =
      path.database === 'SNOWFLAKE' && path.name === 'QUERY_HISTORY'
        ? rewriter.env.history('QUERY_HISTORY', new Map([['RESULT_LIMIT', '10000']]))
        : rewriter.env.informationSchema(path.database, path.name)
    if (!rows) throw objectNotFound('Object', names.map(display).join('.'))
    return hostRows(rewriter, rows, scope, shown, columns)
  }
  const object = rewriter.env.find(path)
  if (!object && names.length === 1 && path.name === 'DUAL') {
    scope.relations.push({ alias: shown, outputs: [{ name: columns[0] ?? 'DUMMY', type: TEXT }] })
    return rewriter.holes.relation(`(SELECT 'X')`, shown, [columns[0] ?? 'DUMMY'])
  }
  if (!object) {
    catalogue.schema(path.database, path.schema)
    throw objectNotFound('Object', names.map(display).join('.'))
  }
  const source = { database: object.database, schema: object.schema, table: object.name }
  const outputs = object.columns.map((column) => ({
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    source,
  }))
  scope.relations.push({ alias: shown, outputs: renameOutputs(outputs, columns) })
  if (object.kind === 'TABLE')
    return rewriter.holes.relation(when ? timeTravel(rewriter, object, when) : object.duckTable, shown, columns)
  if (when) throw unsupported('time travel on a view')
  const view = rewriter.viewText(object.name, object.query, object.database, object.schema)
  const viewColumns = outputs.map((output, i) => columns[i] ?? output.name)
  return rewriter.holes.relation(`(${view.sql})`, shown, viewColumns)
}

export function hostRows(
  rewriter: Rewriter,
  rows: HostRows,
  scope: Scope,
  alias: string,
  columns: readonly string[],
): Node {
  const outputs: Output[] = rows.columns.map((column) => ({ name: column.name }))
  scope.relations.push({ alias, outputs: renameOutputs(outputs, columns) })
  const node = rewriter.hostRelation(rows, alias)
  return { table: { ...bodyOf(node), column_aliases: columns.map(duckIdentifier) } }
}

function subquery(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const lateral = body.lateral === true
  const inner = body.this as Node
  const alias = isIdentifier(body.alias) ? nameOf(body.alias) : undefined
  const columns = columnAliases(body)
  if (kindOf(inner) === 'table' || kindOf(inner) === 'joined_table') return rewriteRelation(rewriter, inner, scope)
  const query = rewriter.query(inner, lateral ? scope : outerOf(scope))
  scope.relations.push({ alias: alias ?? '', outputs: renameOutputs(query.outputs, columns) })
  return {
    subquery: {
      ...body,
      this: query.node,
      alias: alias === undefined ? null : duckIdentifier(alias),
      column_aliases: columns.map(duckIdentifier),
    },
  }
}

/** A derived table sees the enclosing query's common table expressions, and not its neighbours. */
function outerOf(scope: Scope): Scope {
  return scope.withoutRelations()
}

function values(rewriter: Rewriter, node: Node, scope: Scope): Node {
  const body = bodyOf(node)
  const { sql, names } = rewriter.valuesText(node, scope)
  const alias = isIdentifier(body.alias) ? nameOf(body.alias) : 'VALUES'
  const columns = names.map((name, i) => columnAliases(body)[i] ?? name)
  scope.relations.push({ alias, outputs: columns.map((name) => ({ name })) })
  return rewriter.holes.relation(`(${sql})`, alias, columns)
}

function pivot(rewriter: Rewriter, kind: string, body: Body, scope: Scope): Node {
  const inner = scope.withoutRelations()
  const source = rewriteRelation(rewriter, body.this as Node, inner)
  const { this: _this, alias, ...others } = body
  const name = isIdentifier(alias) ? nameOf(alias) : ''
  scope.relations.push({ alias: name, outputs: undefined })
  const rest = rewriter.walk(kind === 'pivot' ? namedPivotValues(others) : others, inner) as Body
  return { [kind]: { ...rest, this: source, alias: isIdentifier(alias) ? duckIdentifier(name) : null } }
}

/** Snowflake names a pivoted column after the literal, its quotes included. */
function namedPivotValues(body: Body): Body {
  const fields = ((body.fields ?? []) as Node[]).map((field) => {
    const inner = bodyOf(field)
    const values = ((inner.expressions ?? []) as Node[]).map((value) => {
      if (kindOf(value) !== 'literal') return value
      const text = String(bodyOf(value).value)
      return aliasNode(value, bodyOf(value).literal_type === 'string' ? quoteText(text) : text)
    })
    return { [kindOf(field)]: { ...inner, expressions: values } }
  })
  return { ...body, fields }
}
