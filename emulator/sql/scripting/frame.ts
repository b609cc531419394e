import type { Statement } from '../session/index.ts'
import { applyEdits, closingBracket, type Edit, fold, quoteText, type Token, tokenize } from '../text/index.ts'
import { cellValue, NULL_VALUE, type Rows, toBinding, type Value } from './values.ts'

export interface CursorState {
  readonly query: string
  rows: Rows | undefined
  next: number
}

export interface ExceptionDefinition {
  readonly code: number
  readonly message: string
}

/** A variable of any kind that a block knows. */
export type Known =
  | { readonly kind: 'value'; value: Value; readonly type: Value['type'] | undefined }
  | { readonly kind: 'rows'; rows: Rows | undefined }
  | { readonly kind: 'cursor'; readonly cursor: CursorState }
  | { readonly kind: 'record'; readonly columns: Rows['columns']; readonly row: Rows['rows'][number] }
  | { readonly kind: 'exception'; readonly exception: ExceptionDefinition }

/** Binds of variables get positions beyond all that a client sends. */
const FIRST_BIND = 1_000_000

/** The names of one block; what it does not know, the block around it may. */
export class Frame {
  readonly #parent: Frame | undefined
  readonly #known = new Map<string, Known>()

  constructor(parent?: Frame) {
    this.#parent = parent
  }

  declare(name: string, known: Known): void {
    this.#known.set(name, known)
  }

  find(name: string): Known | undefined {
    return this.#known.get(name) ?? this.#parent?.find(name)
  }

  /** A statement with the variables put in: `:x` in SQL, and `x` too where the text is an expression. */
  statement(outer: Statement, sql: string, isExpression: boolean): Statement {
    const bindings = { ...outer.options.bindings }
    const tokens = tokenize(sql)
    const isInQuery = queryTokens(tokens)
    const edits: Edit[] = []
    const put = (value: Value, start: number, end: number, asName: boolean) => {
      if (asName) {
        edits.push({ start, end, text: quoteText(value.cell ?? '') })
        return
      }
      const position = FIRST_BIND + edits.length
      bindings[position] = toBinding(value)
      // The parser takes no index behind a bare bind, and a bare bind as index for a slice.
      const isIndexing = sql[end] === '[' || sql[start - 1] === '['
      edits.push({ start, end, text: isIndexing ? `(:${position})` : `:${position}` })
    }
    for (let i = 0; i < tokens.length; i++) {
      const [token, before, next] = [tokens[i], tokens[i - 1], tokens[i + 1]]
      const isMarked = token?.keyword === ':' && next?.kind !== 'number' && token.end === next?.start
      const isPath = before !== undefined && before.end === token?.start && /[\w")\]]$/.test(before.text)
      const at = isMarked && !isPath ? i + 1 : i
      const name = tokens[at]
      if (!token || !name || (name.kind !== 'word' && name.kind !== 'quoted')) continue
      if (
        at === i &&
        (!isExpression ||
          isInQuery[i] ||
          before?.keyword === '.' ||
          before?.keyword === ':' ||
          before?.keyword === '::')
      )
        continue
      if (at === i && tokens[at + 1]?.keyword === '(') continue
      const isNamed = tokens[i - 1]?.keyword === '(' && NAMING.has(tokens[i - 2]?.keyword ?? '')
      const known = this.find(fold(name))
      if (known?.kind === 'value') {
        put(known.value, token.start, name.end, isNamed)
        i = at
      } else if (known?.kind === 'record' && tokens[at + 1]?.keyword === '.') {
        const field = tokens[at + 2]
        const column = known.columns.findIndex((candidate) => field && candidate.name === fold(field))
        const found = known.columns[column]
        if (!field) continue
        put(found ? cellValue(found, known.row[column] ?? null) : NULL_VALUE, token.start, field.end, isNamed)
        i = at + 2
      }
    }
    return { sql: applyEdits(sql, edits), options: { ...outer.options, bindings } }
  }
}

/** Which tokens stand in a subquery, where a bare name is a column. */
function queryTokens(tokens: readonly Token[]): boolean[] {
  const inQuery = tokens.map(() => false)
  tokens.forEach((token, i) => {
    if (token.keyword !== '(' || !['SELECT', 'WITH'].includes(tokens[i + 1]?.keyword ?? '')) return
    inQuery.fill(true, i, closingBracket(tokens, i) + 1)
  })
  return inQuery
}

/** Functions whose argument names an object. */
const NAMING = new Set(['IDENTIFIER', 'TABLE', 'RESULT_SCAN'])
