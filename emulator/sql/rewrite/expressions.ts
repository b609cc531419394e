import { invalidIdentifier, unknownFunction } from '../errors.ts'
import { duckName, quoteText } from '../text/index.ts'
import { VARIANT } from '../types/index.ts'
import { aggregateOf } from './aggregates.ts'
import {
  type Body,
  bodyOf,
  callNode,
  castNode,
  columnNode,
  type Identifier,
  isIdentifier,
  kindOf,
  type Node,
  nameOf,
  textNode,
} from './ast.ts'
import { asNumber, asText, between, comparison, isIn } from './coercions.ts'
import { variableNode } from './context-functions.ts'
import { cast, convert, semiStructured } from './conversions.ts'
import { callFunction } from './functions.ts'
import { inferType, quotientScale } from './infer.ts'
import { jsonPath } from './json-path.ts'
import { objectOfStar } from './object-functions.ts'
import type { Rewriter } from './rewriter.ts'
import { Scope } from './scope.ts'
import { calledName, userFunction } from './user-functions.ts'

export type Handler = (rewriter: Rewriter, body: Body, scope: Scope) => Node

const query =
  (kind: string): Handler =>
  (rewriter, body, scope) =>
    rewriter.query({ [kind]: body }, scope).node

const arithmetic =
  (kind: string): Handler =>
  (rewriter, body, scope) => ({
    [kind]: {
      ...body,
      left: asNumber(rewriter, body.left as Node, scope),
      right: asNumber(rewriter, body.right as Node, scope),
    },
  })

/** DATE plus or minus an interval of days stays a DATE in Snowflake, and becomes a TIMESTAMP in DuckDB. */
const dateArithmetic =
  (kind: string): Handler =>
  (rewriter, body, scope) => {
    const node = arithmetic(kind)(rewriter, body, scope)
    const isInterval = kindOf(body.right as Node) === 'interval'
    return isInterval && inferType(rewriter, body.left, scope)?.name === 'date' ? castNode(node, 'DATE') : node
  }

const like =
  (kind: 'like' | 'i_like'): Handler =>
  (rewriter, body, scope) => {
    const quantifier = body.quantifier
    const left = body.left as Node
    const right = body.right as Node
    if (!quantifier)
      return { [kind]: { ...body, left: asText(rewriter, left, scope), right: asText(rewriter, right, scope) } }
    const patterns = kindOf(right) === 'tuple' ? (bodyOf(right).expressions as Node[]) : [right]
    const tests = patterns.map((pattern) => ({
      [kind]: {
        ...body,
        quantifier: null,
        left: asText(rewriter, left, scope),
        right: asText(rewriter, pattern, scope),
      },
    }))
    const joined = tests.map((test) => rewriter.print(test)).join(quantifier === 'ALL' ? ' AND ' : ' OR ')
    return rewriter.holes.expression(`(${joined})`)
  }

/** A part of a date or time, also of one in text. */
function ofMoment(kind: string): Handler {
  return (rewriter, body, scope) => {
    const node = body.this as Node
    const type = inferType(rewriter, node, scope)
    const value = rewriter.expression(node, scope)
    const moment = type?.name === 'text' ? convert(value, type, { name: 'timestamp_ntz', scale: 9 }, false) : value
    return { [kind]: { ...(rewriter.walk(body, scope) as Body), this: moment } }
  }
}

/** A function of a number, which takes text for the number it holds. */
function ofNumber(kind: string): Handler {
  return (rewriter, body, scope) => ({
    [kind]: { ...(rewriter.walk(body, scope) as Body), this: asNumber(rewriter, body.this as Node, scope) },
  })
}

const MOMENT_PARTS = ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second']

export const EXPRESSIONS: Readonly<Record<string, Handler>> = {
  select: query('select'),
  union: query('union'),
  intersect: query('intersect'),
  except: query('except'),
  subquery: query('subquery'),
  between,
  in: isIn,
  neg: (rewriter, body, scope) => ({ neg: { ...body, this: asNumber(rewriter, body.this as Node, scope) } }),
  eq: comparison('eq'),
  neq: comparison('neq'),
  lt: comparison('lt'),
  lte: comparison('lte'),
  gt: comparison('gt'),
  gte: comparison('gte'),
  add: dateArithmetic('add'),
  sub: dateArithmetic('sub'),
  mul: arithmetic('mul'),
  sum: (rewriter, body, scope) => ({
    sum: { ...(rewriter.walk(body, scope) as Body), this: asNumber(rewriter, body.this as Node, scope) },
  }),
  ...Object.fromEntries(['abs', 'ceil', 'floor', 'sqrt', 'exp', 'ln'].map((kind) => [kind, ofNumber(kind)])),
  ...Object.fromEntries(MOMENT_PARTS.map((kind) => [kind, ofMoment(kind)])),
  lambda,
  like: like('like'),
  i_like: like('i_like'),
  column,
  dot,
  parameter,
  function: (rewriter, body, scope) => callFunction(rewriter, body, scope),
  method_call: (rewriter, body, scope) => {
    const node = { method_call: body }
    return userFunction(rewriter, calledName(node), body.args as Node[], scope) ?? unknownFunction(calledName(node))
  },
  aggregate_function: (rewriter, body, scope) => aggregate(rewriter, { aggregate_function: body }, scope),
  within_group: (rewriter, body, scope) => aggregate(rewriter, { within_group: body }, scope),
  window_function: (rewriter, body, scope) => aggregate(rewriter, { window_function: body }, scope),
  avg: (rewriter, body, scope) => aggregate(rewriter, { avg: body }, scope),
  j_s_o_n_extract: (rewriter, body, scope) => {
    const path = jsonPath(String(bodyOf(body.expression as Node).value))
    return callNode('SF_GET_PATH', [container(rewriter, body, scope), textNode(path)])
  },
  subscript: (rewriter, body, scope) => {
    const index = body.index as Node
    return callNode('SF_GET', [container(rewriter, body, scope), rewriter.expression(index, scope)])
  },
  cast: (rewriter, body, scope) => cast(rewriter, body, scope, false),
  try_cast: (rewriter, body, scope) => cast(rewriter, body, scope, true),
  div: (rewriter, body, scope) => {
    const quotient = callNode('SFX_DIV', [
      asNumber(rewriter, body.left as Node, scope),
      asNumber(rewriter, body.right as Node, scope),
    ])
    const dividend = inferType(rewriter, body.left, scope)
    const isFixed = dividend?.name === 'fixed' && inferType(rewriter, body.right, scope)?.name === 'fixed'
    return isFixed ? castNode(quotient, `DECIMAL(38,${quotientScale(dividend.scale ?? 0)})`) : quotient
  },
  mod: (rewriter, body, scope) =>
    callNode('SF_MOD', [rewriter.expression(body.left as Node, scope), rewriter.expression(body.right as Node, scope)]),
  concat: (rewriter, body, scope) => ({
    concat: {
      ...body,
      left: asText(rewriter, body.left as Node, scope),
      right: asText(rewriter, body.right as Node, scope),
    },
  }),
  regexp_like: (rewriter, body, scope) => callNode('SF_RLIKE', rewriter.expressions([body.this, body.pattern], scope)),
  extract: (rewriter, body, scope) => {
    const field = body.field
    const part = typeof field === 'string' ? field : String(Object.values((field ?? {}) as Body)[0] ?? '')
    return callFunction(rewriter, bodyOf(callNode('SF_DATE_PART', [textNode(part), body.this as Node])), scope)
  },
  map_func: (rewriter, body, scope) => {
    const keys = body.keys as Node[]
    const args = keys.flatMap((key, i) => [key, (body.values as Node[])[i] as Node])
    return callFunction(rewriter, bodyOf(callNode('SF_OBJECT_CONSTRUCT', args)), scope)
  },
  array_func: (rewriter, body, scope) =>
    callFunction(rewriter, bodyOf(callNode('SF_ARRAY_CONSTRUCT', body.expressions as Node[])), scope),
  braced_wildcard: (rewriter, body, scope) => objectOfStar(rewriter, body.star as Body, scope, false),
  interval: (rewriter, body, scope) => interval(rewriter, body, scope),
}

/** What a path or an index looks into. */
function container(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const node = body.this as Node
  return semiStructured(rewriter, rewriter.expression(node, scope), inferType(rewriter, node, scope))
}

/** The parameters of a lambda are elements of an array: variants. */
function lambda(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const inner = new Scope(scope)
  const parameters = (body.parameters as Identifier[]).map(nameOf)
  inner.relations.push({ alias: '', outputs: parameters.map((name) => ({ name, type: VARIANT })) })
  return rewriter.holes.expression(
    `lambda ${parameters.map(duckName).join(', ')}: ${rewriter.print(rewriter.expression(body.body as Node, inner))}`,
  )
}

function column(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const name = nameOf(body.name as Identifier)
  const table = isIdentifier(body.table) ? nameOf(body.table) : undefined
  // `ORDER BY ALL`: no column can have the bare name.
  if (name === 'ALL' && !(body.name as Identifier).quoted) return rewriter.holes.expression('ALL')
  const substitute = table === undefined ? rewriter.substitutes.get(name) : undefined
  if (substitute !== undefined) return rewriter.holes.expression(`(${substitute})`)
  if (name === 'NEXTVAL' && table !== undefined) return nextValue(rewriter, [table], scope) ?? columnNode(name, table)
  const position = /^\$(\d+)$/.exec(name)?.[1]
  if (position !== undefined) return positional(Number(position), scope, table)
  return columnNode(name, table)
}

/** `db.schema.table.column`: relations are known by their alias alone. */
function dot(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const parts: string[] = []
  const collect = (node: Node) => {
    const inner = bodyOf(node)
    if (kindOf(node) === 'dot') {
      collect(inner.this as Node)
      parts.push(nameOf(inner.field as Identifier))
    } else {
      if (isIdentifier(inner.table)) parts.push(nameOf(inner.table))
      parts.push(nameOf(inner.name as Identifier))
    }
  }
  collect({ dot: body })
  const sequence = parts.at(-1) === 'NEXTVAL' ? nextValue(rewriter, parts.slice(0, -1), scope) : undefined
  if (sequence) return sequence
  return columnNode(parts.at(-1) ?? '', parts.at(-2))
}

/** `sequence.NEXTVAL`; undefined when the name is a relation of the query, or no sequence. */
function nextValue(rewriter: Rewriter, parts: readonly string[], scope: Scope): Node | undefined {
  const { catalogue, names } = rewriter.env
  if (parts.length === 1 && scope.relation(parts[0] ?? '')) return undefined
  if (parts.length < 3 && (names.database === null || names.schema === null)) return undefined
  const found = catalogue.named.find('SEQUENCE', catalogue.path(parts, names))
  return found?.sequence && rewriter.holes.expression(`nextval(${found.sequence.duckName})`)
}

function positional(position: number, scope: Scope, table?: string): Node {
  const found = scope.positional(position, table)
  if (!found) throw invalidIdentifier(`$${position}`)
  return columnNode(found.name, found.table === '' ? undefined : found.table)
}

function parameter(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const index = body.index
  if (typeof index === 'number' && body.style === 'Colon') return rewriter.bind(index)
  if (typeof index === 'number') return positional(index, scope)
  return variableNode(rewriter, String(body.name))
}

function aggregate(rewriter: Rewriter, node: Node, scope: Scope): Node {
  const found = aggregateOf(rewriter, node, scope)
  return found ? found.wrap(found.call) : { [kindOf(node)]: rewriter.walk(bodyOf(node), scope) }
}

function interval(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const value = body.this as Node | null
  if (value && kindOf(value) === 'literal' && body.unit === null) {
    const text = String(bodyOf(value).value).replaceAll(',', ' ')
    return rewriter.holes.expression(`INTERVAL ${quoteText(text)}`)
  }
  return { interval: rewriter.walk(body, scope) as Body }
}
