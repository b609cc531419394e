import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { compareRecord } from './compare-record.ts'
import type { Arrival } from './stub-upstream.ts'

const ARRIVAL: Arrival = {
  requestId: 'r',
  session: '1',
  sql: 'SELECT ?',
  bindings: '[["1","TEXT","x",null,null]]',
  parameters: { TIMEZONE: 'UTC', QUERY_TAG: '{}' },
  describeOnly: false,
  asyncExec: false,
  at: 10,
}

/** Events with only what the comparison reads. */
function recorded(type: RecordedEvent['type'], facts: object, at = 10): RecordedEvent {
  return { type, session: 's', statement: 't', at, facts } as unknown as RecordedEvent
}

const OPENED = recorded('session.opened', { upstreamSession: '1', parameters: { TIMEZONE: 'UTC' } })
const RECEIVED = {
  sql: 'SELECT ?',
  secretsCut: 0,
  bindings: { 1: { type: 'TEXT', value: 'x' } },
  parameters: { timezone: 'UTC' },
  describeOnly: false,
  asynchronous: false,
}

interface Story {
  readonly received?: object
  readonly at?: number
  readonly decision?: string
  readonly isSent?: boolean
}

async function* record({
  received = {},
  at = 10,
  decision = 'allow',
  isSent = true,
}: Story): AsyncGenerator<RecordedEvent> {
  yield OPENED
  yield recorded('statement.received', { ...RECEIVED, ...received }, at)
  yield recorded('statement.decision', { decision })
  if (isSent) yield recorded('statement.sent', { upstreamRequestId: 'r' })
}

describe('the comparison of the record with what went up', () => {
  it('finds nothing where the record tells all', async () => {
    const { faults } = await compareRecord(record({}), {
      arrivals: [ARRIVAL],
      logIns: [{ session: '1', parameters: { TIMEZONE: 'UTC' } }],
    })
    assert.deepEqual(faults, [])
  })

  const cases: readonly (readonly [string, Story, Partial<Arrival>, RegExp])[] = [
    ['not on record', { isSent: false }, {}, /not on record/],
    ['denied, and sent', { decision: 'deny' }, {}, /without having been allowed/],
    ['another text', { received: { sql: 'SELECT 1' } }, {}, /another text/],
    ['other binds', { received: { bindings: {} } }, {}, /other binds/],
    ['other flags', {}, { describeOnly: true }, /other flags/],
    ['a parameter of nobody', {}, { parameters: { ROWS_PER_RESULTSET: 1 } }, /ROWS_PER_RESULTSET/],
    ['another session', {}, { session: '2' }, /another session/],
    ['recorded too late', { at: 12 }, {}, /before it was on record/],
    [
      'a secret, and another text around it',
      { received: { sql: 'SET [secret:k]', secretsCut: 1 } },
      {},
      /not cut from it/,
    ],
  ]
  for (const [what, story, arrival, fault] of cases) {
    it(`finds a statement that is ${what}`, async () => {
      const { faults } = await compareRecord(record(story), { arrivals: [{ ...ARRIVAL, ...arrival }], logIns: [] })
      assert.match(faults.join('\n'), fault)
    })
  }

  it('finds what ran twice, and a log-in with other parameters', async () => {
    const logIns = [{ session: '1', parameters: { TIMEZONE: 'UTC', SEARCH_PATH: 'x' } }]
    const { faults } = await compareRecord(record({}), { arrivals: [ARRIVAL, ARRIVAL], logIns })
    assert.match(faults.join('\n'), /ran twice[\s\S]*other parameters/)
  })
})
