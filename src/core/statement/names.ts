/** Names of objects as a text writes them, and `IDENTIFIER(…)`, which writes them as a value. */
import { readString } from './literals.ts'
import { closingOf, isName, isOperator, isText, isWord, type Token } from './token.ts'
import type { Name } from './types.ts'

/** The variables of the session whose value is known while a text is read; it changes from statement to statement. */
export type KnownVariables = ReadonlyMap<Name, string>

export interface ObjectName {
  /** Outermost first; the empty name stands for the omitted schema of `db..table`. Null when the text does not say. */
  readonly parts: readonly Name[] | null
  /** Index of the first token behind the name. */
  readonly next: number
}

/** The name at `index`, or null when none stands there. */
export function readName(tokens: readonly Token[], index: number, variables: KnownVariables): ObjectName | null {
  if (isIdentifierCall(tokens, index)) {
    const next = closingOf(tokens, index + 1) + 1
    const value = constantOf(tokens.slice(index + 2, next - 1), variables)
    const parts = value === null ? null : splitName(value)
    // IDENTIFIER('db').schema is no documented form: strict.
    return isOperator(tokens[next], '.') ? { parts: null, next: skipParts(tokens, next) } : { parts, next }
  }
  if (tokens[index]?.type === 'variable') {
    return { parts: null, next: index + 1 }
  }
  const first = tokens[index]
  if (!isName(first)) return null
  const parts: Name[] = [first.text]
  let next = index + 1
  while (isOperator(tokens[next], '.')) {
    const part = tokens[next + 1]
    if (isName(part)) {
      parts.push(part.text)
      next += 2
    } else if (isOperator(part, '.')) {
      parts.push('')
      next += 1
    } else break
  }
  return { parts, next }
}

/** A name with the index at which it begins. */
export interface PlacedName extends ObjectName {
  readonly index: number
}

/** Every name that stands in the tokens, in order. `IDENTIFIER(…)` is one with what it says. */
export function* namesOf(tokens: readonly Token[], variables: KnownVariables): Generator<PlacedName> {
  let index = 0
  while (index < tokens.length) {
    const name = isName(tokens[index]) ? readName(tokens, index, variables) : null
    if (name !== null) yield { index, ...name }
    index = Math.max(name?.next ?? 0, index + 1)
  }
}

function skipParts(tokens: readonly Token[], index: number): number {
  let next = index
  while (isOperator(tokens[next], '.')) next += isName(tokens[next + 1]) ? 2 : 1
  return next
}

export function isIdentifierCall(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  return isName(token) && token.text.toUpperCase() === 'IDENTIFIER' && isOperator(tokens[index + 1], '(')
}

/** The value of an expression of one token that is a constant or a variable with a known value; else null. */
export function constantOf(tokens: readonly Token[], variables: KnownVariables): string | null {
  const [token, ...rest] = tokens
  if (token === undefined || rest.length > 0) return null
  if (isText(token)) return token.text
  if (token.type === 'variable') return variables.get(token.text) ?? null
  return null
}

const NAME_PART = /\s*(?:([A-Za-z_][A-Za-z0-9_$]*)|"([^"]*(?:""[^"]*)*)"|(?=\.))\s*(\.|$)/y

/** A dotted name inside a string; null when it is none. */
export function splitName(text: string): readonly Name[] | null {
  const parts: Name[] = []
  NAME_PART.lastIndex = 0
  for (;;) {
    const match = NAME_PART.exec(text)
    if (match === null) return null
    parts.push(match[1]?.toUpperCase() ?? match[2]?.replaceAll('""', '"') ?? '')
    if (match[3] === '') return parts
    if (NAME_PART.lastIndex >= text.length) return null
  }
}

/** A name as the text wrote it, for people. */
export function showName(parts: readonly Name[]): string {
  return parts.map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) || part === '' ? part : `"${part}"`)).join('.')
}

/** The value of a literal token of a text, with the place of each of its characters in that text. */
export function literalOf(
  sqlText: string,
  token: Token,
): { readonly value: string; readonly offset: (index: number) => number } {
  if (token.type === 'dollar') return { value: token.text, offset: (index) => token.start + 2 + index }
  const { value, offsets } = readString(sqlText.slice(token.start, token.end))
  return { value, offset: (index) => token.start + offsets(index) }
}

/** Skips `IF EXISTS` or `IF NOT EXISTS`. */
export function skipCondition(
  tokens: readonly Token[],
  index: number,
): { readonly next: number; readonly conditional: boolean } {
  if (!isWord(tokens[index], 'IF')) return { next: index, conditional: false }
  if (isWord(tokens[index + 1], 'EXISTS')) return { next: index + 2, conditional: true }
  if (isWord(tokens[index + 1], 'NOT') && isWord(tokens[index + 2], 'EXISTS'))
    return { next: index + 3, conditional: true }
  return { next: index, conditional: false }
}
