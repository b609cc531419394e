import { isOperator, type Token } from './token.ts'

/** The statements of a text, without their semicolons; empty ones are left out. */
export function splitStatements(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (isOperator(token, ';')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}
