/** What the clients were told, beside what is on record and what reached the warehouse. */
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import type { Told } from './client.ts'

export interface Comparison {
  /** Told to a client as done, and not so on record: or other rows than were delivered. */
  readonly lost: readonly string[]
  /** Ran in the warehouse, and the record does not say that it was sent. */
  readonly unrecorded: readonly string[]
  readonly twice: readonly string[]
  /** Neither done nor of unknown outcome: a restart is no reason for either. */
  readonly failed: readonly string[]
  readonly unknown: number
}

/** `ran`: texts that the warehouse ran, one for each time. `marks`: the rows that are in the table of writes. */
export function compare(
  told: readonly Told[],
  events: readonly RecordedEvent[],
  ran: readonly string[],
  marks: readonly string[],
): Comparison {
  const recorded = readRecord(events)
  const runs = count(ran.map(markerIn).filter((marker) => marker !== null))
  const rows = count(marks)
  const lost = told.filter((one) => {
    if (one.outcome !== 'acknowledged') return false
    const record = recorded.get(one.marker)
    if (record?.completed !== true) return true
    if (one.kind === 'write' && rows.get(one.marker) !== 1) return true
    return one.kind === 'read' && one.sha256 !== null && !record.bodies.has(one.sha256)
  })
  return {
    lost: lost.map(describe),
    unrecorded: [...runs.keys()].filter((marker) => recorded.get(marker)?.sent !== true),
    twice: [...runs, ...rows].filter(([, times]) => times > 1).map(([marker]) => marker),
    failed: told.filter(({ outcome }) => outcome === 'failed').map(describe),
    unknown: told.filter(({ outcome }) => outcome === 'unknown').length,
  }
}

interface RecordOfMarker {
  sent: boolean
  completed: boolean
  /** SHA-256 of each body that was delivered, hex. */
  readonly bodies: Set<string>
}

function readRecord(events: readonly RecordedEvent[]): ReadonlyMap<string, RecordOfMarker> {
  const markers = new Map<string, string>()
  const records = new Map<string, RecordOfMarker>()
  for (const event of events) {
    const statement = `${event.session} ${event.statement}`
    if (event.type === 'statement.received') {
      const marker = markerIn(event.facts.sql)
      if (marker === null) continue
      markers.set(statement, marker)
      if (!records.has(marker)) records.set(marker, { sent: false, completed: false, bodies: new Set() })
    }
    const record = records.get(markers.get(statement) ?? '')
    if (record === undefined) continue
    if (event.type === 'statement.sent') record.sent = true
    if (event.type === 'statement.completed') record.completed = true
    if (event.type === 'result.batch' && event.facts.sha256 !== undefined) record.bodies.add(event.facts.sha256)
  }
  return records
}

function markerIn(text: string): string | null {
  return /'(client\d+_\d+)'/.exec(text)?.[1] ?? null
}

function count(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function describe({ marker, kind, outcome, message }: Told): string {
  return `${marker} (${kind}, ${outcome}) ${message}`
}
