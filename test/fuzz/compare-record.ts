/** What reached the warehouse, beside what is on record: nothing goes up that was not decided and recorded, byte for byte. */
import type { EventFacts, RecordedEvent } from '../../src/core/recording/index.ts'
import { type Arrival, canonicalBindings, keepShort, type UpstreamLogIn } from './stub-upstream.ts'

export interface Reached {
  readonly arrivals: readonly Arrival[]
  readonly logIns: readonly UpstreamLogIn[]
}

export interface Comparison {
  readonly faults: readonly string[]
  /** Sessions on record that have no end there. */
  readonly unendedSessions: number
  /** Statements that are on record as sent. */
  readonly sent: number
}

/** A statement as the record tells it. */
interface OnRecord {
  readonly session: string
  readonly receivedAt: number
  readonly facts: Omit<EventFacts['statement.received'], 'sql' | 'bindings'>
  readonly sql: string
  readonly bindings: string
  isAllowed: boolean
}

export async function compareRecord(events: AsyncIterable<RecordedEvent>, reached: Reached): Promise<Comparison> {
  const record = new FoldedRecord()
  for await (const event of events) record.take(event)
  const faults = [...record.faults]
  const seen = new Set<string>()
  for (const arrival of reached.arrivals) {
    const { requestId, sql } = arrival
    const fault = seen.has(requestId) ? 'it ran twice' : record.faultOf(arrival)
    seen.add(requestId)
    if (fault !== null) faults.push(`${fault}: ${sql.slice(0, 100)}`)
  }
  for (const logIn of reached.logIns) {
    const fault = record.faultOfLogIn(logIn)
    if (fault !== null) faults.push(fault)
  }
  return { faults, unendedSessions: record.unendedSessions, sent: record.sent.size }
}

class FoldedRecord {
  readonly faults: string[] = []
  readonly sent = new Map<string, OnRecord>()
  readonly #statements = new Map<string, OnRecord>()
  /** The upstream's session by ours, and what it was opened with by the upstream's. */
  readonly #upstream = new Map<string, string>()
  readonly #parameters = new Map<string, EventFacts['session.opened']['parameters']>()
  readonly #open = new Set<string>()

  get unendedSessions(): number {
    return this.#open.size
  }

  take(event: RecordedEvent): void {
    const { session } = event
    if (session === null) return
    if (event.type === 'session.opened') {
      this.#open.add(session)
      this.#upstream.set(session, event.facts.upstreamSession)
      this.#parameters.set(event.facts.upstreamSession, event.facts.parameters)
    }
    if (event.type === 'session.ended') this.#open.delete(session)
    if (event.type === 'statement.received') {
      const { sql, bindings, ...facts } = event.facts
      this.#statements.set(`${session} ${event.statement}`, {
        session,
        receivedAt: event.at,
        facts,
        sql: keepShort(sql),
        bindings: keepShort(canonicalBindings(bindings)),
        isAllowed: false,
      })
    }
    const statement = this.#statements.get(`${session} ${event.statement}`)
    if (statement === undefined) return
    if (event.type === 'statement.decision') statement.isAllowed = event.facts.decision === 'allow'
    if (event.type !== 'statement.sent') return
    if (!statement.isAllowed) this.faults.push(`sent without having been allowed: ${statement.sql.slice(0, 100)}`)
    this.sent.set(event.facts.upstreamRequestId, statement)
  }

  /** Null where the record tells of the arrival all that there is to tell. */
  faultOf(arrival: Arrival): string | null {
    const recorded = this.sent.get(arrival.requestId)
    if (recorded === undefined) return 'it is not on record'
    const { facts, sql, bindings, session, receivedAt } = recorded
    if (this.#upstream.get(session) !== arrival.session) return 'it ran in another session'
    // Both are wall clocks of one machine, in whole milliseconds.
    if (receivedAt > arrival.at + 1) return 'it went up before it was on record'
    if (facts.secretsCut === 0 && sql !== arrival.sql) return `it has another text on record, ${sql.slice(0, 100)}`
    if (facts.secretsCut > 0 && !isCutFrom(sql, arrival.sql)) return 'what is on record was not cut from it'
    if (!bindings.includes('[secret:') && bindings !== arrival.bindings) return 'it has other binds on record'
    if (facts.describeOnly !== arrival.describeOnly || facts.asynchronous !== arrival.asyncExec)
      return 'it has other flags'
    return faultOfParameters(arrival.parameters, facts.parameters)
  }

  faultOfLogIn({ session, parameters }: UpstreamLogIn): string | null {
    const recorded = this.#parameters.get(session)
    // One that Icecore itself closed again before it lived.
    if (recorded === undefined) return null
    return isSameObject(parameters, recorded) ? null : `session ${session} was opened with other parameters`
  }
}

/** Every parameter but Icecore's own tag is the client's. */
function faultOfParameters(
  sent: Arrival['parameters'],
  received: EventFacts['statement.received']['parameters'],
): string | null {
  const known = new Map(Object.entries(received).map(([name, value]) => [name.toUpperCase(), String(value)]))
  const foreign = Object.entries(sent).find(
    ([name, value]) => name !== 'QUERY_TAG' && !isSameValue(String(value), known.get(name)),
  )
  return foreign === undefined ? null : `parameter ${foreign[0]} is not on record`
}

/** Numbers and booleans may come as texts, and go up as what they are. */
function isSameValue(sent: string, received: string | undefined): boolean {
  if (received === undefined) return false
  return sent === received || sent === received.toLowerCase() || Number(sent) === Number(received)
}

function isCutFrom(recorded: string, sql: string): boolean {
  if (recorded.startsWith('sha256 ') || sql.startsWith('sha256 ')) return true
  let at = 0
  return recorded.split(/\[(?:secret|unreadable):[^\]]*\]/).every((piece) => {
    const found = sql.indexOf(piece, at)
    at = found + piece.length
    return found !== -1
  })
}

function isSameObject(one: object, other: object): boolean {
  const sorted = (object: object): string => JSON.stringify(Object.entries(object).toSorted())
  return sorted(one) === sorted(other)
}
