/** Sessions as `sessions list` and `sessions show` tell them. */
import * as z from 'zod'
import { factsSchemas, failureSchema, reasonSchema } from './facts.ts'
import { count, countOrNull, flag, listOf, text, textOrNull, time, timeOrNull } from './fields.ts'

export const sessionSummarySchema = z.strictObject({
  id: text('Id of the session.'),
  opened_lsn: count('Sequence number of the event that opened it.'),
  opened_at: time('When it was opened'),
  principal: text('Id of the principal.'),
  principal_name: text('Its name.'),
  agent: textOrNull('Key of the agent in `agents`, where there is one.'),
  door: text('The door it came through.'),
  connection: text('Name of the connection.'),
  role: textOrNull('Role it began with.'),
  application: text('The driver, as claimed.'),
  application_version: text('Its version, as claimed.'),
  last_at: time('When its last event was recorded'),
  ended_at: timeOrNull('When it ended', 'while it is open'),
  end_reason: textOrNull('Why it ended.'),
  statements: count('Statements received.'),
  denied: count('Statements denied.'),
  failed: count('Statements failed.'),
  rows: count('Rows of results.'),
  bytes: count('Bytes of results on record.'),
})

const deliverySchema = z.strictObject({
  part: z.enum(['inline', 'chunk']).describe('In the answer itself, or a chunk.'),
  index: count('0 for the inline part, else the number of the chunk, from 0.'),
  delivery: text('Which delivery this is: a chunk that is fetched again is delivered again.'),
  encoding: z.enum(['identity', 'gzip']).describe('Content encoding of the bytes.'),
  firstAt: time('When its first piece was recorded'),
  lastAt: time('When the latest was'),
  recordedBytes: count('Bytes on record so far.'),
  lsns: listOf(z.int()).describe('Sequence numbers of its pieces, in order.'),
  complete: flag('Whether the last piece is on record.'),
  rows: countOrNull('Rows in this part; null until it is complete.'),
  sha256: textOrNull('SHA-256 (hex) of the HTTP body as sent, content encoding included; null until it is complete.'),
  bodyBytes: countOrNull('Bytes of that body; null until it is complete.'),
  broken: textOrNull('Why it did not reach its end, where it did not.'),
})

const resultSchema = z.strictObject({
  queryId: text('Query id.'),
  schema: factsSchemas['result.schema'].nullable().describe('Columns and parts: the facts of `result.schema`.'),
  deliveries: listOf(deliverySchema).describe('Each delivery of each part.'),
  fetches: listOf(
    z.strictObject({
      at: time('When'),
      by: z.enum(['result', 'status', 'chunk', 'result_scan']).describe('How.'),
    }),
  ).describe('When it was fetched later on.'),
})

const statementSchema = z.strictObject({
  id: text('Id of the statement.'),
  receivedAt: timeOrNull('When it was received'),
  received: factsSchemas['statement.received'].nullable().describe('What came: the facts of `statement.received`.'),
  decision: z.enum(['allow', 'deny', 'hold']).nullable().describe('What was decided.'),
  decidedAt: timeOrNull('When'),
  reasons: listOf(reasonSchema).describe('Why.'),
  kind: textOrNull('Kind of the statement.'),
  shape: textOrNull('The text without its literals.'),
  policy: textOrNull('Version of the policy.'),
  sentAt: timeOrNull('When it was sent to Snowflake', 'where it was not'),
  queryId: textOrNull('Query id, where Snowflake gave one.'),
  polls: count('How often the driver asked for the answer.'),
  abortsRequested: listOf(z.strictObject({ at: time('When'), by: text('By whom.') })).describe('Asked to be stopped.'),
  results: listOf(resultSchema).describe('Its results: one for each child of a multi-statement.'),
  outcome: z
    .enum(['open', 'completed', 'failed', 'denied', 'cancelled', 'outcome_unknown'])
    .describe('How it ended; `open` while it has not.'),
  endedAt: timeOrNull('When it ended', 'while it has not'),
  durationMs: z.number().nullable().describe('From received to the end, in milliseconds.'),
  completed: factsSchemas['statement.completed'].nullable().describe('The facts of `statement.completed`.'),
  failure: failureSchema.nullable().describe('What the driver was shown in place of a result.'),
  endReason: textOrNull('Who cancelled it, or why its outcome is not known.'),
})

export const sessionViewSchema = z.strictObject({
  id: textOrNull('Id of the session.'),
  openedAt: timeOrNull('When it was opened'),
  opened: factsSchemas['session.opened']
    .nullable()
    .describe('Who, with what, from where: the facts of `session.opened`.'),
  renewals: listOf(z.number()).describe('When its tokens were renewed, each in milliseconds since 1970.'),
  statements: listOf(statementSchema).describe('Its statements, in order.'),
  refusals: listOf(
    z.strictObject({
      at: time('When'),
      facts: factsSchemas['request.refused'].describe('The facts of `request.refused`.'),
    }),
  ).describe('Requests that never became a statement.'),
  ended: z
    .strictObject({ at: time('When'), reason: text('Why.'), statements: count('How many statements there were.') })
    .nullable()
    .describe('Its end; null while it goes on, and where the gateway died with it.'),
  events: count('Events on record.'),
  opaqueEvents: count('Events of a newer version of Icecore, which this one cannot tell about.'),
})

export type SessionSummaryJson = z.output<typeof sessionSummarySchema>
export type SessionJson = z.output<typeof sessionViewSchema>
