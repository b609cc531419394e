import { compilationError } from '../errors.ts'
import type { SnowflakeType } from '../types/index.ts'
import { callNode, castNode, kindOf, type Node, textNode } from './ast.ts'
import { constantText } from './constants.ts'
import { convert } from './conversions.ts'
import { inferType } from './infer.ts'
import type { Rewriter } from './rewriter.ts'
import type { Scope } from './scope.ts'

const PARTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    year: 'year y yy yyy yyyy yr years yrs',
    quarter: 'quarter q qtr qtrs quarters',
    month: 'month mm mon mons months',
    week: 'week w wk weekofyear woy wy weeks',
    isoweek: 'week_iso weekiso weekofyeariso weekofyear_iso',
    day: 'day d dd days dayofmonth',
    dow: 'dayofweek weekday dow dw',
    isodow: 'dayofweekiso weekday_iso dow_iso dw_iso dayofweek_iso',
    doy: 'dayofyear yearday doy dy',
    isoyear: 'yearofweek yearofweekiso',
    hour: 'hour h hh hr hours hrs',
    minute: 'minute m mi min minutes mins',
    second: 'second s sec seconds secs',
    millisecond: 'millisecond ms msec milliseconds',
    microsecond: 'microsecond us usec microseconds',
    nanosecond: 'nanosecond ns nsec nanosec nsecond nanoseconds',
    epoch: 'epoch_second epoch epoch_seconds',
    epoch_ms: 'epoch_millisecond epoch_milliseconds',
    timezone_hour: 'timezone_hour tzh',
    timezone_minute: 'timezone_minute tzm',
  }).flatMap(([part, names]) => names.split(' ').map((name) => [name, part])),
)

const ADDERS: Readonly<Record<string, string>> = {
  year: 'to_years(CAST(N AS INTEGER))',
  quarter: 'to_months(CAST(3 * N AS INTEGER))',
  month: 'to_months(CAST(N AS INTEGER))',
  week: 'to_days(CAST(7 * N AS INTEGER))',
  day: 'to_days(CAST(N AS INTEGER))',
  hour: 'to_hours(CAST(N AS BIGINT))',
  minute: 'to_minutes(CAST(N AS BIGINT))',
  second: 'to_seconds(N)',
  millisecond: 'to_milliseconds(N)',
  microsecond: 'to_microseconds(CAST(N AS BIGINT))',
  nanosecond: 'to_microseconds(CAST(N / 1000 AS BIGINT))',
}

const WHOLE_DAYS = new Set(['year', 'quarter', 'month', 'week', 'day'])

function partOf(rewriter: Rewriter, node: Node | undefined): string {
  const name = constantText(rewriter, node).toLowerCase()
  const part = PARTS[name]
  if (!part) throw compilationError('001039', '22023', `'${name}' is not a valid date/time component`)
  return part
}

/** The argument as a TIMESTAMP, DATE or TIMESTAMPTZ which DuckDB's functions take. */
function moment(rewriter: Rewriter, node: Node, scope: Scope): { value: Node; type: SnowflakeType | undefined } {
  const type = inferType(rewriter, node, scope)
  const value = rewriter.expression(node, scope)
  if (type?.name === 'date' || type?.name === 'timestamp_ltz' || type?.name === 'time') return { value, type }
  return { value: convert(value, type, { name: 'timestamp_ntz', scale: 9 }, false), type }
}

export function dateAdd(rewriter: Rewriter, args: readonly Node[], scope: Scope): Node {
  const part = partOf(rewriter, args[0])
  const adder = ADDERS[part]
  if (!adder) throw compilationError('001039', '22023', `'${part}' is not a valid date/time component`)
  const amount = rewriter.print(rewriter.expression(args[1] as Node, scope))
  const { value, type } = moment(rewriter, args[2] as Node, scope)
  const sum = rewriter.holes.expression(`(${rewriter.print(value)} + ${adder.replace('N', `(${amount})`)})`)
  return type?.name === 'date' && WHOLE_DAYS.has(part) ? castNode(sum, 'DATE') : sum
}

export function dateDiff(rewriter: Rewriter, args: readonly Node[], scope: Scope): Node {
  const part = partOf(rewriter, args[0])
  const [from, to] = [args[1], args[2]].map((arg) => castNode(moment(rewriter, arg as Node, scope).value, 'TIMESTAMP'))
  return callNode('DATE_DIFF', [textNode(part), from as Node, to as Node])
}

export function dateTrunc(rewriter: Rewriter, args: readonly Node[], scope: Scope): Node {
  const part = partOf(rewriter, args[0])
  const { value, type } = moment(rewriter, args[1] as Node, scope)
  const truncated = callNode('DATE_TRUNC', [textNode(part), value])
  return type?.name === 'date' ? castNode(truncated, 'DATE') : truncated
}

export function datePart(rewriter: Rewriter, args: readonly Node[], scope: Scope): Node {
  const part = partOf(rewriter, args[0])
  const { value } = moment(rewriter, args[1] as Node, scope)
  const result = callNode('DATE_PART', [textNode(part === 'epoch_ms' ? 'epoch' : part), value])
  if (part === 'epoch_ms') return rewriter.holes.expression(`CAST(${rewriter.print(result)} * 1000 AS BIGINT)`)
  return part === 'epoch' ? castNode(result, 'BIGINT') : result
}

/** `TO_DATE`, `TO_TIMESTAMP…` and `TO_TIME`, with a format or without, of text, numbers (epochs) and times. */
export function toMoment(
  rewriter: Rewriter,
  args: readonly Node[],
  scope: Scope,
  to: SnowflakeType,
  lenient: boolean,
): Node {
  const [source, format] = args as [Node, Node | undefined]
  const type = inferType(rewriter, source, scope)
  const value = rewriter.expression(source, scope)
  if (type?.name === 'fixed' || (kindOf(source) === 'neg' && type?.name !== 'text')) {
    const digits = format ? constantText(rewriter, format) : '0'
    const instant = callNode('SFX_EPOCH_TO_NTZ', [value, textNode(digits)])
    return convert(instant, { name: 'timestamp_ntz', scale: 9 }, to, lenient)
  }
  if (!format || type?.name === 'date' || type?.name.startsWith('timestamp'))
    return convert(value, type, to, lenient, source)
  const pattern = constantText(rewriter, format)
  if (pattern.toUpperCase() === 'AUTO') return convert(value, type, to, lenient, source)
  const attempt = callNode('TRY_STRPTIME', [value, textNode(toStrftime(pattern))])
  const kind = to.name === 'date' || to.name === 'time' ? to.name : 'timestamp'
  const parsed = lenient
    ? attempt
    : callNode('SFX_PARSED', [attempt, castNode(value, 'VARCHAR'), textNode(kind), textNode(pattern)])
  return convert(parsed, { name: 'timestamp_ntz', scale: 9 }, to, lenient)
}

const FORMAT_ELEMENTS: readonly (readonly [RegExp, string])[] = [
  [/^YYYY/i, '%Y'],
  [/^YY/i, '%y'],
  [/^MMMM/i, '%B'],
  [/^MON/i, '%b'],
  [/^MM/i, '%m'],
  [/^DD/i, '%d'],
  [/^DY/i, '%a'],
  [/^HH24/i, '%H'],
  [/^HH12/i, '%I'],
  [/^HH/i, '%H'],
  [/^MI/i, '%M'],
  [/^SS/i, '%S'],
  [/^FF3/i, '%g'],
  [/^FF6/i, '%f'],
  // Times live in microseconds, and DuckDB's own nine digits spoil what follows them.
  [/^FF9?/i, '%f000'],
  [/^(?:AM|PM)/i, '%p'],
  [/^TZH:?TZM/i, '%z'],
]

/** Snowflake's date format as strftime's. */
function toStrftime(format: string): string {
  let result = ''
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at)
    const quoted = /^"([^"]*)"/.exec(rest)
    const element = FORMAT_ELEMENTS.find(([pattern]) => pattern.test(rest))
    if (quoted) {
      result += (quoted[1] ?? '').replaceAll('%', '%%')
      at += quoted[0].length
    } else if (element) {
      result += element[1]
      at += element[0].exec(rest)?.[0].length ?? 1
    } else {
      result += rest[0] === '%' ? '%%' : rest[0]
      at++
    }
  }
  return result
}

export function toText(rewriter: Rewriter, args: readonly Node[], scope: Scope): Node {
  const [source, format] = args as [Node, Node | undefined]
  const type = inferType(rewriter, source, scope)
  const value = rewriter.expression(source, scope)
  if (!format) return convert(value, type, { name: 'text' }, false)
  const pattern = constantText(rewriter, format)
  if (type?.name === 'binary') return callNode('SF_TO_VARCHAR', [value])
  const isNumeric = /[09$]|^(?:FM)?X+$/i.test(pattern) && !/YY|MM|DD|HH|SS|FF/i.test(pattern)
  if (type?.name === 'fixed' || type?.name === 'real' || isNumeric)
    return callNode('SFX_NUMBER_TEXT', [value, textNode(pattern)])
  return callNode('STRFTIME', [
    castNode(moment(rewriter, source, scope).value, 'TIMESTAMP'),
    textNode(toStrftime(pattern)),
  ])
}
