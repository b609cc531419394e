import {
  type AggregateParts,
  aggregateNode,
  type Body,
  bodyOf,
  callNode,
  castNode,
  kindOf,
  type Node,
  textNode,
} from './ast.ts'
import { asNumber, asText } from './coercions.ts'
import { inferType, quotientScale } from './infer.ts'
import { objectOfStar } from './object-functions.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'

/** An aggregate of DuckDB's, and what must stand around it: outside OVER, where there is one. */
interface Aggregate {
  readonly call: Node
  readonly wrap: (call: Node) => Node
}

type Maker = (rewriter: Rewriter, args: readonly Node[], parts: AggregateParts, scope: Scope) => Aggregate

const same = (call: Node) => call

/** An empty group gives an empty value, and nulls are left out. */
function collected(name: string, empty: string, type: string): Maker {
  return (rewriter, args, parts, scope) => {
    const [first = textNode('')] = args
    const value = rewriter.expression(first, scope)
    const filter =
      parts.filter ?? ({ not: { this: { is_null: { this: value, not: false, postfix_form: false } } } } as Node)
    const call = aggregateNode(name, [callNode('TO_JSON', [value])], { ...parts, filter })
    return { call, wrap: (node) => callNode('COALESCE', [node, castNode(textNode(empty), type)]) }
  }
}

const MAKERS: Readonly<Record<string, Maker>> = {
  LISTAGG: (rewriter, args, parts, scope) => {
    const [value = textNode(''), separator = textNode('')] = args
    const call = aggregateNode(
      'STRING_AGG',
      [asText(rewriter, value, scope), rewriter.expression(separator, scope)],
      parts,
    )
    return { call, wrap: (node) => callNode('COALESCE', [node, textNode('')]) }
  },
  STRING_AGG: (rewriter, args, parts, scope) => MAKERS.LISTAGG!(rewriter, args, parts, scope),
  ARRAY_AGG: collected('LIST', '[]', 'JSON[]'),
  ARRAYAGG: collected('LIST', '[]', 'JSON[]'),
  ARRAY_UNIQUE_AGG: (rewriter, args, parts, scope) =>
    collected('LIST', '[]', 'JSON[]')(rewriter, args, { ...parts, distinct: true }, scope),
  OBJECT_AGG: (rewriter, args, parts, scope) => {
    const [key, value] = args.map((arg) => rewriter.expression(arg, scope))
    const pair = callNode('SFX_PAIR', [key as Node, value as Node])
    return { call: aggregateNode('LIST', [pair], parts), wrap: (node) => callNode('SFX_PAIRS_TO_OBJECT', [node]) }
  },
  AVG: (rewriter, args, parts, scope) => {
    const [value] = args
    const type = inferType(rewriter, value, scope)
    const call = aggregateNode(
      'AVG',
      args.map((arg) => asNumber(rewriter, arg, scope)),
      parts,
    )
    if (type?.name !== 'fixed') return { call, wrap: same }
    return { call, wrap: (node) => castNode(node, `DECIMAL(38,${quotientScale(type.scale ?? 0)})`) }
  },
  HASH_AGG: (rewriter, args, parts, scope) => {
    const starred = args.map((arg) =>
      kindOf(arg) === 'star' ? objectOfStar(rewriter, bodyOf(arg), scope, true) : rewriter.expression(arg, scope),
    )
    return { call: aggregateNode('SF_HASH_AGG', starred, parts), wrap: same }
  },
  APPROX_TOP_K: (rewriter, args, parts, scope) => {
    const [value = textNode('')] = args
    return {
      call: aggregateNode(
        'APPROX_TOP_K',
        [rewriter.expression(value, scope), ...rewriter.expressions(args.slice(1), scope)],
        parts,
      ),
      wrap: (node) => callNode('SFX_TOP_K', [node]),
    }
  },
  COUNT_IF: (rewriter, args, parts, scope) => ({
    call: aggregateNode('COUNT_IF', rewriter.expressions(args, scope), parts),
    wrap: same,
  }),
  BOOLAND_AGG: (rewriter, args, parts, scope) => ({
    call: aggregateNode('BOOL_AND', rewriter.expressions(args, scope), parts),
    wrap: same,
  }),
  BOOLOR_AGG: (rewriter, args, parts, scope) => ({
    call: aggregateNode('BOOL_OR', rewriter.expressions(args, scope), parts),
    wrap: same,
  }),
  RATIO_TO_REPORT: (rewriter, args, parts, scope) => {
    const [value = textNode('')] = args
    const rewritten = rewriter.expression(value, scope)
    return {
      call: aggregateNode('SUM', [rewritten], parts),
      wrap: (node) => callNode('SFX_DIV', [rewritten, node]),
    }
  },
}

export const AGGREGATE_NAMES: readonly string[] = Object.keys(MAKERS).filter((name) => name !== 'AVG')

/** The aggregate in a call, in `… WITHIN GROUP` and in `… OVER`; undefined for those that DuckDB has itself. */
export function aggregateOf(
  rewriter: Rewriter,
  node: Node,
  scope: Scope,
  parts: AggregateParts = {},
): Aggregate | undefined {
  const body = bodyOf(node)
  switch (kindOf(node)) {
    case 'within_group': {
      const orderBy = rewriter.walk(body.order_by, scope) as unknown[]
      return aggregateOf(rewriter, body.this as Node, scope, { ...parts, orderBy })
    }
    case 'window_function': {
      const inner = aggregateOf(rewriter, body.this as Node, scope, parts)
      if (!inner) return undefined
      return {
        ...inner,
        call: { window_function: { ...body, this: inner.call, over: rewriter.walk(body.over, scope) } },
      }
    }
    case 'avg':
      return MAKERS.AVG?.(rewriter, [body.this as Node], partsOf(rewriter, body, scope, parts), scope)
    case 'function':
    case 'aggregate_function':
      return MAKERS[String(body.name).toUpperCase().replace(/^SF_/, '')]?.(
        rewriter,
        body.args as Node[],
        partsOf(rewriter, body, scope, parts),
        scope,
      )
    default:
      return undefined
  }
}

function partsOf(rewriter: Rewriter, body: Body, scope: Scope, parts: AggregateParts): AggregateParts {
  const filter = body.filter ? rewriter.expression(body.filter as Node, scope) : parts.filter
  return { ...parts, distinct: body.distinct === true, ...(filter ? { filter } : {}) }
}
