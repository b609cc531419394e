import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { type EventInput, foldSession, type StoredEvent } from './index.ts'

/** One second apart, from 1000 on. */
function stored(events: readonly EventInput[]): StoredEvent[] {
  return events.map((event, index) => ({ ...event, lsn: index + 1, at: (index + 1) * 1000, monotonic: index * 1000 }))
}

const statement = { session: 's', statement: 'st' }
const failure = { code: '000604', sqlState: '57014', message: 'canceled', icecore: null }
const part = { queryId: 'q', part: 'chunk', index: 3, encoding: 'gzip' } as const

describe('foldSession', () => {
  const view = foldSession(stored(sessionEvents('one')))

  it('tells the session', () => {
    assert.equal(view.id, 'one')
    assert.equal(view.openedAt, 1000)
    assert.equal(view.opened?.principal.displayName, 'Ann')
    assert.deepEqual(view.renewals, [15_000])
    assert.deepEqual(view.ended, { at: 19_000, reason: 'logout', statements: 2 })
    assert.deepEqual(
      view.refusals.map(({ facts }) => facts.path),
      ['/x'],
    )
    assert.equal(view.events, 19)
  })

  it('tells a statement with its result', () => {
    const [first] = view.statements
    assert.equal(first?.received?.bindings['1']?.value, 'bind-canary')
    assert.deepEqual([first?.decision, first?.kind, first?.outcome, first?.polls], ['allow', 'SELECT', 'completed', 1])
    assert.deepEqual([first?.receivedAt, first?.decidedAt, first?.sentAt, first?.endedAt], [2000, 3000, 4000, 10_000])
    assert.equal(first?.durationMs, 12.5)
    assert.equal(first?.results[0]?.schema?.columns[0]?.name, 'NOTE')
    assert.deepEqual(first?.results[0]?.deliveries, [
      {
        part: 'inline',
        index: 0,
        delivery: 'd1',
        encoding: 'identity',
        firstAt: 8000,
        lastAt: 9000,
        recordedBytes: 30,
        lsns: [8, 9],
        complete: true,
        rows: 2,
        sha256: 'ab',
        bodyBytes: 30,
        broken: null,
      },
    ])
  })

  it('tells a refused one', () => {
    const denied = view.statements[1]
    assert.deepEqual(
      [denied?.outcome, denied?.failure?.icecore, denied?.sentAt],
      ['denied', 'ICE_STATEMENT_REFUSED', null],
    )
  })

  const endings: [string, EventInput[], object][] = [
    [
      'failed',
      [{ type: 'statement.failed', ...statement, facts: { ...failure, queryId: 'q', durationMs: 5 } }],
      { outcome: 'failed', failure, queryId: 'q', durationMs: 5 },
    ],
    [
      'cancelled',
      [
        { type: 'statement.queryId', ...statement, facts: { queryId: 'q' } },
        { type: 'statement.abortRequested', ...statement, facts: { by: 'client' } },
        { type: 'statement.cancelled', ...statement, facts: { by: 'client', queryId: null, durationMs: 7 } },
      ],
      { outcome: 'cancelled', endReason: 'client', queryId: 'q', abortsRequested: [{ at: 2000, by: 'client' }] },
    ],
    [
      'of unknown outcome',
      [{ type: 'statement.outcomeUnknown', ...statement, facts: { reason: 'upstream_lost', durationMs: 1 } }],
      { outcome: 'outcome_unknown', endReason: 'upstream_lost' },
    ],
    [
      'open',
      [{ type: 'statement.sent', ...statement, facts: { changes: [], upstreamRequestId: 'u' } }],
      { outcome: 'open', endedAt: null },
    ],
  ]
  for (const [name, events, expected] of endings) {
    it(`tells a statement that is ${name}`, () => {
      assert.partialDeepStrictEqual(foldSession(stored(events)).statements[0]!, expected)
    })
  }

  it('keeps deliveries of one chunk apart, with the one that broke', () => {
    const piece = (delivery: string, last: boolean): EventInput => ({
      type: 'result.batch',
      ...statement,
      facts: { ...part, piece: 0, last, delivery },
      body: new Uint8Array(5),
    })
    const broken = { queryId: 'q', index: 3, delivery: 'd1', reason: 'client_gone' }
    const events: EventInput[] = [
      piece('d1', false),
      { type: 'result.broken', ...statement, facts: broken },
      piece('d2', true),
      { type: 'result.fetched', ...statement, facts: { queryId: 'q', by: 'chunk' } },
    ]
    const [result] = foldSession(stored(events)).statements[0]!.results
    assert.deepEqual(
      result?.deliveries.map(({ delivery, complete, broken }) => ({ delivery, complete, broken })),
      [
        { delivery: 'd1', complete: false, broken: 'client_gone' },
        { delivery: 'd2', complete: true, broken: null },
      ],
    )
    assert.deepEqual(result?.fetches, [{ at: 4000, by: 'chunk' }])
  })

  it('counts what it does not understand', () => {
    const opaque: StoredEvent = {
      type: 'opaque',
      originalType: 'x',
      session: 's',
      lsn: 1,
      at: 1,
      monotonic: 1,
      facts: {},
    }
    assert.equal(foldSession([opaque]).opaqueEvents, 1)
  })

  it('of nothing is nothing', () => assert.equal(foldSession([]).id, null))
})
