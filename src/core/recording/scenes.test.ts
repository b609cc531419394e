import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { type EventInput, type Scene, type StoredEvent, scenes } from './index.ts'
import { MOST_HEAD_BYTES } from './part-head.ts'

function stored(events: readonly EventInput[], monotonic = (index: number) => index * 1000): StoredEvent[] {
  return events.map((event, index) => ({
    ...event,
    lsn: index + 1,
    at: 5000 + index * 1000,
    monotonic: monotonic(index),
  }))
}

async function film(events: readonly StoredEvent[]): Promise<Scene[]> {
  const list: Scene[] = []
  for await (const scene of scenes(events)) {
    list.push(scene)
  }
  return list
}

const statement = { session: 's', statement: 'st' }
const context = { role: null, warehouse: null, database: null, schema: null }

describe('scenes', () => {
  it('come in order with their times', async () => {
    const list = await film(stored(sessionEvents('one')))
    assert.deepEqual(
      list.map(({ scene, offsetMs, statement }) => [scene, offsetMs, statement]),
      [
        ['log-in', 0, null],
        ['statement', 1000, 'one-1'],
        ['result', 8000, 'one-1'],
        ['result', 9000, 'one-1'],
        ['statement', 10_000, 'one-2'],
        ['denial', 12_000, 'one-2'],
        ['denial', 13_000, null],
        ['end', 18_000, null],
      ],
    )
  })

  it('of rows hold the part as it was delivered, with its schema', async () => {
    const rows = (await film(stored(sessionEvents('one')))).find((scene) => scene.scene === 'result')
    assert.ok(rows?.scene === 'result' && rows.step === 'rows')
    assert.equal(Buffer.from(rows.head).toString(), '[["row-canary","1"],["b","2"]]')
    assert.deepEqual([rows.bytes, rows.schema?.columns.length], [30, 1])
  })

  it('of rows hold no more than the beginning of a part, however large it is', async () => {
    const piece = Buffer.alloc(300_000, 'x')
    const batch = { queryId: 'q', part: 'chunk', index: 0, delivery: 'd', encoding: 'identity' } as const
    function* pieces(): Generator<EventInput> {
      for (let at = 0; at < 200; at += 1) {
        const facts = { ...batch, piece: at, last: at === 199 }
        yield { type: 'result.batch', ...statement, facts, body: Buffer.from(piece) }
      }
    }
    const [rows] = await film(stored([...pieces()]))
    assert.ok(rows?.scene === 'result' && rows.step === 'rows')
    assert.deepEqual([rows.bytes, rows.head.length], [60_000_000, MOST_HEAD_BYTES])
    assert.ok(rows.head.every((byte) => byte === piece[0]))
  })

  const others: [string, EventInput, object][] = [
    [
      'a hold',
      {
        type: 'statement.decision',
        ...statement,
        facts: { decision: 'hold', reasons: [], kind: 'K', shape: '', statements: [], policy: 'p' },
      },
      { scene: 'hold' },
    ],
    [
      'a failure',
      {
        type: 'statement.failed',
        ...statement,
        facts: { code: '1', sqlState: '2', message: 'no', icecore: null, queryId: null, durationMs: 1 },
      },
      { scene: 'error', reason: 'failed', text: 'no' },
    ],
    [
      'a cancellation',
      { type: 'statement.cancelled', ...statement, facts: { by: 'client', queryId: null, durationMs: 1 } },
      { scene: 'error', reason: 'cancelled' },
    ],
    [
      'an unknown outcome',
      { type: 'statement.outcomeUnknown', ...statement, facts: { reason: 'lost', durationMs: 1 } },
      { scene: 'error', reason: 'outcome_unknown' },
    ],
    [
      'a broken delivery',
      { type: 'result.broken', ...statement, facts: { queryId: 'q', index: 0, delivery: 'd', reason: 'reset' } },
      { scene: 'error', reason: 'delivery_broken', text: 'reset' },
    ],
    [
      'a completion',
      {
        type: 'statement.completed',
        ...statement,
        facts: { queryId: 'q', statementTypeId: 1, rows: 3, bytes: 4, durationMs: 5, context },
      },
      { scene: 'result', step: 'completed' },
    ],
  ]
  for (const [name, event, expected] of others) {
    it(`show ${name}`, async () => assert.partialDeepStrictEqual((await film(stored([event])))[0]!, expected))
  }

  it('keep their distance when the wall clock is stepped, and over a restart', async () => {
    const events = stored(sessionEvents('one').slice(0, 2))
    const stepped = [events[0]!, { ...events[1]!, at: events[1]!.at - 3_600_000 }]
    assert.deepEqual(
      (await film(stepped)).map(({ offsetMs }) => offsetMs),
      [0, 1000],
    )
    const restarted = [
      { ...events[0]!, monotonic: 900_000 },
      { ...events[1]!, monotonic: 10 },
    ]
    assert.deepEqual(
      (await film(restarted)).map(({ offsetMs }) => offsetMs),
      [0, 1000],
    )
  })
})
