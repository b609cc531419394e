import { type Token, tokenize } from './tokens.ts'

/** Splits a text into its statements, without empty ones; a scripting block is one statement, wherever it stands. */
export function splitStatements(sqlText: string): string[] {
  // The paths of PUT and GET hold what looks like comments; they come alone.
  if (/^\s*(?:PUT|GET)\s/i.test(sqlText)) return [sqlText.trim().replace(/;$/, '')]
  const tokens = tokenize(sqlText)
  const statements: string[] = []
  let first = 0
  while (first < tokens.length) {
    const end = endOfStatement(tokens, first)
    const [from, to] = [tokens[first], tokens[end - 1]]
    if (end > first && from && to) statements.push(sqlText.slice(from.start, to.end))
    first = end + 1
  }
  return statements
}

function endOfStatement(tokens: readonly Token[], first: number): number {
  let isDeclaring = false
  let depth = 0
  for (let i = first; i < tokens.length; i++) {
    const [before, token, next] = [i > first ? tokens[i - 1] : undefined, tokens[i], tokens[i + 1]]
    const isStart = depth > 0 || i === first || (before?.keyword === 'AS' && hasBody(tokens[first]))
    if (isStart && token?.keyword === 'DECLARE') isDeclaring = true
    else if ((isStart || isDeclaring) && token?.keyword === 'BEGIN' && !isTransaction(next)) {
      depth++
      isDeclaring = false
    } else if (depth > 0 && token?.keyword === 'CASE' && before?.keyword !== 'END') depth++
    else if (depth > 0 && token?.keyword === 'END' && !LOOPS.has(next?.keyword ?? '')) depth--
    else if (token?.keyword === ';' && depth === 0 && !isDeclaring) return i
  }
  return tokens.length
}

/** What END closes that no BEGIN or CASE opened. */
const LOOPS = new Set(['IF', 'FOR', 'WHILE', 'LOOP', 'REPEAT'])

/** Procedures, functions and tasks may carry a bare block. */
function hasBody(first: Token | undefined): boolean {
  return first?.keyword === 'CREATE' || first?.keyword === 'ALTER'
}

/** Whether the BEGIN before this token begins a transaction, and no block. */
export function isTransaction(next: Token | undefined): boolean {
  return next === undefined || [';', 'TRANSACTION', 'WORK', 'NAME'].includes(next.keyword)
}
