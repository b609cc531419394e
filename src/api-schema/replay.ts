/** Events as `replay --json` prints them, one a line. */
import * as z from 'zod'
import { factsSchemas, type SessionEventType } from './facts.ts'
import { count, text, textOrNull } from './fields.ts'

const recordedSchema = z.strictObject({
  sha256: text('SHA-256 (hex) of the bytes on record, made anew.'),
  bytes: count('How many there are.'),
})

/** What every line has. */
export const eventSchema = z.strictObject({
  event: text('Type of the event.'),
  lsn: count('Sequence number in the record.'),
  at: z.iso.datetime().describe('When it was recorded: ISO 8601, UTC.'),
  session: textOrNull('Id of the session.'),
  statement: textOrNull('Id of the statement, where the event belongs to one.'),
  facts: z.record(z.string(), z.unknown()).describe('What is told of it, by type: see below.'),
  recorded: recordedSchema
    .optional()
    .describe(
      'With the last piece of a delivery: what of it is on record. For a chunk its hash equals `facts.sha256`.',
    ),
  body: text('With `--bodies`: the piece itself in base64.').optional(),
})

/** The form of one type of event, its facts included. */
export function eventSchemaOf(type: SessionEventType): z.ZodType {
  return eventSchema.extend({ event: z.literal(type), facts: factsSchemas[type] })
}

export type EventJson = z.output<typeof eventSchema>
