/** A session as its events tell it: what `sessions show` prints. Folded event by event, so a stream will do. */
import type { DecisionReason, EventFacts, FailureFacts, RecordedEvent, StoredEvent } from './events.ts'

export type Outcome = 'open' | 'completed' | 'failed' | 'denied' | 'cancelled' | 'outcome_unknown'

/** One delivery of one part of a result. */
export interface DeliveryView {
  readonly part: 'inline' | 'chunk'
  readonly index: number
  readonly delivery: string
  readonly encoding: 'identity' | 'gzip'
  readonly firstAt: number
  readonly lastAt: number
  /** Bytes on record so far. */
  readonly recordedBytes: number
  /** Where the pieces lie, in order. */
  readonly lsns: readonly number[]
  /** False while the last piece is not on record. */
  readonly complete: boolean
  readonly rows: number | null
  readonly sha256: string | null
  readonly bodyBytes: number | null
  /** Why the delivery did not reach its end. */
  readonly broken: string | null
}

export interface ResultView {
  readonly queryId: string
  readonly schema: Omit<EventFacts['result.schema'], 'link'> | null
  readonly deliveries: readonly DeliveryView[]
  readonly fetches: readonly { readonly at: number; readonly by: EventFacts['result.fetched']['by'] }[]
}

export interface StatementView {
  readonly id: string
  readonly receivedAt: number | null
  readonly received: EventFacts['statement.received'] | null
  readonly decision: 'allow' | 'deny' | 'hold' | null
  readonly decidedAt: number | null
  readonly reasons: readonly DecisionReason[]
  readonly kind: string | null
  readonly shape: string | null
  readonly policy: string | null
  readonly sentAt: number | null
  readonly queryId: string | null
  readonly polls: number
  readonly abortsRequested: readonly { readonly at: number; readonly by: string }[]
  readonly results: readonly ResultView[]
  readonly outcome: Outcome
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly completed: EventFacts['statement.completed'] | null
  readonly failure: FailureFacts | null
  /** Who cancelled it, or why its outcome is not known. */
  readonly endReason: string | null
}

export interface SessionView {
  readonly id: string | null
  readonly openedAt: number | null
  /** Without what it goes on with after a restart, which tells a reader nothing. */
  readonly opened: Omit<EventFacts['session.opened'], 'resume'> | null
  readonly renewals: readonly number[]
  readonly statements: readonly StatementView[]
  readonly refusals: readonly { readonly at: number; readonly facts: EventFacts['request.refused'] }[]
  /** Null while the session goes on, and when the gateway died with it. */
  readonly ended: { readonly at: number; readonly reason: string; readonly statements: number } | null
  readonly events: number
  /** Events of a newer version, which this one cannot tell about. */
  readonly opaqueEvents: number
}

const EMPTY_SESSION: SessionView = {
  id: null,
  openedAt: null,
  opened: null,
  renewals: [],
  statements: [],
  refusals: [],
  ended: null,
  events: 0,
  opaqueEvents: 0,
}

/** Folds the events of one session. */
class SessionFold {
  #session = EMPTY_SESSION
  readonly #statements = new Map<string, StatementFold>()

  add(event: StoredEvent): this {
    const { events } = this.#session
    this.#session = { ...this.#session, id: this.#session.id ?? event.session, events: events + 1 }
    if (event.type === 'opaque') {
      this.#session = { ...this.#session, opaqueEvents: this.#session.opaqueEvents + 1 }
    } else if (event.statement === undefined) {
      this.#session = { ...this.#session, ...sessionChange(this.#session, event) }
    } else {
      this.#statement(event.statement).add(event)
    }
    return this
  }

  view(): SessionView {
    return { ...this.#session, statements: [...this.#statements.values()].map((statement) => statement.view()) }
  }

  #statement(id: string): StatementFold {
    const known = this.#statements.get(id) ?? new StatementFold(id)
    this.#statements.set(id, known)
    return known
  }
}

export function foldSession(events: Iterable<StoredEvent>): SessionView {
  const fold = new SessionFold()
  for (const event of events) {
    fold.add(event)
  }
  return fold.view()
}

function sessionChange(session: SessionView, event: RecordedEvent): Partial<SessionView> {
  switch (event.type) {
    case 'session.opened': {
      const { resume: _, ...opened } = event.facts
      return { openedAt: event.at, opened }
    }
    case 'session.renewed':
      return { renewals: [...session.renewals, event.at] }
    case 'session.ended':
      return { ended: { at: event.at, ...event.facts } }
    case 'request.refused':
      return { refusals: [...session.refusals, { at: event.at, facts: event.facts }] }
    default:
      return {}
  }
}

class StatementFold {
  #view: Omit<StatementView, 'results'>
  readonly #results = new Map<string, ResultFold>()

  constructor(id: string) {
    this.#view = {
      id,
      receivedAt: null,
      received: null,
      decision: null,
      decidedAt: null,
      reasons: [],
      kind: null,
      shape: null,
      policy: null,
      sentAt: null,
      queryId: null,
      polls: 0,
      abortsRequested: [],
      outcome: 'open',
      endedAt: null,
      durationMs: null,
      completed: null,
      failure: null,
      endReason: null,
    }
  }

  add(event: RecordedEvent): void {
    if (
      event.type === 'result.schema' ||
      event.type === 'result.batch' ||
      event.type === 'result.broken' ||
      event.type === 'result.fetched'
    ) {
      const result = this.#results.get(event.facts.queryId) ?? new ResultFold(event.facts.queryId)
      this.#results.set(event.facts.queryId, result)
      result.add(event)
    } else {
      this.#view = { ...this.#view, ...statementChange(this.#view, event) }
    }
  }

  view(): StatementView {
    return { ...this.#view, results: [...this.#results.values()].map((result) => result.view()) }
  }
}

function statementChange(view: Omit<StatementView, 'results'>, event: RecordedEvent): Partial<StatementView> {
  const { at } = event
  switch (event.type) {
    case 'statement.received':
      return { receivedAt: at, received: event.facts }
    case 'statement.decision': {
      const { decision, reasons, kind, shape, policy } = event.facts
      return { decidedAt: at, decision, reasons, kind, shape, policy }
    }
    case 'statement.sent':
      return { sentAt: at }
    case 'statement.queryId':
      return { queryId: event.facts.queryId }
    case 'statement.polled':
      return { polls: view.polls + 1 }
    case 'statement.abortRequested':
      return { abortsRequested: [...view.abortsRequested, { at, by: event.facts.by }] }
    case 'statement.completed': {
      const { queryId, durationMs } = event.facts
      return { outcome: 'completed', endedAt: at, completed: event.facts, queryId, durationMs }
    }
    case 'statement.failed': {
      const { queryId, durationMs, ...failure } = event.facts
      return { outcome: 'failed', endedAt: at, failure, queryId: queryId ?? view.queryId, durationMs }
    }
    case 'statement.denied':
      return { outcome: 'denied', endedAt: at, failure: event.facts }
    case 'statement.cancelled': {
      const { by, queryId, durationMs } = event.facts
      return { outcome: 'cancelled', endedAt: at, endReason: by, queryId: queryId ?? view.queryId, durationMs }
    }
    case 'statement.outcomeUnknown': {
      const { reason, durationMs } = event.facts
      return { outcome: 'outcome_unknown', endedAt: at, endReason: reason, durationMs }
    }
    default:
      return {}
  }
}

type ResultEvent = Extract<RecordedEvent, { type: `result.${string}` }>

class ResultFold {
  readonly #queryId: string
  #schema: ResultView['schema'] = null
  readonly #deliveries = new Map<string, DeliveryView>()
  readonly #fetches: { at: number; by: EventFacts['result.fetched']['by'] }[] = []

  constructor(queryId: string) {
    this.#queryId = queryId
  }

  add(event: ResultEvent): void {
    switch (event.type) {
      case 'result.schema': {
        const { link: _, ...schema } = event.facts
        this.#schema = schema
        break
      }
      case 'result.fetched':
        this.#fetches.push({ at: event.at, by: event.facts.by })
        break
      case 'result.broken': {
        const { index, delivery, reason } = event.facts
        for (const [key, known] of this.#deliveries) {
          if (known.delivery === delivery && known.index === index) {
            this.#deliveries.set(key, { ...known, broken: reason, lastAt: event.at })
          }
        }
        break
      }
      case 'result.batch': {
        const key = `${event.facts.part} ${event.facts.index} ${event.facts.delivery}`
        this.#deliveries.set(key, addPiece(this.#deliveries.get(key), event))
        break
      }
    }
  }

  view(): ResultView {
    const deliveries = [...this.#deliveries.values()]
    return { queryId: this.#queryId, schema: this.#schema, deliveries, fetches: this.#fetches }
  }
}

function addPiece(
  known: DeliveryView | undefined,
  event: Extract<RecordedEvent, { type: 'result.batch' }>,
): DeliveryView {
  const { part, index, delivery, encoding, last, rows, sha256, bodyBytes } = event.facts
  return {
    part,
    index,
    delivery,
    encoding,
    firstAt: known?.firstAt ?? event.at,
    lastAt: event.at,
    recordedBytes: (known?.recordedBytes ?? 0) + (event.body?.length ?? 0),
    lsns: [...(known?.lsns ?? []), event.lsn],
    complete: last,
    rows: rows ?? known?.rows ?? null,
    sha256: sha256 ?? known?.sha256 ?? null,
    bodyBytes: bodyBytes ?? known?.bodyBytes ?? null,
    broken: known?.broken ?? null,
  }
}
