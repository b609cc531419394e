import {
  ARRAY,
  BOOLEAN,
  fixed,
  INTEGER,
  LTZ,
  MAX_BINARY,
  OBJECT,
  REAL,
  type SnowflakeType,
  TEXT,
  VARIANT,
} from '../types/index.ts'
import { type Body, bodyOf, type Identifier, isNode, kindOf, nameOf } from './ast.ts'
import { longestFraction } from './bind-expressions.ts'
import { findRoutine } from './find-routine.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'

type Rule = (body: Body, infer: (node: unknown) => SnowflakeType | undefined) => SnowflakeType | undefined

const ofThis: Rule = (body, infer) => infer(body.this)
const boolean: Rule = () => BOOLEAN
const text: Rule = () => TEXT

/** Snowflake's rules for the scale of a quotient: at least six digits more than the dividend's, up to twelve. */
export function quotientScale(dividendScale: number): number {
  return Math.max(dividendScale, Math.min(dividendScale + 6, 12))
}

function sum(body: Body, infer: (node: unknown) => SnowflakeType | undefined): SnowflakeType | undefined {
  const left = infer(body.left)
  const right = infer(body.right)
  if (left?.name === 'fixed' && right?.name === 'fixed') return fixed(38, Math.max(left.scale ?? 0, right.scale ?? 0))
  if (left?.name === 'real' || right?.name === 'real') return REAL
  if (left?.name === 'date' && isNode(body.right) && kindOf(body.right) !== 'interval')
    return right?.name === 'date' ? INTEGER : left
  return left?.name === 'date' || left?.name.startsWith('timestamp') ? left : undefined
}

const RULES: Readonly<Record<string, Rule>> = {
  paren: ofThis,
  alias: ofThis,
  neg: ofThis,
  min: ofThis,
  max: ofThis,
  any_value: ofThis,
  window_function: ofThis,
  within_group: ofThis,
  lag: ofThis,
  lead: ofThis,
  first_value: ofThis,
  last_value: ofThis,
  abs: ofThis,
  sum: (body, infer) => {
    const type = infer(body.this)
    return type?.name === 'fixed' ? fixed(38, type.scale ?? 0) : type
  },
  avg: (body, infer) => {
    const type = infer(body.this)
    return type?.name === 'fixed' ? fixed(38, quotientScale(type.scale ?? 0)) : type
  },
  count: () => fixed(18, 0),
  row_number: () => fixed(18, 0),
  add: sum,
  sub: sum,
  mul: (body, infer) => {
    const left = infer(body.left)
    const right = infer(body.right)
    if (left?.name === 'fixed' && right?.name === 'fixed') return fixed(38, (left.scale ?? 0) + (right.scale ?? 0))
    return left?.name === 'real' || right?.name === 'real' ? REAL : undefined
  },
  div: (body, infer) => {
    const left = infer(body.left)
    const right = infer(body.right)
    if (left?.name === 'fixed' && right?.name === 'fixed') return fixed(38, quotientScale(left.scale ?? 0))
    return left?.name === 'real' || right?.name === 'real' ? REAL : undefined
  },
  literal: (body) => {
    if (body.literal_type === 'string') return TEXT
    if (body.literal_type === 'date') return { name: 'date' }
    if (body.literal_type === 'timestamp') return { name: 'timestamp_ntz', scale: 9 }
    const value = String(body.value)
    if (/[eE]/.test(value)) return REAL
    const [whole = '', digits = ''] = value.split('.')
    return fixed(Math.min(Math.max(whole.replace(/^0+/, '').length + digits.length, 1), 38), digits.length)
  },
  boolean,
  eq: boolean,
  neq: boolean,
  lt: boolean,
  lte: boolean,
  gt: boolean,
  gte: boolean,
  and: boolean,
  or: boolean,
  not: boolean,
  in: boolean,
  like: boolean,
  i_like: boolean,
  between: boolean,
  is_null: boolean,
  exists: boolean,
  concat: text,
  upper: text,
  lower: text,
  trim: text,
  substring: text,
  replace: text,
  j_s_o_n_extract: () => VARIANT,
  subscript: () => VARIANT,
  map_func: () => OBJECT,
  array_func: () => ARRAY,
  braced_wildcard: () => OBJECT,
  coalesce: (body, infer) => firstOf((body.expressions ?? []) as unknown[], infer),
  case: (body, infer) => {
    const results = ((body.whens ?? []) as unknown[][]).map((when) => when[1])
    return firstOf([...results, body.else], infer)
  },
}

function firstOf(
  nodes: readonly unknown[],
  infer: (node: unknown) => SnowflakeType | undefined,
): SnowflakeType | undefined {
  const types = nodes.map(infer).filter((type) => type !== undefined)
  const [first] = types
  if (first?.name !== 'fixed') return first
  if (types.some((type) => type.name === 'real')) return REAL
  return fixed(38, Math.max(...types.map((type) => type.scale ?? 0)))
}

const FUNCTION_TYPES: Readonly<Record<string, SnowflakeType>> = Object.fromEntries(
  (
    [
      [VARIANT, 'PARSE_JSON TRY_PARSE_JSON TO_VARIANT GET GET_PATH OBJECT_PICK'],
      [OBJECT, 'OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_AGG TO_OBJECT OBJECT_INSERT OBJECT_DELETE'],
      [
        ARRAY,
        'ARRAY_CONSTRUCT ARRAY_AGG SPLIT TO_ARRAY ARRAY_CAT ARRAY_APPEND ARRAY_SLICE OBJECT_KEYS STRTOK_TO_ARRAY',
      ],
      [TEXT, 'TO_VARCHAR TO_CHAR LISTAGG SPLIT_PART CONCAT TO_JSON SHA2 MD5 TYPEOF'],
      [INTEGER, 'SEQ1 SEQ2 SEQ4 SEQ8 RANDOM HASH ARRAY_SIZE DATEDIFF TIMEDIFF TIMESTAMPDIFF'],
      [BOOLEAN, 'CONTAINS STARTSWITH ENDSWITH TO_BOOLEAN'],
      [{ name: 'binary', length: MAX_BINARY }, 'TO_BINARY'],
      [{ name: 'date' }, 'TO_DATE DATE CURRENT_DATE LAST_DAY'],
      [{ name: 'timestamp_ntz', scale: 9 }, 'TO_TIMESTAMP TO_TIMESTAMP_NTZ SYSDATE'],
      [LTZ, 'CURRENT_TIMESTAMP LOCALTIMESTAMP TO_TIMESTAMP_LTZ GETDATE SYSTIMESTAMP'],
      [{ name: 'timestamp_tz', scale: 9 }, 'TO_TIMESTAMP_TZ'],
    ] as const
  ).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
)

const BIND_TYPES: Readonly<Record<string, SnowflakeType>> = {
  TEXT,
  VARIANT,
  ARRAY,
  OBJECT,
  BOOLEAN,
  REAL,
  TIME: { name: 'time', scale: 9 },
  BINARY: { name: 'binary', length: MAX_BINARY },
  DATE: { name: 'date' },
  TIMESTAMP_NTZ: { name: 'timestamp_ntz', scale: 9 },
  TIMESTAMP_LTZ: LTZ,
  TIMESTAMP_TZ: { name: 'timestamp_tz', scale: 9 },
}

function userType(rewriter: Rewriter, name: string, count: number): SnowflakeType | undefined {
  const returns = findRoutine(rewriter.env, 'FUNCTION', [name], count)?.routine.returns
  return returns !== undefined && 'name' in returns ? returns : undefined
}

function bindType(rewriter: Rewriter, index: string): SnowflakeType | undefined {
  const bind = rewriter.env.bindings[index]
  if (bind?.type.toUpperCase() !== 'FIXED') return BIND_TYPES[bind?.type.toUpperCase() ?? '']
  const text = typeof bind.value === 'object' ? longestFraction(bind.value ?? []) : bind.value
  return fixed(38, text?.split('.')[1]?.length ?? 0)
}

/** The type of an expression where it can be told without asking DuckDB; undefined where not. */
export function inferType(rewriter: Rewriter, node: unknown, scope: Scope): SnowflakeType | undefined {
  if (!isNode(node)) return undefined
  const body = bodyOf(node)
  const infer = (inner: unknown) => inferType(rewriter, inner, scope)
  switch (kindOf(node)) {
    case 'column': {
      const table = body.table as Identifier | null
      return scope.column(nameOf(body.name as Identifier), table ? nameOf(table) : undefined)?.type
    }
    case 'parameter':
      return body.style === 'Colon' ? bindType(rewriter, String(body.index)) : undefined
    case 'cast':
    case 'try_cast':
      return rewriter.typeAt(String((body.to as Body).name ?? ''))
    case 'function':
    case 'aggregate_function': {
      const name = String(body.name).toUpperCase().replace(/^SF_/, '')
      const args = (body.args ?? []) as unknown[]
      if (name === 'DATEADD') return infer(args[2])
      if (name === 'DATE_TRUNC') return infer(args[1])
      if (name === 'IFF') return firstOf(args.slice(1), infer)
      if (name === 'NVL' || name === 'IFNULL' || name === 'ZEROIFNULL') return firstOf(args, infer)
      return FUNCTION_TYPES[name] ?? userType(rewriter, name, args.length)
    }
    default:
      return RULES[kindOf(node)]?.(body, infer)
  }
}
