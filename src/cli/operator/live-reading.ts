/** One session of a running Icecore, watched through it: on record there before anything of it is given. */
import type { EventPointer, Reading, SessionReel } from '../../adapters/store/index.ts'
import {
  type Form,
  type Question,
  READING,
  type ReadingForm,
  sessionSummarySchema,
  wireEventSchema,
} from '../../api-schema/index.ts'
import { isIcecoreError } from '../../errors.ts'
import { decodeEvent } from './live-recordings.ts'
import type { OperatorClient } from './operator-client.ts'

/**
 * Rejects with ICE_OPERATION_UNRECORDED, ICE_RECORDING_UNKNOWN, or as the client does. It goes on with the next process
 * of a gateway that was started again, on record there as well.
 */
export async function openLiveReading(client: OperatorClient, session: string, form: ReadingForm): Promise<Reading> {
  const path = `/v1/sessions/${encodeURIComponent(session)}/readings?${new URLSearchParams({ form })}`
  const open = async (): Promise<string> => (await client.post(path, READING.opened)).reading
  let reading = await open()
  const ask = async <T>(question: Question, schema: Form<T>): Promise<readonly T[]> => {
    try {
      return await askOnce(question, schema)
    } catch (error) {
      if (!isIcecoreError(error, 'ICE_READING_UNKNOWN')) throw error
      reading = await open()
      return askOnce(question, schema)
    }
  }
  const askOnce = async <T>(question: Question, schema: Form<T>): Promise<readonly T[]> => {
    const asked = new URLSearchParams({ ask: JSON.stringify(question) })
    const items: T[] = []
    for await (const item of client.lines(`/v1/readings/${reading}?${asked}`, schema)) items.push(item)
    return items
  }
  return {
    summary: async () => only(await ask({ ask: 'session' }, sessionSummarySchema)),
    reel: reelOf(session, ask),
    // It is always up to date there.
    refresh: async () => undefined,
  }
}

type Ask = <T>(question: Question, schema: Form<T>) => Promise<readonly T[]>

function reelOf(session: string, ask: Ask): SessionReel {
  const one = async <T>(question: Question, schema: Form<T>): Promise<T> => only(await ask(question, schema))
  return {
    session,
    find: (direction, lsn, types = []) =>
      one({ ask: 'find', direction, lsn, types: [...types] }, READING.pointer.nullable()),
    pointers: (from, before) =>
      piecewise(
        from,
        (after): Promise<readonly EventPointer[]> => ask({ ask: 'pointers', after, before }, READING.pointer),
      ),
    read: async ({ lsn }) => decodeEvent(await one({ ask: 'event', lsn }, wireEventSchema)),
    events: (from) =>
      piecewise(from, async (after) => (await ask({ ask: 'events', after }, wireEventSchema)).map(decodeEvent)),
    statementsUntil: (lsn) => one({ ask: 'statementsUntil', lsn }, numberSchema),
    received: (which) => one({ ask: 'received', which }, numberSchema.nullable()),
    ended: (statement) => one({ ask: 'ended', statement }, numberSchema.nullable()),
    troubles: (pieces) => ask({ ask: 'troubles', pieces }, READING.reelPiece),
    starts: (after) => ask({ ask: 'starts', after }, numberSchema),
  }
}

const numberSchema = READING.pointer.shape.lsn

/** As many as come at a time, until none do. */
async function* piecewise<T extends { readonly lsn: number }>(
  from: number,
  next: (after: number) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  for (let after = from; ; ) {
    const items = await next(after)
    const last = items.at(-1)
    if (last === undefined) return
    yield* items
    after = last.lsn
  }
}

function only<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined) throw new TypeError('a question was answered by nothing')
  return item
}
