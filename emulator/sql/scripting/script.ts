import type { SnowflakeType } from '../types/index.ts'

/*
 * A Snowflake Scripting block as a tree. SQL and expressions stay text, as they stand in the block: variables are put in
 * when they run.
 */

/** Where a text stands in the block, counted as Snowflake counts. */
export interface Place {
  readonly line: number
  readonly pos: number
}

export interface Block {
  readonly kind: 'block'
  readonly declarations: readonly Declaration[]
  readonly body: readonly Step[]
  readonly handlers: readonly Handler[]
}

export type Declaration =
  | { readonly kind: 'variable'; readonly name: string; readonly type?: SnowflakeType; readonly value?: string }
  | { readonly kind: 'resultset'; readonly name: string; readonly query?: string }
  | { readonly kind: 'cursor'; readonly name: string; readonly query: string }
  | { readonly kind: 'exception'; readonly name: string; readonly code: number; readonly message: string }

/** `WHEN a OR b THEN …`; `OTHER` is every exception. */
export interface Handler {
  readonly names: readonly string[]
  readonly body: readonly Step[]
}

export interface Branch {
  readonly condition: string
  readonly body: readonly Step[]
}

export type Step = Place & StepKind

type StepKind =
  | Block
  | { readonly kind: 'let'; readonly declaration: Declaration }
  | { readonly kind: 'assign'; readonly name: string; readonly value: string }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Step[] }
  | { readonly kind: 'while'; readonly condition: string; readonly body: readonly Step[]; readonly label: string }
  | { readonly kind: 'repeat'; readonly until: string; readonly body: readonly Step[]; readonly label: string }
  | { readonly kind: 'loop'; readonly body: readonly Step[]; readonly label: string }
  | {
      readonly kind: 'count'
      readonly name: string
      readonly from: string
      readonly to: string
      readonly isReverse: boolean
      readonly body: readonly Step[]
      readonly label: string
    }
  | {
      readonly kind: 'each'
      readonly name: string
      readonly source: string
      readonly body: readonly Step[]
      readonly label: string
    }
  | { readonly kind: 'break' | 'continue'; readonly label: string }
  | { readonly kind: 'return'; readonly value: string | undefined }
  | { readonly kind: 'returnTable'; readonly source: string }
  | { readonly kind: 'raise'; readonly name: string | undefined }
  | { readonly kind: 'open' | 'close'; readonly name: string; readonly using: readonly string[] }
  | { readonly kind: 'fetch'; readonly name: string; readonly into: readonly string[] }
  | { readonly kind: 'null' }
  /** Any statement of SQL, with the variables that `INTO` names. */
  | { readonly kind: 'sql'; readonly sql: string; readonly into: readonly string[] }
