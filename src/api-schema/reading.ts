/**
 * How a command watches one session of a running Icecore: it says once as what, which is on record, and then asks for what
 * it needs. Each question is answered by items, one a line.
 */
import * as z from 'zod'

/** What the session is read for. */
const readingFormSchema = z.enum(['screen', 'text', 'json', 'html', 'asciicast'])

const lsn = z.int().nonnegative()

const questionSchema = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('session') }),
  /** The first of those after one, so many as go out at a time; none when there are no more. */
  z.strictObject({ ask: z.literal('events'), after: lsn }),
  z.strictObject({ ask: z.literal('event'), lsn }),
  z.strictObject({
    ask: z.literal('find'),
    direction: z.enum(['after', 'before']),
    lsn,
    types: z.array(z.string()).max(64),
  }),
  /** As with `events`. */
  z.strictObject({ ask: z.literal('pointers'), after: lsn, before: lsn }),
  z.strictObject({ ask: z.literal('statementsUntil'), lsn }),
  z.strictObject({
    ask: z.literal('received'),
    which: z.union([z.strictObject({ id: z.string() }), z.strictObject({ number: z.int().positive() })]),
  }),
  z.strictObject({ ask: z.literal('ended'), statement: z.string() }),
  z.strictObject({ ask: z.literal('troubles'), pieces: z.int().min(1).max(10_000) }),
  z.strictObject({ ask: z.literal('starts'), after: lsn }),
])

const openedSchema = z.strictObject({ reading: z.string() })

const pointerSchema = z.strictObject({
  lsn,
  type: z.string(),
  place: z.strictObject({ segment: z.int(), offset: z.int(), bytes: z.int() }),
})

const reelPieceSchema = z.strictObject({ piece: z.int(), denied: z.int(), failed: z.int() })

/** By what they describe. */
export const READING = {
  form: readingFormSchema,
  question: questionSchema,
  opened: openedSchema,
  pointer: pointerSchema,
  reelPiece: reelPieceSchema,
}

export type ReadingForm = z.output<typeof readingFormSchema>
export type Question = z.output<typeof questionSchema>
export type ReadingJson = z.output<typeof openedSchema>
