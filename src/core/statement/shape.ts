import type { Token } from './token.ts'
import type { Span } from './types.ts'

/** The span of the value in a token; null when the token is a name, a word or an operator. */
export function literalSpan(token: Token): Span | null {
  if (token.type === 'string' || token.type === 'dollar' || token.type === 'number') {
    return { start: token.start, end: token.end }
  }
  return token.valueStart === undefined ? null : { start: token.valueStart, end: token.end }
}

/** The text without values: what may stand in the index, in logs and in notices. */
export function shapeOf(sqlText: string, tokens: readonly Token[]): string {
  let shape = ''
  let last = -1
  for (const token of tokens) {
    if (last >= 0 && token.start > last) shape += ' '
    const value = literalSpan(token)
    if (value === null) shape += sqlText.slice(token.start, token.end)
    else shape += `${sqlText.slice(token.start, value.start)}${token.type === 'stage' ? '/' : ''}?`
    last = token.end
  }
  return shape
}
