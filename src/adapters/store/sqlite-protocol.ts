/** What the SQLite thread is asked and answers. */
export type SqlValue = null | number | bigint | string | Uint8Array

export interface SqlStatement {
  readonly sql: string
  readonly parameters: readonly SqlValue[]
}

export interface DatabaseOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly readOnly: boolean
}

export type SqliteRequest =
  | { readonly id: number; readonly op: 'query'; readonly statement: SqlStatement }
  /**
   * All statements in one transaction. `guard` goes first, and when it changes no row nothing else is done: that is how
   * two processes that bring the same index up to date do not apply an event twice.
   */
  | {
      readonly id: number
      readonly op: 'batch'
      readonly guard: SqlStatement | null
      readonly statements: readonly SqlStatement[]
    }
  | { readonly id: number; readonly op: 'close' }

export interface SqliteResult {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[]
  readonly changes: number
}

export type SqliteResponse =
  | { readonly id: number; readonly ok: true; readonly result: SqliteResult }
  | { readonly id: number; readonly ok: false; readonly message: string }
