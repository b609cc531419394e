/**
 * The tokens of a statement. Comments and white space are no tokens; everything else of the text lies in exactly one.
 */

export type TokenType =
  /** Keyword or unquoted name; `text` is upper-case. */
  | 'word'
  /** Name in double quotes; `text` is the name itself. */
  | 'quoted'
  /** `'…'` and `$$…$$`; `text` is the value, escapes resolved. */
  | 'string'
  | 'dollar'
  | 'number'
  /** `$name`; `text` is the name in upper case. */
  | 'variable'
  /** `$1`: a column, or an earlier step of a `->>` chain. */
  | 'position'
  /** `@db.schema.stage/path`; `text` is the stage without the path. */
  | 'stage'
  /** `file:///…` of PUT and GET. */
  | 'file'
  | 'operator'

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly start: number
  readonly end: number
  /** Where the part that is a value begins: the path of a stage, the path of a file. */
  readonly valueStart?: number
}

export type NameToken = Token & { readonly type: 'word' | 'quoted' }
export type TextToken = Token & { readonly type: 'string' | 'dollar' }

export interface Comment {
  readonly start: number
  readonly end: number
}

export function isName(token: Token | undefined): token is NameToken {
  return token !== undefined && (token.type === 'word' || token.type === 'quoted')
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.type === 'word' && words.includes(token.text)
}

export function isOperator(token: Token | undefined, text: string): boolean {
  return token?.type === 'operator' && token.text === text
}

export function isText(token: Token | undefined): token is TextToken {
  return token?.type === 'string' || token?.type === 'dollar'
}

/** `?`, `:1` and `:name` as the first token of what is asked. */
export function isBind(token: Token | undefined): boolean {
  return isOperator(token, '?') || isOperator(token, ':')
}

/** The index of the bracket that closes the one at `open`; the lexer has made sure that there is one. */
export function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token?.type !== 'operator') continue
    if (token.text === '(' || token.text === '[' || token.text === '{') depth += 1
    else if (token.text === ')' || token.text === ']' || token.text === '}') {
      depth -= 1
      if (depth === 0) return index
    }
  }
  return tokens.length
}
