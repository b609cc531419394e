import { tokenize } from './tokens.ts'

/** Splits a text into its statements, without empty ones; a scripting block is one statement. */
export function splitStatements(sqlText: string): string[] {
  // The paths of PUT and GET hold what looks like comments; they come alone.
  if (/^\s*(?:PUT|GET)\s/i.test(sqlText)) return [sqlText.trim().replace(/;$/, '')]
  const tokens = tokenize(sqlText)
  const statements: string[] = []
  let first = 0
  let blocks = 0
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i]
    const opensBlock = token?.keyword === 'DECLARE' || (token?.keyword === 'BEGIN' && !isTransaction(tokens[i + 1]))
    if (opensBlock && (i === first || blocks > 0)) blocks = token?.keyword === 'DECLARE' ? 1 : Math.max(blocks, 1)
    if (token?.keyword === 'END' && (tokens[i + 1] === undefined || tokens[i + 1]?.keyword === ';')) blocks = 0
    if (token !== undefined && (token.keyword !== ';' || blocks > 0)) continue
    const from = tokens[first]
    const to = tokens[i - 1]
    if (i > first && from && to) statements.push(sqlText.slice(from.start, to.end))
    first = i + 1
  }
  return statements
}

function isTransaction(next: { readonly keyword: string } | undefined): boolean {
  return next === undefined || [';', 'TRANSACTION', 'WORK', 'NAME'].includes(next.keyword)
}
