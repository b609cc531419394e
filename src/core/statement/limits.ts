/** The bounds of a text: size, nesting, chains. What is deeper or longer would exhaust a parser, ours or Snowflake's. */
import { Refusal } from './refusal.ts'
import type { Token } from './token.ts'
import type { StatementLimits } from './types.ts'

/** Refuses what no reading can make sense of, before a single token is read. */
export function checkRaw(sqlText: string, limits: StatementLimits): void {
  if (utf8LengthExceeds(sqlText, limits.maxBytes)) {
    throw new Refusal('too_large', `the text is larger than ${limits.maxBytes} bytes`, 0)
  }
  const zero = sqlText.indexOf('\0')
  if (zero >= 0) throw new Refusal('control_character', 'the text holds a NUL character', zero)
  if (!sqlText.isWellFormed()) {
    throw new Refusal('lone_surrogate', 'half of a surrogate pair stands alone', sqlText.search(/\p{Surrogate}/u))
  }
}

function utf8LengthExceeds(text: string, limit: number): boolean {
  if (text.length > limit) return true
  if (text.length * 3 <= limit) return false
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    // Each half of a surrogate pair counts two of the pair's four bytes.
    else bytes += code >= 0xd800 && code <= 0xdfff ? 2 : 3
  }
  return bytes > limit
}

const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', CASE: 'END' }
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '||', '**'])
const LOGICAL = new Set(['AND', 'OR'])
const SET_OPERATORS = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'])
const POSTFIX = new Set([':', '.', '[', '::'])
const COMPARISON = new Set(['=', '<', '>', '<=', '>=', '<>', '!=', '=>', ':='])
/** Words behind which an expression starts anew. */
const FRESH = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'WHEN',
  'THEN',
  'ELSE',
  'ON',
  'HAVING',
  'QUALIFY',
  'BY',
  'SET',
  'VALUES',
  'WITH',
])

class Level {
  readonly closer: string
  arithmetic = 0
  logical = 0
  set = 0
  postfix = 0
  /** NOT and signs in front of an operand. */
  prefix = 0

  constructor(closer: string) {
    this.closer = closer
  }
}

/** Brackets must match within each statement, and neither nest nor chain beyond the limits. */
export function checkNesting(tokens: readonly Token[], limits: StatementLimits): void {
  let levels: Level[] = [new Level('')]
  for (const [index, token] of tokens.entries()) {
    const level = levels.at(-1) ?? new Level('')
    const structural = token.type === 'operator' || token.type === 'word'
    if (!structural) {
      level.prefix = 0
      continue
    }
    const text = token.text
    const opens = isOpening(tokens, index)
    if (count(level, text, opens) > limits.maxChain) {
      throw new Refusal('chain_too_long', `more than ${limits.maxChain} operators in one chain`, token.start)
    }
    if (opens) {
      levels.push(new Level(OPENING[text] ?? ''))
      if (levels.length - 1 > limits.maxDepth) {
        throw new Refusal('too_deep', `brackets nest deeper than ${limits.maxDepth}`, token.start)
      }
    } else if (text === 'END' && token.type === 'word' && level.closer === 'END') levels.pop()
    else if (token.type === 'operator' && (text === ')' || text === ']' || text === '}')) {
      levels = closeLevel(levels, token)
    } else if (token.type === 'operator' && text === ';') {
      checkClosed(levels, token.start)
      levels = [new Level('')]
    }
  }
  checkClosed(levels, tokens.at(-1)?.end ?? 0)
}

/** A column may be called CASE after a dot, or stand alone; only `CASE WHEN` and `CASE operand` open. */
function isOpening(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  if (token === undefined || !Object.hasOwn(OPENING, token.text)) return false
  if (token.type === 'operator') return true
  const before = tokens[index - 1]
  return token.type === 'word' && before?.text !== '.' && before?.text !== 'END'
}

function closeLevel(levels: Level[], token: Token): Level[] {
  // An END that is missing is a syntax error of its own; brackets are what splits a text.
  const open = levels.findLastIndex((level) => level.closer !== 'END')
  if (open <= 0 || levels[open]?.closer !== token.text) {
    throw new Refusal('unbalanced_bracket', `${token.text} closes no bracket`, token.start)
  }
  levels.length = open
  return levels
}

function checkClosed(levels: readonly Level[], offset: number): void {
  const open = levels.findLast((level) => level.closer !== '' && level.closer !== 'END')
  if (open !== undefined) {
    throw new Refusal('unbalanced_bracket', `a bracket is open here: ${open.closer} is missing`, offset)
  }
}

/** Counts the token in its chain and returns how long that is now. */
function count(level: Level, text: string, opens: boolean): number {
  if (text === ',' || text === ';' || FRESH.has(text)) {
    level.arithmetic = level.postfix = level.prefix = 0
    if (text === ';' || text !== ',') level.logical = 0
    return 0
  }
  if (SET_OPERATORS.has(text)) {
    level.arithmetic = level.logical = level.postfix = level.prefix = 0
    level.set += 1
    return level.set
  }
  if (LOGICAL.has(text)) {
    level.arithmetic = level.postfix = level.prefix = 0
    level.logical += 1
    return level.logical
  }
  if (text === 'NOT' || text === 'PRIOR') {
    level.prefix += 1
    return level.prefix
  }
  if (ARITHMETIC.has(text)) {
    level.postfix = 0
    level.arithmetic += 1
    level.prefix += 1
    return Math.max(level.arithmetic, level.prefix)
  }
  if (POSTFIX.has(text)) {
    level.prefix = 0
    level.postfix += 1
    return level.postfix
  }
  if (opens) return 0
  level.prefix = 0
  if (COMPARISON.has(text)) level.arithmetic = level.postfix = 0
  return 0
}
