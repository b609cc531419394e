import { mergeSpans } from './refusal.ts'
import type { Span } from './types.ts'

/** Cuts secrets out of a text; in the place of each stands a keyed hash, so that equal ones can be seen to be equal. */
export function redactSecrets(
  sqlText: string,
  secrets: readonly Span[],
  keyedHash: (value: string) => string,
): { readonly sql: string; readonly cut: number } {
  const spans = mergeSpans(secrets)
  let sql = ''
  let read = 0
  for (const { start, end } of spans) {
    sql += `${sqlText.slice(read, start)}[secret:${keyedHash(sqlText.slice(start, end))}]`
    read = end
  }
  return { sql: sql + sqlText.slice(read), cut: spans.length }
}
