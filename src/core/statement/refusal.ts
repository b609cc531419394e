import type { Span } from './types.ts'

/**
 * Ends the analysis of a text. Thrown inside this folder only: `analyseText` turns it into a `StatementRefusal`, so
 * that no caller has to catch anything.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly offset: number

  constructor(code: string, reason: string, offset: number) {
    super(reason)
    this.code = code
    this.offset = offset
  }
}

/** Line and column, from 1; the column counts code points, as editors do. */
function positionOf(sqlText: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  const lineEnds = /\r\n|\r|\n/g
  for (let match = lineEnds.exec(sqlText); match !== null; match = lineEnds.exec(sqlText)) {
    if (lineEnds.lastIndex > offset) break
    line += 1
    lineStart = lineEnds.lastIndex
  }
  return { line, column: [...sqlText.slice(lineStart, offset)].length + 1 }
}

/** The sentence for the agent: what was found, and where. */
export function describeRefusal(sqlText: string, refusal: Refusal): string {
  const { line, column } = positionOf(sqlText, refusal.offset)
  return `${refusal.message} (line ${line}, column ${column})`
}

/** Orders spans and joins those that overlap, so that a text can be cut in one pass. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Span[] = []
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && span.start < last.end) {
      if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end }
    } else merged.push(span)
  }
  return merged
}
