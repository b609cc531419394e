import { MACRO_NAMES } from '../library/index.ts'
import { Cursor, readName } from '../text/index.ts'
import { BOOLEAN, fixed, type SnowflakeType, TEXT } from '../types/index.ts'
import { AGGREGATE_NAMES, aggregateOf } from './aggregates.ts'
import { checkArity } from './arity.ts'
import { type Body, bodyOf, callNode, castNode, columnNode, kindOf, type Node } from './ast.ts'
import { asNumber, asText } from './coercions.ts'
import { constantText } from './constants.ts'
import { CONTEXT_FUNCTIONS, typeOfText } from './context-functions.ts'
import { convert } from './conversions.ts'
import { inferType } from './infer.ts'
import { objectOfStar } from './object-functions.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'
import { dateAdd, dateDiff, datePart, dateTrunc, toMoment, toText } from './time-functions.ts'
import { userFunction } from './user-functions.ts'

type FunctionHandler = (rewriter: Rewriter, args: readonly Node[], scope: Scope) => Node

const moment =
  (to: SnowflakeType, lenient = false): FunctionHandler =>
  (rewriter, args, scope) =>
    toMoment(rewriter, args, scope, to, lenient)

const conversion =
  (to: SnowflakeType, lenient = false): FunctionHandler =>
  (rewriter, args, scope) => {
    const [source] = args as [Node]
    return convert(rewriter.expression(source, scope), inferType(rewriter, source, scope), to, lenient, source)
  }

/** `TO_NUMBER(text [, format] [, precision [, scale]])`. */
const number =
  (lenient = false): FunctionHandler =>
  (rewriter, args, scope) => {
    const [source, ...others] = args as [Node, ...Node[]]
    const sizes = others.filter((arg) => kindOf(arg) === 'literal' && bodyOf(arg).literal_type === 'number')
    const [precision = 38, scale = 0] = sizes.map((arg) => Number(constantText(rewriter, arg)))
    const format = others.find((arg) => kindOf(arg) === 'literal' && bodyOf(arg).literal_type === 'string')
    if (format) {
      const text = callNode('SFX_TEXT_NUMBER', [rewriter.expression(source, scope), format])
      return convert(text, TEXT, fixed(precision, scale), lenient)
    }
    return conversion(fixed(precision, scale), lenient)(rewriter, [source], scope)
  }

const NTZ: SnowflakeType = { name: 'timestamp_ntz', scale: 9 }
const ZONED: SnowflakeType = { name: 'timestamp_tz', scale: 9 }
const LOCAL: SnowflakeType = { name: 'timestamp_ltz', scale: 9 }

const HANDLERS: Readonly<Record<string, FunctionHandler>> = {
  DATEADD: dateAdd,
  TIMEADD: dateAdd,
  TIMESTAMPADD: dateAdd,
  DATEDIFF: dateDiff,
  TIMEDIFF: dateDiff,
  TIMESTAMPDIFF: dateDiff,
  DATE_TRUNC: dateTrunc,
  DATE_PART: datePart,
  TO_DATE: moment({ name: 'date' }),
  DATE: moment({ name: 'date' }),
  TRY_TO_DATE: moment({ name: 'date' }, true),
  TO_TIMESTAMP: moment(NTZ),
  TO_TIMESTAMP_NTZ: moment(NTZ),
  TRY_TO_TIMESTAMP: moment(NTZ, true),
  TRY_TO_TIMESTAMP_NTZ: moment(NTZ, true),
  TO_TIMESTAMP_LTZ: moment(LOCAL),
  TO_TIMESTAMP_TZ: moment(ZONED),
  TRY_TO_TIMESTAMP_TZ: moment(ZONED, true),
  TO_TIME: moment({ name: 'time', scale: 9 }),
  TIME: moment({ name: 'time', scale: 9 }),
  TRY_TO_TIME: moment({ name: 'time', scale: 9 }, true),
  TRY_TO_TIMESTAMP_LTZ: moment(LOCAL, true),
  TO_VARCHAR: toText,
  TO_CHAR: toText,
  TO_NUMBER: number(),
  TO_DECIMAL: number(),
  TO_NUMERIC: number(),
  TRY_TO_NUMBER: number(true),
  TRY_TO_DECIMAL: number(true),
  TRY_TO_NUMERIC: number(true),
  TO_DOUBLE: conversion({ name: 'real' }),
  TRY_TO_DOUBLE: conversion({ name: 'real' }, true),
  TO_BOOLEAN: conversion(BOOLEAN),
  TRY_TO_BOOLEAN: conversion(BOOLEAN, true),
  TO_VARIANT: conversion({ name: 'variant' }),
  TO_OBJECT: conversion({ name: 'object' }),
  TO_GEOGRAPHY: conversion({ name: 'geography' }),
  TO_GEOMETRY: conversion({ name: 'geometry' }),
  TO_BINARY: (rewriter, args, scope) => {
    const format = args[1] ? constantText(rewriter, args[1]).toUpperCase() : 'HEX'
    const value = rewriter.expression(args[0] as Node, scope)
    if (format === 'BASE64') return callNode('FROM_BASE64', [value])
    return callNode(format.startsWith('UTF') ? 'ENCODE' : 'UNHEX', [value])
  },
  CONCAT: (rewriter, args, scope) => {
    const texts = args.map((arg) => rewriter.print(asText(rewriter, arg, scope)))
    return rewriter.holes.expression(`(${texts.join(' || ')})`)
  },
  OBJECT_CONSTRUCT: (rewriter, args, scope) => object(rewriter, args, scope, false),
  OBJECT_CONSTRUCT_KEEP_NULL: (rewriter, args, scope) => object(rewriter, args, scope, true),
  ARRAY_CONSTRUCT: (rewriter, args, scope) => {
    if (args.length === 1 && kindOf(args[0] as Node) === 'star') {
      return callNode('SFX_OBJECT_VALUES', [objectOfStar(rewriter, bodyOf(args[0] as Node), scope, true)])
    }
    const items = args.map(
      (arg) => `COALESCE(to_json(${rewriter.print(rewriter.expression(arg, scope))}), CAST('null' AS JSON))`,
    )
    return rewriter.holes.expression(`CAST([${items.join(', ')}] AS JSON[])`)
  },
  HASH: (rewriter, args, scope) => {
    const values = args.map((arg) =>
      kindOf(arg) === 'star' ? objectOfStar(rewriter, bodyOf(arg), scope, true) : rewriter.expression(arg, scope),
    )
    return callNode('SFX_HASH_VALUE', [callNode('HASH', values)])
  },
  DECODE: (rewriter, args, scope) => {
    const [subject, ...rest] = args.map((arg) => rewriter.print(rewriter.expression(arg, scope)))
    const whens: string[] = []
    for (let i = 0; i + 1 < rest.length; i += 2)
      whens.push(`WHEN ${subject} IS NOT DISTINCT FROM ${rest[i]} THEN ${rest[i + 1]}`)
    const otherwise = rest.length % 2 === 1 ? ` ELSE ${rest.at(-1)}` : ''
    return rewriter.holes.expression(`(CASE ${whens.join(' ')}${otherwise} END)`)
  },
  SYSTEM$TYPEOF: (rewriter, args, scope) => typeOfText(rewriter, rewriter.expression(args[0] as Node, scope)),
  UNIFORM: (rewriter, args, scope) => {
    const [low, high] = args.slice(0, 2).map((arg) => rewriter.print(rewriter.expression(arg, scope)))
    const isWhole = args.slice(0, 2).every((arg) => inferType(rewriter, arg, scope)?.scale === 0)
    const value = isWhole
      ? `floor(random() * (${high} - ${low} + 1)) + ${low}`
      : `random() * (${high} - ${low}) + ${low}`
    return castNode(rewriter.holes.expression(`(${value})`), isWhole ? 'BIGINT' : 'DOUBLE')
  },
  NVL: (rewriter, args, scope) => callNode('COALESCE', rewriter.expressions(args, scope)),
  IFNULL: (rewriter, args, scope) => callNode('COALESCE', rewriter.expressions(args, scope)),
  NULLIF: (rewriter, args, scope) => callNode('NULLIF', rewriter.expressions(args, scope)),
  GREATEST: (rewriter, args, scope) => nullable('GREATEST', rewriter.expressions(args, scope), rewriter),
  LEAST: (rewriter, args, scope) => nullable('LEAST', rewriter.expressions(args, scope), rewriter),
  GREATEST_IGNORE_NULLS: (rewriter, args, scope) => callNode('GREATEST', rewriter.expressions(args, scope)),
  LEAST_IGNORE_NULLS: (rewriter, args, scope) => callNode('LEAST', rewriter.expressions(args, scope)),
  FILTER: (rewriter, args, scope) => {
    const [list, lambda] = rewriter.expressions(args, scope) as [Node, Node]
    return callNode('LIST_FILTER', [callNode('SFX_LIST', [list]), lambda])
  },
  TRANSFORM: (rewriter, args, scope) => {
    const [list, lambda] = rewriter.expressions(args, scope) as [Node, Node]
    return callNode('SFX_JSON_LIST', [callNode('LIST_TRANSFORM', [callNode('SFX_LIST', [list]), lambda])])
  },
}

/** GREATEST and LEAST are null as soon as one argument is. */
function nullable(name: string, args: readonly Node[], rewriter: Rewriter): Node {
  const tests = args.map((arg) => `${rewriter.print(arg)} IS NULL`).join(' OR ')
  return rewriter.holes.expression(`(CASE WHEN ${tests} THEN NULL ELSE ${rewriter.print(callNode(name, args))} END)`)
}

function object(rewriter: Rewriter, args: readonly Node[], scope: Scope, keepNull: boolean): Node {
  const [first] = args
  if (first && kindOf(first) === 'star') return objectOfStar(rewriter, bodyOf(first), scope, keepNull)
  const texts = args.map((arg) => rewriter.print(rewriter.expression(arg, scope)))
  const pairs = texts.flatMap((text, i) => (i % 2 === 0 ? [`SFX_PAIR(${text}, ${texts[i + 1] ?? 'NULL'})`] : []))
  return rewriter.holes.expression(
    `${keepNull ? 'SFX_PAIRS_TO_FULL_OBJECT' : 'SFX_PAIRS_TO_OBJECT'}([${pairs.join(', ')}])`,
  )
}

/** Functions whose meaning the emulator gives itself, by macro or by handler: kept from the parser's own view. */
export const OUR_FUNCTIONS: ReadonlySet<string> = new Set([
  ...MACRO_NAMES.map((name) => name.replace(/^SF_/, '')),
  ...Object.keys(HANDLERS),
  ...Object.keys(CONTEXT_FUNCTIONS),
  ...AGGREGATE_NAMES,
])

/** Functions of numbers that take text for the number it holds. */
const OF_NUMBERS = new Set(['ROUND', 'TRUNC', 'SIGN', 'POWER', 'POW', 'MOD'])

export function callFunction(rewriter: Rewriter, body: Body, scope: Scope): Node {
  const name = String(body.name).toUpperCase()
  const args = (body.args ?? []) as Node[]
  if (name === 'IDENTIFIER') return identifierNode(constantText(rewriter, args[0]))
  const ours = name.startsWith('SF_') ? name.slice(3) : undefined
  if (ours === undefined) {
    const user = userFunction(rewriter, [name], args, scope)
    if (user) return user
    const walked = rewriter.walk(body, scope) as Body
    const [first] = args
    if (!first || !OF_NUMBERS.has(name)) return { function: walked }
    const others = (walked.args as Node[]).slice(1)
    return { function: { ...walked, args: [asNumber(rewriter, first, scope), ...others] } }
  }
  const context = CONTEXT_FUNCTIONS[ours]
  if (context) return context(rewriter, args)
  const aggregate = aggregateOf(rewriter, { function: body }, scope)
  if (aggregate) return aggregate.wrap(aggregate.call)
  const handler = HANDLERS[ours]
  if (handler) {
    checkArity(ours, args.length, true)
    return handler(rewriter, args, scope)
  }
  checkArity(ours, args.length, false)
  return callNode(name, args.length === 0 ? [] : rewriter.expressions(args, scope))
}

function identifierNode(text: string): Node {
  const parts = readName(new Cursor(text))
  return columnNode(parts.at(-1) ?? '', parts.at(-2))
}
