import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { rareEvents, sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { statementEvents } from '../../../test/support/recording/statement-events.ts'
import { type EventInput, type RecordedEvent, scenes } from '../../core/recording/index.ts'
import { displayWidth } from '../../lib/text/index.ts'
import { layoutPage } from './layout-page.ts'
import type { StatementPage } from './read-page.ts'
import { SceneRenderer } from './render-scene.ts'

/** Escapes to the terminal, text that is read backwards, hidden text, and width that no count of characters tells. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u202eevil\u200b\u009b31m\r\n\u0000日本𠀀'
const DANGEROUS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u

/** Words that steer the program and are written by it alone. */
const STEERING: ReadonlySet<string> = new Set([
  'type',
  'part',
  'encoding',
  'decision',
  'format',
  'status',
  'delivery',
  'queryId',
])

function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return STEERING.has(key) ? value : `${value}${HOSTILE}`
  if (Array.isArray(value)) return value.map((item) => poison(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [poisonName(name), poison(item, name)]))
}

/** Names of binds come from outside; names of fields do not. */
function poisonName(name: string): string {
  return /^\d+$/.test(name) ? `${name}${HOSTILE}` : name
}

function record(inputs: readonly EventInput[]): readonly RecordedEvent[] {
  return inputs.map((input, index) => ({
    ...input,
    lsn: index + 1,
    at: 1_700_000_000_000 + index * 1000,
    monotonic: index * 1000,
  }))
}

async function render(events: readonly RecordedEvent[], width: number, rows = 10): Promise<readonly string[]> {
  const renderer = new SceneRenderer({ width, rows, paint: (_, text) => text })
  const lines: string[] = []
  for await (const scene of scenes(events)) lines.push(...(await renderer.render(scene)))
  return lines
}

describe('a replayed session', () => {
  it('shows who, what, the rows and how it ended', async () => {
    const text = (await render(record(sessionEvents('s')), 100)).join('\n')
    for (const part of [
      'agent reporter',
      'human ann',
      'SELECT * FROM ORDERS',
      'row-canary',
      'ICE_STATEMENT_REFUSED',
      'end logout',
    ]) {
      assert.ok(text.includes(part), part)
    }
  })

  it('names the proxies between, where there are any', async () => {
    const network = { address: '192.0.2.7', via: ['10.0.0.7', '10.0.0.8'], userAgent: null }
    const [opened] = sessionEvents('s')
    for (const [facts, expected] of [
      [{ ...opened!.facts, network }, 'from 192.0.2.7 by way of 10.0.0.7, 10.0.0.8, driver door'],
      [opened!.facts, 'from 192.0.2.7, driver door'],
    ] as const) {
      const lines = await render(record([{ ...opened, facts } as EventInput]), 120)
      assert.ok(lines.join('\n').includes(expected), lines.join('\n'))
    }
  })

  it('is told by the time of day where it is watched as it happens, and nothing is counted', async () => {
    const renderer = new SceneRenderer({ width: 100, rows: 1, paint: (_, text) => text, live: true })
    const lines: string[] = []
    for await (const scene of scenes(record(sessionEvents('s').slice(1)))) lines.push(...(await renderer.render(scene)))
    assert.match(lines.join('\n'), /^22:13:20Z {2}statement$/m)
    assert.doesNotMatch(lines.join('\n'), /statement \d|00:0/)
  })

  it('tells a hold with all of its reasons', async () => {
    const text = `${'a long reason '.repeat(20)}and its end`
    const lines = await render(record(statementEvents('s', 1, { outcome: 'held', message: text })), 80)
    assert.ok(lines.join('\n').endsWith('and its end'))
  })

  for (const width of [40, 80, 200]) {
    it(`lets nothing hostile out and keeps to ${width} columns`, async () => {
      const events = record([...sessionEvents('s'), ...rareEvents('s')]).map((event) => ({
        ...event,
        facts: poison(event.facts),
        ...(event.body && { body: Buffer.from(event.body) }),
      })) as RecordedEvent[]
      const lines = await render(events, width)
      assert.ok(lines.length > 30)
      for (const line of lines) {
        assert.doesNotMatch(line, DANGEROUS)
        assert.ok(displayWidth(line) <= width, `${displayWidth(line)}: ${line}`)
      }
      assert.ok(
        lines.some((line) => line.includes('␛')),
        'what stood there is shown',
      )
    })
  }

  it('lets nothing hostile onto a page of the player, with its search and its head', async () => {
    const events = record([...sessionEvents('s'), ...rareEvents('s')]).map((event) => ({
      ...event,
      facts: poison(event.facts),
    })) as RecordedEvent[]
    const style = { width: 78, paint: (_: unknown, text: string) => text }
    for (const event of events) {
      const stop = { lsn: event.lsn, event, offsetMs: 0, statement: null }
      for (const page of [null, pageOf(events)]) {
        const { before, table, after } = layoutPage({ stop, page, idleMs: 0 }, style)
        const lines = [...before, ...after, ...(table === null ? [] : [...table.head(0), table.row(0, 0)])]
        for (const line of lines) {
          assert.doesNotMatch(line, DANGEROUS)
          assert.ok(displayWidth(line) <= 78, line)
        }
      }
    }
  })

  it('shows hostile cells and column names in a table, marked', async () => {
    const lines = await render(chunked([[HOSTILE, null]], HOSTILE), 80)
    for (const line of lines) assert.doesNotMatch(line, DANGEROUS)
    assert.ok(lines.some((line) => line.includes('␛]0;owned')))
    assert.ok(lines.some((line) => line.includes('NULL')))
  })

  it('shows the first rows of a chunk and counts the others', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => [String(index), 'x'])
    const lines = await render(chunked(rows, 'N'), 80, 3)
    assert.ok(lines.some((line) => line.trim() === '… 497 more rows'))
    assert.equal(lines.filter((line) => line.includes('│ x')).length, 3)
  })
})

/** Everything that a page can hold, at once. */
function pageOf(events: readonly RecordedEvent[]): StatementPage {
  const of = <T extends RecordedEvent['type']>(...types: readonly T[]) =>
    events.filter((event): event is Extract<RecordedEvent, { type: T }> =>
      (types as readonly string[]).includes(event.type),
    )
  return {
    id: HOSTILE,
    number: 1,
    received: of('statement.received')[0]!.facts,
    decision: of('statement.decision').at(-1)!.facts,
    ends: of(
      'statement.completed',
      'statement.denied',
      'statement.failed',
      'statement.cancelled',
      'statement.outcomeUnknown',
      'result.broken',
    ),
    result: { columns: [{ name: HOSTILE, type: HOSTILE }], rows: [[HOSTILE], [null]], total: 9, unread: false },
  }
}

/** A result that comes in one gzip chunk of two pieces. */
function chunked(rows: readonly (readonly (string | null)[])[], column: string): readonly RecordedEvent[] {
  const body = gzipSync(rows.map((row) => JSON.stringify(row)).join(','))
  const of = { session: 's', statement: 's-1' }
  const batch = { queryId: 'q', part: 'chunk', index: 0, delivery: 'd', encoding: 'gzip' } as const
  const columns = [column, 'B'].map((name) => ({ name, type: 'text' }))
  const schema = {
    queryId: 'q',
    statementTypeId: null,
    format: 'json' as const,
    columns,
    total: rows.length,
    inlineRows: 0,
  }
  return record([
    {
      type: 'result.schema',
      ...of,
      facts: { ...schema, chunks: [{ rows: rows.length }], childQueryIds: [], link: null },
    },
    { type: 'result.batch', ...of, facts: { ...batch, piece: 0, last: false }, body: body.subarray(0, 10) },
    {
      type: 'result.batch',
      ...of,
      facts: { ...batch, piece: 1, last: true, rows: rows.length },
      body: body.subarray(10),
    },
  ])
}
