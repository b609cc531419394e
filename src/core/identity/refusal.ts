/**
 * Why a token makes no principal. The reason is a class, and all that a stranger learns; the detail is for the
 * operator and goes into the record.
 */
export type RefusalReason =
  | 'token not accepted'
  | 'token too large'
  | 'token expired'
  | 'token not yet valid'
  | 'token too old'
  | 'groups unknown'
  | 'agent expired'

export interface Refusal {
  readonly refused: RefusalReason
  /** Holds claims at most quoted and cut (`quoteOutside`), never the token. */
  readonly detail: string
}

export function refuse(refused: RefusalReason, detail: string): Refusal {
  return { refused, detail }
}
