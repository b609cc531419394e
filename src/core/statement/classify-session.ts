/** USE, SET, UNSET, ALTER SESSION and transactions: what changes the state of the session, and nothing else. */
import { type Classified, scriptingBlock, unknownStatement } from './classified.ts'
import { constantOf, type KnownVariables, type ObjectName, readName } from './names.ts'
import { closingOf, isName, isOperator, isWord, type Token } from './token.ts'
import type { Name, StateChange } from './types.ts'

export function classifyUse(tokens: readonly Token[], variables: KnownVariables): Classified {
  return { kind: 'USE', effects: ['session'], stateChanges: [readUse(tokens, variables)] }
}

function readUse(tokens: readonly Token[], variables: KnownVariables): StateChange {
  if (isWord(tokens[1], 'SECONDARY') && isWord(tokens[2], 'ROLES', 'ROLE')) return readSecondaryRoles(tokens)
  const object =
    isWord(tokens[1], 'ROLE', 'WAREHOUSE', 'DATABASE', 'SCHEMA') && tokens.length > 2 ? tokens[1]?.text : ''
  const name = readName(tokens, object === '' ? 1 : 2, variables)
  if (name === null || name.next !== tokens.length) throw unknownStatement(tokens, 1)
  if (object === 'ROLE') return { change: 'use_role', name: onlyPart(name, tokens) }
  if (object === 'WAREHOUSE') return { change: 'use_warehouse', name: onlyPart(name, tokens) }
  if (object === 'DATABASE') return { change: 'use_database', name: onlyPart(name, tokens) }
  // USE a.b is USE SCHEMA a.b, and USE a is USE DATABASE a ("USE DATABASE", "USE SCHEMA": the keyword may be left out).
  if (name.parts === null) return { change: 'use_schema', database: null, name: null }
  if (object === '' && name.parts.length === 1) return { change: 'use_database', name: onlyPart(name, tokens) }
  const [database, schema] = name.parts.length === 1 ? [null, name.parts[0]] : name.parts
  if (schema === undefined || schema === '' || name.parts.length > 2) throw unknownStatement(tokens, 1)
  return { change: 'use_schema', database: database ?? null, name: schema }
}

function onlyPart(name: ObjectName, tokens: readonly Token[]): Name | null {
  if (name.parts === null) return null
  const [part] = name.parts
  if (part === undefined || name.parts.length > 1) throw unknownStatement(tokens, 1)
  return part
}

function readSecondaryRoles(tokens: readonly Token[]): StateChange {
  const roles = tokens.slice(3)
  if (roles.length === 0) throw unknownStatement(tokens)
  if (roles.length === 1 && isWord(roles[0], 'ALL')) return { change: 'use_secondary_roles', roles: 'all' }
  if (roles.length === 1 && isWord(roles[0], 'NONE')) return { change: 'use_secondary_roles', roles: 'none' }
  return { change: 'use_secondary_roles', roles: 'other' }
}

/** `SET x = 1` and `SET (x, y) = (1, 'a')`. */
export function classifySet(tokens: readonly Token[], variables: KnownVariables): Classified {
  const stateChanges: StateChange[] = []
  const seen = new Set<Name>()
  const add = (written: Name, value: readonly Token[]): void => {
    const name = variableName(written)
    // Which of two values holds in the end no text says, nor which letters beyond ASCII Snowflake takes for one.
    const known = !seen.has(name) && /^[ -~]*$/.test(written)
    stateChanges.push({ change: 'set_variable', name, value: known ? readValue(value, variables) : null })
    seen.add(name)
  }
  if (isOperator(tokens[1], '(')) {
    const namesEnd = closingOf(tokens, 1)
    if (!isOperator(tokens[namesEnd + 1], '=')) throw unknownStatement(tokens, 1)
    const names = splitAtCommas(tokens.slice(2, namesEnd)).map(([name, ...rest]) => {
      if (!isName(name) || rest.length > 0) throw unknownStatement(tokens, 1)
      return name.text
    })
    const open = namesEnd + 2
    const whole = isOperator(tokens[open], '(') && closingOf(tokens, open) === tokens.length - 1
    const query = isWord(tokens[open + 1], 'SELECT', 'WITH', 'VALUES') || isOperator(tokens[open + 1], '(')
    const values = whole && !query ? splitAtCommas(tokens.slice(open + 1, -1)) : []
    for (const [index, name] of names.entries()) add(name, values.length === names.length ? (values[index] ?? []) : [])
  } else {
    const name = tokens[1]
    if (!isName(name) || !isOperator(tokens[2], '=') || tokens.length < 4) throw unknownStatement(tokens, 1)
    add(name.text, tokens.slice(3))
  }
  // The value may be a query: SET x = (SELECT …).
  const reads = tokens.some((token) => isWord(token, 'SELECT', 'FROM'))
  return { kind: 'SET', effects: reads ? ['session', 'read'] : ['session'], stateChanges }
}

/** Names of variables have no case, in quotes neither ("SQL variables": variable identifiers). */
function variableName(written: Name): Name {
  return written.toUpperCase()
}

/** `UNSET x` and `UNSET (x, y)`. */
export function classifyUnset(tokens: readonly Token[]): Classified {
  const list =
    isOperator(tokens[1], '(') && closingOf(tokens, 1) === tokens.length - 1 ? tokens.slice(2, -1) : tokens.slice(1)
  const stateChanges = splitAtCommas(list).map(([name, ...rest]): StateChange => {
    if (!isName(name) || rest.length > 0) throw unknownStatement(tokens, 1)
    return { change: 'unset_variable', name: variableName(name.text) }
  })
  return { kind: 'UNSET', effects: ['session'], stateChanges }
}

export function classifyAlterSession(tokens: readonly Token[], variables: KnownVariables): Classified {
  const stateChanges: StateChange[] = []
  const unset = isWord(tokens[2], 'UNSET')
  if (!unset && !isWord(tokens[2], 'SET')) throw unknownStatement(tokens, 2)
  let index = 3
  while (index < tokens.length) {
    const name = tokens[index]
    if (!isName(name)) throw unknownStatement(tokens, index)
    index += 1
    if (unset) stateChanges.push({ change: 'unset_parameter', name: name.text.toUpperCase() })
    else {
      if (!isOperator(tokens[index], '=')) throw unknownStatement(tokens, index)
      const end = endOfValue(tokens, index + 1)
      const word = tokens[index + 1]
      // ALTER SESSION SET LOG_LEVEL = INFO: a word is a constant here.
      const isWordValue = word?.type === 'word' && end === index + 2
      const value = isWordValue ? word.text : readValue(tokens.slice(index + 1, end), variables)
      if (end === index + 1) throw unknownStatement(tokens, index)
      stateChanges.push({ change: 'set_parameter', name: name.text.toUpperCase(), value })
      index = end
    }
    if (isOperator(tokens[index], ',')) index += 1
  }
  if (stateChanges.length === 0) throw unknownStatement(tokens)
  return { kind: 'ALTER_SESSION', effects: ['session'], stateChanges }
}

function endOfValue(tokens: readonly Token[], start: number): number {
  const signed = isOperator(tokens[start], '-') ? start + 1 : start
  if (isOperator(tokens[signed], '(')) return closingOf(tokens, signed) + 1
  return Math.min(signed + 1, tokens.length)
}

/** A constant as text; null for everything that has to be computed. */
function readValue(tokens: readonly Token[], variables: KnownVariables): string | null {
  const constant = constantOf(tokens, variables)
  if (constant !== null) return constant
  const [first, second] = tokens
  if (tokens.length === 1 && (first?.type === 'number' || isWord(first, 'TRUE', 'FALSE'))) return first?.text ?? null
  if (tokens.length === 2 && isOperator(first, '-') && second?.type === 'number') return `-${second.text}`
  return null
}

function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.type === 'operator' && /^[([{]$/.test(token.text)) depth += 1
    if (token.type === 'operator' && /^[)\]}]$/.test(token.text)) depth -= 1
    if (depth === 0 && isOperator(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** BEGIN, START TRANSACTION, COMMIT, ROLLBACK. BEGIN with anything else behind it starts a scripting block. */
export function classifyTransaction(tokens: readonly Token[]): Classified {
  const first = tokens[0]?.text
  let next = 1
  if (isWord(tokens[next], 'TRANSACTION', 'WORK')) next += 1
  else if (first === 'START') throw unknownStatement(tokens, 1)
  const begins = first === 'BEGIN' || first === 'START'
  if (begins && isWord(tokens[next], 'NAME') && isName(tokens[next + 1])) next += 2
  if (next !== tokens.length) throw first === 'BEGIN' ? scriptingBlock(tokens[0]) : unknownStatement(tokens, next)
  const step = begins ? 'begin' : first === 'COMMIT' ? 'commit' : 'rollback'
  return { kind: 'TRANSACTION', effects: ['transaction'], stateChanges: [{ change: 'transaction', step }] }
}
