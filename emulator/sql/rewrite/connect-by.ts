import { invalidIdentifier, unsupported } from '../errors.ts'
import { duckName, quoteText } from '../text/index.ts'
import { fixed, TEXT } from '../types/index.ts'
import { type Body, bodyOf, columnNode, type Identifier, isNode, kindOf, type Node, nameOf } from './ast.ts'
import { constantText } from './constants.ts'
import { rewriteRelation } from './relations.ts'
import type { Rewriter } from './rewriter.ts'
import { type Output, Scope } from './scope.ts'

/*
 * `… START WITH s CONNECT BY c`: a recursive query, whose rows are those of the relation with LEVEL and with a column
 * for each PRIOR, CONNECT_BY_ROOT and SYS_CONNECT_BY_PATH that the statement asks for.
 */

const PRIOR = '__PRIOR'
const CHAIN = '__CHAIN'

/** The row one level up: its columns have names of their own, so that a bare name means the row itself. */
class Prior {
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  get relation(): string {
    return `"${CHAIN}" AS "${PRIOR}"(${this.#names.map((_, i) => `"${PRIOR}_${i}"`).join(', ')})`
  }

  column(name: string): string {
    const at = this.#names.indexOf(name)
    if (at < 0) throw invalidIdentifier(name)
    return `"${PRIOR}"."${PRIOR}_${at}"`
  }
}

/** A column that grows along the hierarchy. */
interface Grown {
  readonly name: string
  readonly node: Node
  readonly kind: 'prior' | 'root' | 'path'
  readonly separator: string
}

/** The FROM clause of a hierarchical query; its expressions stand for columns of it from then on. */
export function connectBy(rewriter: Rewriter, body: Body, scope: Scope): { readonly from: Body; readonly body: Body } {
  const from = body.from as Body | null
  if (!from) throw unsupported('CONNECT BY without FROM')
  const connect = body.connect as { start: Node | null; connect: Node }
  const source = new Scope(scope.parent)
  const nodes = (from.expressions as Node[]).map((node) => rewriteRelation(rewriter, node, source))
  const joins = ((body.joins ?? []) as Body[]).map((join) => rewriter.join(join, source))
  const [only, ...others] = source.relations
  if (!only?.outputs || others.length > 0) throw unsupported('CONNECT BY over more than one table')
  const { alias, outputs } = { alias: only.alias, outputs: only.outputs }
  const grown: Grown[] = []
  const replaced = replaceGrown(rewriter, { ...body, connect: null, from: null, joins: null }, grown) as Body
  const relation = rewriter
    .print({ select: { ...emptySelect(rewriter), from: { ...from, expressions: nodes }, joins } })
    .replace(/^SELECT \* FROM /, '')
  const names = [...outputs.map(({ name }) => name), 'LEVEL', ...grown.map(({ name }) => name)]
  const prior = new Prior(names)
  const value = (node: Node) => rewriter.print(rewriter.expression(node, source))
  const prefix = alias === '' ? '' : `${duckName(alias)}.`
  const list = outputs.map(({ name }) => `${prefix}${duckName(name)} AS ${duckName(name)}`)
  const first = grown.map((column) => `${firstText(column, value)} AS ${duckName(column.name)}`)
  const next = grown.map((column) => `${nextText(rewriter, column, value, source, prior)} AS ${duckName(column.name)}`)
  const start = connect.start ? `WHERE ${value(connect.start)}` : ''
  const condition = conditionText(rewriter, connect.connect, source, prior)
  const sql = `WITH RECURSIVE "${CHAIN}" AS (
    SELECT ${[...list, '1 AS "LEVEL"', ...first].join(', ')} FROM ${relation} ${start}
    UNION ALL
    SELECT ${[...list, `${prior.column('LEVEL')} + 1`, ...next].join(', ')} FROM ${prior.relation}, ${relation} WHERE ${condition}
  ) SELECT * FROM "${CHAIN}"`
  const all: Output[] = [
    ...outputs,
    { name: 'LEVEL', type: fixed(38, 0) },
    ...grown.map(({ name, kind }) => ({ name, ...(kind === 'path' ? { type: TEXT } : {}) })),
  ]
  // LEVEL and its like are there for whoever names them, and no part of `*`.
  scope.relations.push({ alias, outputs: all, hidden: new Set(all.slice(outputs.length).map(({ name }) => name)) })
  return { from: { ...from, expressions: [rewriter.holes.relation(`(${sql})`, alias || 'CONNECTED')] }, body: replaced }
}

function emptySelect(rewriter: Rewriter): Body {
  return bodyOf(rewriter.selectAll(rewriter.holes.relation('t', 't')))
}

/** Puts a column of its own in the place of each PRIOR, CONNECT_BY_ROOT and SYS_CONNECT_BY_PATH. */
function replaceGrown(rewriter: Rewriter, value: unknown, grown: Grown[]): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceGrown(rewriter, item, grown))
  if (typeof value !== 'object' || value === null) return value
  if (isNode(value)) {
    const found = grownOf(rewriter, value)
    if (found) {
      const name = `__GROWN_${grown.length}`
      grown.push({ ...found, name })
      return columnNode(name)
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceGrown(rewriter, item, grown)]))
}

function grownOf(rewriter: Rewriter, node: Node): Omit<Grown, 'name'> | undefined {
  if (kindOf(node) !== 'function') return undefined
  const [first, second] = bodyOf(node).args as Node[]
  const kind = GROWING[String(bodyOf(node).name).toUpperCase()]
  if (!kind || !first) return undefined
  return { kind, node: first, separator: kind === 'path' ? constantText(rewriter, second) : '' }
}

const GROWING: Readonly<Record<string, Grown['kind']>> = {
  SF_PRIOR: 'prior',
  SF_CONNECT_BY_ROOT: 'root',
  SYS_CONNECT_BY_PATH: 'path',
}

function firstText({ kind, node, separator }: Grown, value: (node: Node) => string): string {
  if (kind === 'prior') return `CASE WHEN FALSE THEN ${value(node)} END`
  if (kind === 'root') return value(node)
  return `${quoteText(separator)} || SF_TO_VARCHAR(${value(node)})`
}

function nextText(
  rewriter: Rewriter,
  column: Grown,
  value: (node: Node) => string,
  source: Scope,
  prior: Prior,
): string {
  const own = prior.column(column.name)
  if (column.kind === 'root') return own
  if (column.kind === 'prior') return rewriter.print(rewriter.expression(ofPrior(rewriter, prior, column.node), source))
  return `${own} || ${quoteText(column.separator)} || SF_TO_VARCHAR(${value(column.node)})`
}

/** In the condition, PRIOR is the row one level up, and LEVEL that of the row to be. */
function conditionText(rewriter: Rewriter, node: Node, source: Scope, prior: Prior): string {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn)
    if (typeof value !== 'object' || value === null) return value
    if (isNode(value)) {
      const grown = grownOf(rewriter, value)
      if (grown?.kind === 'prior') return ofPrior(rewriter, prior, grown.node)
      if (isLevel(value)) return rewriter.holes.expression(`(${prior.column('LEVEL')} + 1)`)
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, turn(item)]))
  }
  return rewriter.print(rewriter.expression(turn(node) as Node, source))
}

function isLevel(node: Node): boolean {
  const body = bodyOf(node)
  return kindOf(node) === 'column' && !body.table && nameOf(body.name as Identifier) === 'LEVEL'
}

/** The same expression over the row one level up. */
function ofPrior(rewriter: Rewriter, prior: Prior, node: Node): Node {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn)
    if (typeof value !== 'object' || value === null) return value
    if (isNode(value) && kindOf(value) === 'column')
      return rewriter.holes.expression(prior.column(nameOf(bodyOf(value).name as Identifier)))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, turn(item)]))
  }
  return turn(node) as Node
}
