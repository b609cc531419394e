import { syntaxError } from '../errors.ts'
import { closingBracket, type Token, tokenize } from './tokens.ts'

/** Reads a statement token by token: what the commands parse themselves. */
export class Cursor {
  readonly sql: string
  readonly tokens: readonly Token[]
  #at = 0

  constructor(sql: string, tokens: readonly Token[] = tokenize(sql)) {
    this.sql = sql
    this.tokens = tokens
  }

  get index(): number {
    return this.#at
  }

  get done(): boolean {
    return this.#at >= this.tokens.length
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead]
  }

  /** Takes the next token; a missing one is a syntax error. */
  next(): Token {
    const token = this.tokens[this.#at]
    if (!token) throw syntaxError(this.sql, this.sql.length, '<EOF>')
    this.#at++
    return token
  }

  /** Whether the keywords come next. */
  at(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, i) => this.tokens[this.#at + i]?.keyword === keyword)
  }

  /** Takes the keywords if they come next. */
  take(...keywords: readonly string[]): boolean {
    if (!this.at(...keywords)) return false
    this.#at += keywords.length
    return true
  }

  takeAny(keywords: readonly string[]): string | undefined {
    const keyword = this.peek()?.keyword
    if (keyword === undefined || !keywords.includes(keyword)) return undefined
    this.#at++
    return keyword
  }

  expect(...keywords: readonly string[]): void {
    for (const keyword of keywords) if (!this.take(keyword)) throw this.unexpected()
  }

  unexpected(): Error {
    const token = this.peek()
    return syntaxError(
      this.sql,
      token?.start ?? this.sql.length,
      token ? this.sql.slice(token.start, token.end) : '<EOF>',
    )
  }

  /** Steps over the bracketed group that comes next and gives its tokens, brackets left out. */
  group(): readonly Token[] {
    if (!this.at('(')) throw this.unexpected()
    const open = this.#at
    const close = closingBracket(this.tokens, open)
    this.#at = close + 1
    return this.tokens.slice(open + 1, close)
  }

  skip(count = 1): void {
    this.#at += count
  }

  /** The source text from the next token to the end. */
  rest(): string {
    const token = this.peek()
    return token ? this.sql.slice(token.start) : ''
  }

  toEnd(): void {
    this.#at = this.tokens.length
  }
}
