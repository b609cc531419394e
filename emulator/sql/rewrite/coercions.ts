import { fixed, type SnowflakeType, TEXT, toDuckType } from '../types/index.ts'
import { type Body, bodyOf, callNode, castNode, kindOf, type Node } from './ast.ts'
import { convert } from './conversions.ts'
import { inferType } from './infer.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'

/*
 * Snowflake converts by itself where types meet: text becomes the type of what it is compared with, or a number in
 * arithmetic, and a VARIANT becomes the value it holds.
 */

export const comparison =
  (kind: string) =>
  (rewriter: Rewriter, body: Body, scope: Scope): Node => {
    const left = body.left as Node
    const right = body.right as Node
    const leftType = inferType(rewriter, left, scope)
    const rightType = inferType(rewriter, right, scope)
    return {
      [kind]: {
        ...body,
        left: towards(rewriter, left, leftType, rightType, scope),
        right: towards(rewriter, right, rightType, leftType, scope),
      },
    }
  }

export function between(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const [subject, low, high] = alike(rewriter, [body.this, body.low, body.high] as Node[], scope)
  return { between: { ...body, this: subject, low, high } }
}

export function isIn(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const items = (body.expressions ?? []) as Node[]
  const isList = items.length > 0 && kindOf(body.this as Node) !== 'tuple'
  if (!isList) return { in: rewriter.walk(body, scope) as Body }
  const [subject, ...others] = alike(rewriter, [body.this as Node, ...items], scope)
  return { in: { ...body, this: subject, expressions: others } }
}

/** The first operand and those it is compared with: one that is no text sets the type of all. */
function alike(rewriter: Rewriter, nodes: readonly Node[], scope: Scope): Node[] {
  const types = nodes.map((node) => inferType(rewriter, node, scope))
  const leading = types.find((type) => type !== undefined && type.name !== 'text' && type.name !== 'variant')
  const fallback = leading ?? types.find((type) => type?.name === 'text')
  return nodes.map((node, i) => towards(rewriter, node, types[i], fallback, scope))
}

function towards(
  rewriter: Rewriter,
  node: Node,
  type: SnowflakeType | undefined,
  other: SnowflakeType | undefined,
  scope: Scope,
): Node {
  const isText = type?.name === 'text'
  if (other === undefined || other.name === type?.name || (!isText && type?.name !== 'variant'))
    return rewriter.expression(node, scope)
  if (isText) {
    if (other.name === 'fixed' || other.name === 'real') return asNumber(rewriter, node, scope)
    return CONVERTED_TEXT.has(other.name)
      ? convert(rewriter.expression(node, scope), TEXT, other, false, node)
      : rewriter.expression(node, scope)
  }
  const text = callNode('SF_TO_VARCHAR', [rewriter.expression(node, scope)])
  return other.name === 'text' ? text : castNode(text, toDuckType(other.name === 'fixed' ? fixed(38, 12) : other))
}

const CONVERTED_TEXT = new Set(['boolean', 'date', 'time', 'timestamp_ntz', 'timestamp_ltz', 'timestamp_tz'])

/** In arithmetic, and under SUM and AVG, text and VARIANTs are the numbers they hold. */
export function asNumber(rewriter: Rewriter, node: Node, scope: Scope): Node {
  const rewritten = rewriter.expression(node, scope)
  const type = inferType(rewriter, node, scope)
  if (type?.name === 'variant') return castNode(callNode('SF_TO_VARCHAR', [rewritten]), 'DOUBLE')
  if (type?.name !== 'text') return rewritten
  const decimals = /^[+-]?\d{1,30}(?:\.(\d{1,8}))?$/.exec(knownText(rewriter, node) ?? '')
  return castNode(rewritten, decimals ? toDuckType(fixed(38, decimals[1]?.length ?? 0)) : 'DOUBLE')
}

/** The text of a literal or a bind: its digits tell the scale of the number it stands for. */
function knownText(rewriter: Rewriter, node: Node): string | undefined {
  const body = bodyOf(node)
  if (kindOf(node) === 'literal') return String(body.value)
  if (kindOf(node) !== 'parameter' || body.style !== 'Colon') return undefined
  const value = rewriter.env.bindings[String(body.index)]?.value
  return typeof value === 'string' ? value : undefined
}

export function asText(rewriter: Rewriter, node: Node, scope: Scope): Node {
  const rewritten = rewriter.expression(node, scope)
  return inferType(rewriter, node, scope)?.name === 'text' ? rewritten : callNode('SF_TO_VARCHAR', [rewritten])
}
