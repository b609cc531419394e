/** The JSON form of `replay --json`: one object an event, as recorded, without the rows themselves. */
import { createHash, type Hash } from 'node:crypto'
import type { EventJson } from '../../api-schema/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'

/** Turns events into their JSON form. Keeps one running hash for each delivery under way. */
export class EventSerializer {
  readonly #bodies: boolean
  readonly #running = new Map<string, { readonly hash: Hash; bytes: number }>()

  constructor(bodies: boolean) {
    this.#bodies = bodies
  }

  serialize(event: StoredEvent): EventJson {
    const { lsn, at, session, statement = null } = event
    return {
      event: event.type === 'opaque' ? (event.originalType ?? 'opaque') : event.type,
      lsn,
      at: new Date(at).toISOString(),
      session,
      statement,
      facts: withoutMeansToGoOn(event),
      ...(event.type === 'result.batch' ? this.#recorded(event) : {}),
      ...(this.#bodies && event.body !== undefined ? { body: Buffer.from(event.body).toString('base64') } : {}),
    }
  }

  #recorded({ facts, body }: Extract<StoredEvent, { type: 'result.batch' }>): Pick<EventJson, 'recorded'> {
    const key = JSON.stringify([facts.queryId, facts.part, facts.index, facts.delivery])
    const delivery = this.#running.get(key) ?? { hash: createHash('sha256'), bytes: 0 }
    delivery.hash.update(body ?? new Uint8Array())
    delivery.bytes += body?.length ?? 0
    this.#running.set(key, delivery)
    if (!facts.last) return {}
    this.#running.delete(key)
    return { recorded: { sha256: delivery.hash.digest('hex'), bytes: delivery.bytes } }
  }
}

/**
 * The facts without what a session goes on with after a restart: hashes of tokens and links, and sealed tokens of
 * Snowflake. They tell a reader nothing, and such output is passed on.
 */
function withoutMeansToGoOn({ type, facts }: StoredEvent): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'session.opened': {
      const { resume: _, ...others } = facts
      return others
    }
    case 'session.renewed':
    case 'session.upstreamRenewed':
      return {}
    case 'result.schema': {
      const { link: _, ...others } = facts
      return others
    }
    default:
      return { ...facts }
  }
}
