import type { QueryAnswer, QueryRequest } from '../core/wire/index.ts'
import type { GiveBack } from '../lib/room.ts'
import type { LinkSet } from './chunk-links.ts'
import type { StatementFailure } from './failure.ts'

/** What a door hands to the gate for one statement. */
export interface StatementRequest extends Omit<QueryRequest, 'internal'> {
  /** Chosen by the client; one statement runs per (session, request id). */
  readonly requestId: string
  /** How long the door may hold this request before it answers "in progress", milliseconds. */
  readonly holdMs: number
}

/** The door's form of an answer: bytes that go out exactly as they are recorded. */
export interface AnswerEncoder {
  encode(answer: QueryAnswer, links: LinkSet | null): Uint8Array
}

export type StatementReply =
  /** Recorded, and to be sent as it is. `release` is called once it has left, or will not. */
  | { readonly kind: 'answer'; readonly body: Uint8Array; readonly release: GiveBack }
  | { readonly kind: 'in_progress'; readonly queryId: string; readonly asynchronous: boolean }
  | { readonly kind: 'failure'; readonly failure: StatementFailure }
