/** The record of a running Icecore, read through it: what was read is on record there. */
import type { RecordedSessions } from '../../adapters/store/index.ts'
import { sessionSummarySchema, type WireEvent, wireEventSchema } from '../../api-schema/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import type { OperatorClient } from './operator-client.ts'

export function liveRecordings(client: OperatorClient): RecordedSessions {
  return {
    sessions(filter = {}) {
      const { limit = 50, principal, connection, open, throughDoor } = filter
      const query = new URLSearchParams({
        limit: String(limit),
        ...(principal === undefined ? {} : { principal }),
        ...(connection === undefined ? {} : { connection }),
        ...(open === true ? { open: 'true' } : {}),
        ...(throughDoor === true ? { through_door: 'true' } : {}),
      })
      return client.get(`/v1/sessions?${query}`, sessionSummarySchema.array())
    },
    session: (idOrPrefix) => client.get(`/v1/sessions/${encodeURIComponent(idOrPrefix)}`, sessionSummarySchema),
    async *events(session, after = 0) {
      const path = `/v1/sessions/${encodeURIComponent(session)}/events?${new URLSearchParams({ after: String(after) })}`
      for await (const event of client.lines(path, wireEventSchema)) yield decodeEvent(event)
    },
    close: async () => undefined,
  }
}

/** Events as they become durable: of one session until it ends, or of all; until the signal in any case. */
export async function* tailOf(
  client: OperatorClient,
  session: string | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  const query = session === null ? '' : `?${new URLSearchParams({ session })}`
  const lines = client.lines(`/v1/events${query}`, wireEventSchema, signal)
  for await (const event of lines) yield decodeEvent(event)
}

/** What the gateway took from its own record: the types of events are its own, and the same as here. */
export function decodeEvent({ body, ...event }: WireEvent): StoredEvent {
  return { ...event, ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }) } as StoredEvent
}
