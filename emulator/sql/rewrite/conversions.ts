import { compilationError } from '../errors.ts'
import { MAX_TEXT, type SnowflakeType, toDuckType, VARIANT } from '../types/index.ts'
import { type Body, bodyOf, callNode, castNode, kindOf, type Node, numberNode } from './ast.ts'
import { inferType } from './infer.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'
import { isStructured, toSemiStructured, toStructured } from './structured-types.ts'

/** A CAST or TRY_CAST. */
export function cast(rewriter: Rewriter, body: Body, scope: Scope, lenient: boolean): Node {
  const to = rewriter.typeAt(String((body.to as Body).name ?? ''))
  if (!to) throw compilationError('002040', '42601', 'Unsupported data type')
  return castTo(rewriter, body.this as Node, to, scope, lenient)
}

/** A conversion by Snowflake's rules. */
function castTo(rewriter: Rewriter, node: Node, to: SnowflakeType, scope: Scope, lenient: boolean): Node {
  const from = inferType(rewriter, node, scope)
  const value = semiStructured(rewriter, rewriter.expression(node, scope), from)
  if (isStructured(to)) {
    const variant = rewriter.print(callNode('TO_JSON', [value]))
    return rewriter.holes.expression(
      toStructured(variant, to, (member, type) =>
        rewriter.print(convert(rewriter.holes.expression(member), VARIANT, type, lenient)),
      ),
    )
  }
  return convert(value, isStructured(from) ? VARIANT : from, to, lenient, node)
}

/** A value of ours whose members have types, as a variant; any other as it is. */
export function semiStructured(rewriter: Rewriter, value: Node, from: SnowflakeType | undefined): Node {
  return isStructured(from) ? rewriter.holes.expression(toSemiStructured(rewriter.print(value), from)) : value
}

function zoned(value: Node, lenient: boolean): Node {
  const converted = callNode('SFX_TEXT_TO_TZ', [castNode(value, 'VARCHAR')])
  return lenient ? callNode('TRY', [converted]) : converted
}

/** Converts what is rewritten already; `from` is its type where that is known. */
export function convert(
  value: Node,
  from: SnowflakeType | undefined,
  to: SnowflakeType,
  lenient: boolean,
  source?: Node,
): Node {
  const scalar = from?.name === 'variant' ? callNode('SF_TO_VARCHAR', [value]) : value
  const local = from?.name === 'timestamp_tz' ? callNode('SFX_TZ_LOCAL', [value]) : scalar
  switch (to.name) {
    case 'text': {
      const asText = from?.name === 'text' ? value : callNode('SF_TO_VARCHAR', [value])
      return to.length === undefined || to.length >= MAX_TEXT
        ? asText
        : callNode('LEFT', [asText, numberNode(String(to.length))])
    }
    case 'variant':
      return callNode('TO_JSON', [value])
    case 'array':
    case 'object':
    case 'map':
      return castNode(callNode('TO_JSON', [value]), toDuckType(to), lenient)
    case 'vector': {
      const list = castNode(callNode('TO_JSON', [value]), `${toDuckType(to).replace(/\[.*/, '')}[]`, lenient)
      return castNode(list, toDuckType(to), lenient)
    }
    case 'timestamp_ntz': {
      // Only text can carry nanoseconds which TIMESTAMP would lose.
      const literal = source && kindOf(source) === 'literal' ? String(bodyOf(source).value) : ''
      const nanos = to.scale === 9 && /\.\d{7,9}\b/.test(literal)
      return castNode(local, nanos ? 'TIMESTAMP_NS' : toDuckType(to), lenient)
    }
    case 'time': {
      const literal = source && kindOf(source) === 'literal' ? String(bodyOf(source).value) : ''
      return castNode(local, /\.\d{7,9}\b/.test(literal) ? 'TIME_NS' : 'TIME', lenient)
    }
    case 'timestamp_ltz':
      return from?.name === 'timestamp_tz'
        ? callNode('SFX_TZ_INSTANT', [value])
        : castNode(scalar, 'TIMESTAMPTZ', lenient)
    case 'timestamp_tz':
      return from?.name === 'timestamp_tz' ? value : zoned(scalar, lenient)
    case 'date':
      return castNode(local, 'DATE', lenient)
    case 'boolean':
      return from?.name === 'text' || from?.name === 'variant'
        ? callNode(lenient ? 'SFX_TRY_BOOLEAN' : 'SFX_BOOLEAN', [scalar])
        : castNode(scalar, 'BOOLEAN', lenient)
    case 'binary':
      return from?.name === 'binary' ? value : callNode('UNHEX', [scalar])
    case 'geography':
    case 'geometry':
      return callNode(`SF_TO_${to.name.toUpperCase()}`, [castNode(scalar, 'VARCHAR')])
    case 'decfloat':
      return callNode('SFX_TO_DECFLOAT', [castNode(scalar, 'VARCHAR')])
    case 'interval_year_month':
      return callNode('SFX_TO_YEAR_MONTH', [castNode(scalar, 'VARCHAR')])
    case 'interval_day_time':
      return castNode(callNode('SFX_DAY_TIME', [castNode(scalar, 'VARCHAR')]), 'INTERVAL', lenient)
    default:
      return castNode(scalar, toDuckType(to), lenient)
  }
}
