/** One session of the record, as questions ask for it: for a player, which goes through it in any direction. */
import { type Question, READING, type SessionSummaryJson, type WireEvent } from '../../api-schema/index.ts'
import { type EventType, isEventType, type StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'
import { wireEvent } from './encode-lines.ts'

/** A session, to be gone through in any direction. */
export interface OperatorReel {
  find(direction: 'after' | 'before', lsn: number, types: readonly EventType[]): Promise<object | null>
  pointers(after: number, before: number): AsyncIterable<object>
  events(after: number): AsyncIterable<StoredEvent>
  /** Rejects with ICE_RECORDING_UNKNOWN for one that is not of this session. */
  event(lsn: number): Promise<StoredEvent>
  statementsUntil(lsn: number): Promise<number>
  received(which: { readonly id: string } | { readonly number: number }): Promise<number | null>
  ended(statement: string): Promise<number | null>
  troubles(pieces: number): Promise<readonly object[]>
  starts(after: number): Promise<readonly number[]>
}

export interface ReadSession {
  summary(): Promise<SessionSummaryJson>
  readonly reel: OperatorReel
}

const MOST_POINTERS = 1000
/** Rows come whole, so one event alone may be more. */
const ENOUGH_EVENT_BYTES = 1024 * 1024

/** Rejects with ICE_REQUEST_MALFORMED, or as the record does. */
export async function* answerQuestion(asked: string, session: ReadSession): AsyncGenerator<unknown> {
  yield* answer(readQuestion(asked), session)
}

function readQuestion(text: string): Question {
  try {
    return READING.question.parse(JSON.parse(text))
  } catch (cause) {
    throw unknownQuestion(cause)
  }
}

function unknownQuestion(cause?: unknown): IcecoreError {
  return new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it is no question that is known here' }, { cause })
}

async function* answer(question: Question, { summary, reel }: ReadSession): AsyncGenerator<unknown> {
  switch (question.ask) {
    case 'session':
      yield await summary()
      return
    case 'events':
      yield* firstEvents(reel.events(question.after))
      return
    case 'event':
      yield wireEvent(await reel.event(question.lsn))
      return
    case 'find':
      // Left out, they would mean any type.
      if (!question.types.every(isEventType)) throw unknownQuestion()
      yield await reel.find(question.direction, question.lsn, question.types)
      return
    case 'pointers':
      yield* first(reel.pointers(question.after, question.before), MOST_POINTERS)
      return
    case 'statementsUntil':
      yield await reel.statementsUntil(question.lsn)
      return
    case 'received':
      yield await reel.received(question.which)
      return
    case 'ended':
      yield await reel.ended(question.statement)
      return
    case 'troubles':
      yield* await reel.troubles(question.pieces)
      return
    case 'starts':
      yield* await reel.starts(question.after)
  }
}

async function* firstEvents(events: AsyncIterable<StoredEvent>): AsyncGenerator<WireEvent> {
  let bytes = 0
  for await (const event of events) {
    yield wireEvent(event)
    bytes += ENVELOPE_BYTES + (event.body?.length ?? 0)
    if (bytes >= ENOUGH_EVENT_BYTES) return
  }
}

/** What an event has besides its body, roughly. */
const ENVELOPE_BYTES = 1024

async function* first<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let given = 0
  for await (const item of items) {
    yield item
    given += 1
    if (given === most) return
  }
}
