/** The steps of a replay, in order and with their times. */
import type { EventFacts, FailureFacts, RecordedEvent, StoredEvent } from './events.ts'
import { PartHead } from './part-head.ts'
import { SessionTime } from './session-time.ts'

interface SceneTimes {
  readonly lsn: number
  /** Wall clock of the event. */
  readonly at: number
  /** Milliseconds since the first event of the session, by the monotonic clock where one process wrote both. */
  readonly offsetMs: number
  readonly statement: string | null
}

export type Scene = SceneTimes &
  (
    | { readonly scene: 'log-in'; readonly facts: EventFacts['session.opened'] }
    | { readonly scene: 'statement'; readonly facts: EventFacts['statement.received'] }
    | { readonly scene: 'hold'; readonly facts: EventFacts['statement.decision'] }
    /** A part of a result: how large it was, and the beginning of its bytes as they were delivered. */
    | {
        readonly scene: 'result'
        readonly step: 'rows'
        readonly facts: EventFacts['result.batch']
        readonly schema: EventFacts['result.schema'] | null
        readonly bytes: number
        readonly head: Uint8Array
      }
    | { readonly scene: 'result'; readonly step: 'completed'; readonly facts: EventFacts['statement.completed'] }
    | {
        readonly scene: 'denial'
        readonly icecore: string | null
        readonly text: string
        readonly failure: FailureFacts | null
      }
    | {
        readonly scene: 'error'
        readonly reason: ErrorReason
        readonly text: string
        readonly failure: FailureFacts | null
      }
    | { readonly scene: 'end'; readonly facts: EventFacts['session.ended'] }
  )

export type ErrorReason = 'failed' | 'cancelled' | 'outcome_unknown' | 'delivery_broken'

/** Plain omission would merge the union's members. */
type Step<T> = T extends Scene ? Omit<T, keyof SceneTimes> : never

export async function* scenes(events: AsyncIterable<StoredEvent> | Iterable<StoredEvent>): AsyncGenerator<Scene> {
  const timeline = new Timeline()
  const stage = new Stage()
  for await (const event of events) {
    const offsetMs = timeline.offset(event)
    const step = event.type === 'opaque' ? null : stage.step(event)
    if (step !== null) {
      yield { ...step, lsn: event.lsn, at: event.at, offsetMs, statement: event.statement ?? null }
    }
  }
}

/** Offsets of events that come in order. */
class Timeline {
  #time: SessionTime | null = null
  #last: StoredEvent | null = null

  offset(event: StoredEvent): number {
    this.#time ??= new SessionTime(event)
    // A monotonic clock that went back belongs to another process: the gateway was restarted in between.
    if (this.#last !== null && event.monotonic < this.#last.monotonic) this.#time.restart(this.#last, event)
    this.#last = event
    return this.#time.offset(event)
  }
}

/** Results whose columns are remembered: those of which more rows may come, and those that came last. */
const MAX_SCHEMAS = 1000

class Stage {
  readonly #schemas = new Map<string, EventFacts['result.schema']>()
  readonly #parts = new Map<string, PartHead>()

  step(event: RecordedEvent): Step<Scene> | null {
    switch (event.type) {
      case 'session.opened':
        return { scene: 'log-in', facts: event.facts }
      case 'statement.received':
        return { scene: 'statement', facts: event.facts }
      case 'statement.decision':
        return event.facts.decision === 'hold' ? { scene: 'hold', facts: event.facts } : null
      case 'result.schema':
        this.#schemas.set(event.facts.queryId, event.facts)
        if (this.#schemas.size > MAX_SCHEMAS) this.#schemas.delete(this.#schemas.keys().next().value ?? '')
        return null
      case 'result.batch':
        return this.#rows(event)
      case 'statement.completed':
        return { scene: 'result', step: 'completed', facts: event.facts }
      case 'statement.denied':
        return { scene: 'denial', icecore: event.facts.icecore, text: event.facts.message, failure: event.facts }
      case 'request.refused':
        return { scene: 'denial', icecore: event.facts.icecore, text: event.facts.reason, failure: null }
      case 'statement.failed':
        return { scene: 'error', reason: 'failed', text: event.facts.message, failure: event.facts }
      case 'statement.cancelled':
        return { scene: 'error', reason: 'cancelled', text: `by ${event.facts.by}`, failure: null }
      case 'statement.outcomeUnknown':
        return { scene: 'error', reason: 'outcome_unknown', text: event.facts.reason, failure: null }
      case 'result.broken':
        this.#parts.delete(keyOf({ ...event.facts, part: 'chunk' }))
        return { scene: 'error', reason: 'delivery_broken', text: event.facts.reason, failure: null }
      case 'session.ended':
        return { scene: 'end', facts: event.facts }
      default:
        return null
    }
  }

  #rows(event: Extract<RecordedEvent, { type: 'result.batch' }>): Step<Scene> | null {
    const { queryId, last } = event.facts
    const key = keyOf(event.facts)
    const part = this.#parts.get(key) ?? new PartHead()
    part.add(event.body ?? new Uint8Array())
    if (!last) {
      this.#parts.set(key, part)
      return null
    }
    this.#parts.delete(key)
    const schema = this.#schemas.get(queryId) ?? null
    return { scene: 'result', step: 'rows', facts: event.facts, schema, bytes: part.bytes, head: part.head() }
  }
}

type PartKey = Pick<EventFacts['result.batch'], 'queryId' | 'part' | 'index' | 'delivery'>

function keyOf({ queryId, part, index, delivery }: PartKey): string {
  return `${queryId} ${part} ${index} ${delivery}`
}
