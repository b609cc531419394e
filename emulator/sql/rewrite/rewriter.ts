import type { Cell } from '../../engine.ts'
import type { NameContext } from '../catalogue/index.ts'
import { compilationError, unsupported } from '../errors.ts'
import { duckName, quoteText } from '../text/index.ts'
import type { SnowflakeType } from '../types/index.ts'
import {
  aliasNode,
  type Body,
  bodyOf,
  columnNode,
  duckIdentifier,
  Holes,
  type Identifier,
  isIdentifier,
  isNode,
  kindOf,
  type Node,
  nameOf,
  parseOne,
  printDuck,
  printSnowflake,
} from './ast.ts'
import { bindExpression, longestFraction } from './bind-expressions.ts'
import { connectBy } from './connect-by.ts'
import type { Environment, HostRows } from './environment.ts'
import { EXPRESSIONS } from './expressions.ts'
import { OUR_FUNCTIONS } from './functions.ts'
import { inferType } from './infer.ts'
import { type Prepared, prepare } from './prepare.ts'
import { rewriteRelation } from './relations.ts'
import { type Output, type Outputs, Scope } from './scope.ts'

export interface RewrittenQuery {
  readonly node: Node
  readonly outputs: Outputs
}

/** Rows to be loaded into a table of DuckDB's before the statement runs. */
export interface Scratch extends HostRows {
  readonly name: string
}

/** What a statement needs besides its text, shared with the views inside it. */
export interface Needs {
  readonly scratch: Scratch[]
  /** Milliseconds that `SYSTEM$WAIT` asks for. */
  wait: number
}

/** Turns the tree of a Snowflake statement into one whose text DuckDB runs. */
export class Rewriter {
  readonly env: Environment
  readonly needs: Needs
  readonly holes = new Holes()
  readonly #types: readonly SnowflakeType[]
  readonly #depth: number
  /** Set while an array bind runs as one statement: binds are then columns of this relation. */
  bindRelation: string | undefined
  /** Names that stand for finished SQL: the parameters of a function, in its body. */
  substitutes: ReadonlyMap<string, string> = new Map()

  constructor(env: Environment, prepared: Prepared, needs: Needs, depth = 0) {
    this.env = env
    this.needs = needs
    this.#types = prepared.types
    this.#depth = depth
  }

  /** Finished DuckDB SQL of a rewritten tree. */
  print(node: Node): string {
    return this.holes.fill(printDuck(node))
  }

  /** The type of a cast: one of ours behind the names which `prepare` gave. */
  typeAt(name: string): SnowflakeType | undefined {
    const index = /^SFT_(\d+)$/i.exec(name)?.[1]
    return index === undefined ? undefined : this.#types[Number(index)]
  }

  query(node: Node, scope: Scope | undefined): RewrittenQuery {
    const body = bodyOf(node)
    switch (kindOf(node)) {
      case 'select':
        return this.#select(body, scope)
      case 'union':
      case 'intersect':
      case 'except':
        return this.#setOperation(kindOf(node), body, scope)
      case 'subquery':
      case 'paren': {
        const inner = this.query(body.this as Node, scope)
        return {
          node: { [kindOf(node)]: { ...body, ...this.#tail(body, new Scope(scope)), this: inner.node } },
          outputs: inner.outputs,
        }
      }
      case 'values':
        return this.#values(node, scope)
      default:
        throw unsupported(kindOf(node).replaceAll('_', ' ').toUpperCase())
    }
  }

  expression(node: Node, scope: Scope): Node {
    const handler = EXPRESSIONS[kindOf(node)]
    if (handler) return handler(this, bodyOf(node), scope)
    return this.#children(node, scope) as Node
  }

  expressions(nodes: unknown, scope: Scope): Node[] {
    return ((nodes ?? []) as Node[]).map((node) => this.expression(node, scope))
  }

  /** Rewrites whatever stands in a field: nodes, identifiers, lists and plain structures of them. */
  walk(value: unknown, scope: Scope): unknown {
    if (isNode(value)) return this.expression(value, scope)
    return this.#children(value, scope)
  }

  #children(value: unknown, scope: Scope): unknown {
    if (Array.isArray(value)) return value.map((item) => this.walk(item, scope))
    if (isIdentifier(value)) return duckIdentifier(nameOf(value))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.walk(item, scope)]))
  }

  /** The finished text of a view's query, looked up in the view's own schema. */
  viewText(name: string, query: string, database: string, schema: string): { sql: string; outputs: Outputs } {
    const { inner, node } = this.inside(name, query, { database, schema })
    const rewritten = inner.query(node, undefined)
    return { sql: inner.print(rewritten.node), outputs: rewritten.outputs }
  }

  /** A rewriter for text from elsewhere, the body of a view or function, whose names are looked up in its own schema. */
  inside(name: string, sql: string, { database, schema }: NameContext): { inner: Rewriter; node: Node } {
    if (this.#depth > 30) throw compilationError('002014', '22000', `${name} refers to itself.`)
    const prepared = prepare(sql, OUR_FUNCTIONS)
    const inner = new Rewriter(this.env.within({ database, schema }), prepared, this.needs, this.#depth + 1)
    return { inner, node: parseOne(prepared.sql) }
  }

  #select(written: Body, parent: Scope | undefined): RewrittenQuery {
    const scope = new Scope(parent)
    const withClause = this.#with(written.with, scope)
    const hierarchy = written.connect ? connectBy(this, written, scope) : undefined
    const body = hierarchy?.body ?? written
    const from = body.from as Body | null
    const relations = from
      ? { ...from, expressions: (from.expressions as Node[]).map((node) => rewriteRelation(this, node, scope)) }
      : null
    const fromNodes = hierarchy?.from ?? relations
    const joins = ((body.joins ?? []) as Body[]).map((join) => this.join(join, scope))
    const items: Node[] = []
    const outputs: Output[] = []
    let known = true
    for (const item of body.expressions as Node[]) {
      const rewritten = this.#selectItem(item, scope)
      items.push(rewritten.node)
      if (rewritten.outputs === undefined) known = false
      else outputs.push(...rewritten.outputs)
    }
    const { with: _with, from: _from, joins: _joins, expressions: _expressions, ...others } = body
    const rest = this.#children(others, scope) as Body
    return {
      node: { select: { ...rest, with: withClause, from: fromNodes, joins, expressions: items } },
      outputs: known ? outputs : undefined,
    }
  }

  join(join: Body, scope: Scope): Body {
    const relation = rewriteRelation(this, join.this as Node, scope)
    const { this: _this, match_condition: match, ...others } = join
    const rest = this.#children(others, scope) as Body
    if (match) {
      // DuckDB has the inequality of an ASOF JOIN among the others.
      const conditions = [rest.on as Node | null, this.expression(match as Node, scope)].filter((node) => node !== null)
      const texts = conditions.map((node) => this.print(node))
      return { ...rest, match_condition: null, on: this.holes.expression(`(${texts.join(' AND ')})`), this: relation }
    }
    const isBare = !rest.on && (rest.using as unknown[] | null)?.length === 0
    const on = isBare && NEEDS_CONDITION.has(String(rest.kind)) ? { boolean: { value: true } } : rest.on
    return { ...rest, match_condition: null, on, this: relation }
  }

  #selectItem(item: Node, scope: Scope): RewrittenQuery {
    const kind = kindOf(item)
    const body = bodyOf(item)
    if (kind === 'star') return this.#star(body, scope)
    if (kind === 'alias') {
      const name = nameOf(body.alias as Identifier)
      const inner = body.this as Node
      return { node: aliasNode(this.expression(inner, scope), name), outputs: [this.#describe(name, inner, scope)] }
    }
    const rewritten = this.expression(item, scope)
    const name = kind === 'column' ? columnName(body, scope) : columnNameOf(printSnowflake(item))
    const output = this.#describe(name, item, scope)
    return {
      node:
        kindOf(rewritten) === 'column' && kind === 'column' && !isPositional(body)
          ? rewritten
          : aliasNode(rewritten, name),
      outputs: [output],
    }
  }

  #describe(name: string, node: Node, scope: Scope): Output {
    if (kindOf(node) === 'column') {
      const { name: column, table } = bodyOf(node) as { name: Identifier; table: Identifier | null }
      const output = scope.column(nameOf(column), table ? nameOf(table) : undefined)
      if (output) return { ...output, name }
    }
    const type = inferType(this, node, scope)
    return type ? { name, type } : { name }
  }

  #star(body: Body, scope: Scope): RewrittenQuery {
    const table = body.table ? nameOf(body.table as Identifier) : undefined
    const except = ((body.except ?? []) as Identifier[]).map(nameOf)
    const renamed = new Map(
      ((body.rename ?? []) as [Identifier, Identifier][]).map(([from, to]) => [nameOf(from), nameOf(to)]),
    )
    const replaced = ((body.replace ?? []) as Body[]).map((item) => nameOf(item.alias as Identifier))
    const outputs = scope
      .star(table)
      ?.filter((output) => !except.includes(output.name))
      .map((output) => (replaced.includes(output.name) ? { name: output.name } : output))
      .map((output) => ({ ...output, name: renamed.get(output.name) ?? output.name }))
    const isHiding = scope.relations.some(({ hidden }) => hidden !== undefined)
    if (outputs && (isHiding || (renamed.size > 0 && replaced.length > 0)))
      return { node: this.#expandedStar(body, scope, outputs, renamed, except), outputs }
    return { node: { star: this.#children(body, scope) as Body }, outputs }
  }

  /** `* REPLACE … RENAME …` of one column, which DuckDB refuses, column by column. */
  #expandedStar(
    body: Body,
    scope: Scope,
    outputs: readonly Output[],
    renamed: ReadonlyMap<string, string>,
    except: readonly string[],
  ): Node {
    const table = body.table ? nameOf(body.table as Identifier) : undefined
    const replacements = new Map(
      ((body.replace ?? []) as Body[]).map((item) => [nameOf(item.alias as Identifier), item.this as Node]),
    )
    const items = scope.relations
      .filter((relation) => table === undefined || relation.alias === table)
      .flatMap((relation) =>
        (relation.outputs ?? [])
          .filter(({ name }) => !except.includes(name) && !relation.hidden?.has(name))
          .map(({ name }) => {
            const replacement = replacements.get(name)
            const value = replacement
              ? this.expression(replacement, scope)
              : columnNode(name, relation.alias === '' ? undefined : relation.alias)
            return `${this.print(value)} AS ${duckName(renamed.get(name) ?? name)}`
          }),
      )
    return this.holes.expression(items.slice(0, outputs.length).join(', '))
  }

  #setOperation(kind: string, body: Body, parent: Scope | undefined): RewrittenQuery {
    const scope = new Scope(parent)
    const withClause = this.#with(body.with, scope)
    const left = this.query(body.left as Node, scope)
    const right = this.query(body.right as Node, scope)
    return {
      node: { [kind]: { ...body, ...this.#tail(body, scope), with: withClause, left: left.node, right: right.node } },
      outputs: left.outputs?.map((output) => ({ name: output.name })),
    }
  }

  /** ORDER BY, LIMIT and OFFSET of set operations and bracketed queries. */
  #tail(body: Body, scope: Scope): Body {
    const names = ['order_by', 'limit', 'offset'].filter((name) => body[name])
    return Object.fromEntries(names.map((name) => [name, this.walk(body[name], scope)]))
  }

  #with(withClause: unknown, scope: Scope): unknown {
    if (!withClause) return withClause
    const body = withClause as Body
    const ctes = (body.ctes as Body[]).map((cte) => {
      const name = nameOf(cte.alias as Identifier)
      const columns = ((cte.columns ?? []) as Identifier[]).map(nameOf)
      // A recursive one may name itself before its columns are known.
      if (mentions(cte.this, name))
        scope.addCte(name, columns.length > 0 ? columns.map((column) => ({ name: column })) : undefined)
      const query = this.query(cte.this as Node, scope)
      scope.addCte(name, renameOutputs(query.outputs, columns))
      return { ...cte, alias: duckIdentifier(name), columns: columns.map(duckIdentifier), this: query.node }
    })
    return { ...body, ctes, recursive: true }
  }

  /** `VALUES` names its columns COLUMN1, COLUMN2 …; DuckDB's names differ, and its grammar wants brackets. */
  #values(node: Node, parent: Scope | undefined): RewrittenQuery {
    const { sql, names } = this.valuesText(node, new Scope(parent))
    const text = this.holes.relation(`(${sql})`, 'VALUES', names)
    return { node: this.selectAll(text), outputs: names.map((name) => ({ name })) }
  }

  /** `SELECT * FROM` a rewritten relation. */
  selectAll(relation: Node): Node {
    return { select: { ...bodyOf(ALL), from: { ...(bodyOf(ALL).from as Body), expressions: [relation] } } }
  }

  valuesText(node: Node, scope: Scope): { sql: string; names: string[] } {
    const rows = (bodyOf(node).expressions as Body[]).map((row) => row.expressions as Node[])
    const texts = rows.map((row) => `(${row.map((item) => this.print(this.expression(item, scope))).join(', ')})`)
    return { sql: `VALUES ${texts.join(', ')}`, names: (rows[0] ?? []).map((_, i) => `COLUMN${i + 1}`) }
  }

  /** A relation over rows that come from outside DuckDB. */
  hostRelation(rows: HostRows, alias: string): Node {
    const name = `S${this.needs.scratch.length}`
    this.needs.scratch.push({ ...rows, name })
    return this.holes.relation(scratchName(name), alias)
  }

  /** A literal for a bind; NULL where a description is asked for without values. */
  bind(index: number): Node {
    const binding = this.env.bindings[String(index)]
    if (this.bindRelation !== undefined && Array.isArray(binding?.value))
      return this.holes.expression(
        bindExpression(
          binding.type,
          `${duckName(this.bindRelation)}."B${index}"`,
          longestFraction(binding.value as Cell[]),
        ),
      )
    if (!binding || Array.isArray(binding.value)) return this.holes.expression('CAST(NULL AS VARCHAR)')
    const value = binding.value as string | null
    return this.holes.expression(bindExpression(binding.type, value === null ? 'NULL' : quoteText(value), value))
  }
}

/** Joins which Snowflake takes without a condition, and DuckDB does not. */
const NEEDS_CONDITION = new Set(['Inner', 'Left', 'Right', 'Full'])

const ALL = parseOne('SELECT * FROM t')

/** Scratch tables get their place in DuckDB when they are loaded: the name stands for it until then. */
export function scratchName(name: string): string {
  return `"__SCRATCH__"."${name}"`
}

function columnName(body: Body, scope: Scope): string {
  const name = nameOf(body.name as Identifier)
  const position = /^\$(\d+)$/.exec(name)?.[1]
  if (position === undefined) return name
  const table = body.table ? nameOf(body.table as Identifier) : undefined
  return scope.positional(Number(position), table)?.name ?? name
}

function isPositional(body: Body): boolean {
  return nameOf(body.name as Identifier).startsWith('$')
}

/** Snowflake names an unnamed column after its text, in upper case. */
export function columnNameOf(text: string): string {
  return text.toUpperCase()
}

export function renameOutputs(outputs: Outputs, names: readonly string[]): Outputs {
  if (names.length === 0) return outputs
  return outputs
    ? outputs.map((output, i) => ({ ...output, name: names[i] ?? output.name }))
    : names.map((name) => ({ name }))
}

function mentions(value: unknown, table: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('table' in value && isNode(value) && isIdentifier(bodyOf(value).name))
    if (nameOf(bodyOf(value).name as Identifier) === table) return true
  return Object.values(value).some((item) => mentions(item, table))
}
