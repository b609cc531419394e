/** What a door hands to the gate for one statement. */
import type { Binding } from '../core/recording/events.ts'
import type { ParameterValue } from './ports.ts'

export interface StatementRequest {
  /** Chosen by the client; one statement runs per (session, request id). */
  readonly requestId: string
  readonly sqlText: string
  /** The JSON value of the SQL text exactly as the client wrote it: these bytes are forwarded. */
  readonly sqlTextJson: Uint8Array
  readonly bindings: Readonly<Record<string, Binding>>
  /** The JSON value of the bindings as the client wrote it. Null without bindings. */
  readonly bindingsJson: Uint8Array | null
  /** Statement-scoped session parameters. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly describeOnly: boolean
  readonly asynchronous: boolean
  /** Further body fields that pass through unread, as JSON. */
  readonly passedFields: Readonly<Record<string, Uint8Array>>
  /** How long the door may hold this request before it answers "in progress". */
  readonly holdMs: number
}
