import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { countingIds } from '../../test/support/counting-ids.ts'
import { fakePrincipal, fakeUpstream, plainSealer } from '../../test/support/fake-session.ts'
import {
  inProgress,
  type OpenGate,
  oneRow,
  openGate,
  type ScriptedUpstream,
  sqlError,
} from '../../test/support/gate-fixture.ts'
import type { EventFacts } from '../core/recording/index.ts'
import { readEnvelope } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import { silentLog } from '../lib/log.ts'
import { whyAccessIsGone } from './access-today.ts'
import { OwnSessions } from './own-sessions.ts'
import type { UpstreamConnector, UpstreamLogin } from './ports.ts'
import { Refusals } from './refusals.ts'

const FACTS = {
  place: {},
  account: 'a',
  user: 'ICECORE',
  defaultRole: 'ANALYST',
  warehouse: 'WH',
  database: 'SHOP',
  schema: 'SALES',
}
const QUERY_ID = '01b899f1-0712-45a6-0040-000000000999'

let logins: UpstreamLogin[]
let closed: number
let open: OpenGate
let isOpen: boolean

beforeEach(() => {
  logins = []
  closed = 0
  isOpen = true
  open = openGate()
})

interface World {
  readonly submit?: ScriptedUpstream['submit']
  readonly result?: ScriptedUpstream['result']
  readonly refuse?: IcecoreError
  readonly database?: string
}

function ownSessions({ submit = async () => oneRow(), result, refuse, database = 'SHOP' }: World = {}): OwnSessions {
  const upstream: UpstreamConnector = {
    connection: (name) => (name === 'prod' ? { name, ...FACTS } : undefined),
    resolve: () => assert.fail('Icecore names its connections'),
    open: async (login) => {
      logins.push(login)
      if (refuse !== undefined) throw refuse
      return fakeUpstream({
        context: { role: 'ANALYST', warehouse: 'WH', database, schema: 'SALES' },
        submit: async (...query) => readEnvelope(await submit(...query)),
        ...(result === undefined ? {} : { result: async (...query) => readEnvelope(await result(...query)) }),
        abort: async () => undefined,
        onRenewal: () => assert.fail('its tokens are kept for nobody'),
        keep: () => assert.fail('its tokens are kept for nobody'),
        close: async () => {
          closed += 1
        },
      })
    },
    resume: () => assert.fail('nothing is resumed'),
    close: async () => undefined,
  }
  const { clock, recorder, registry, gate } = open
  const access = {
    rules: [],
    hasConnection: () => true,
    reasonGone: () => 'nobody is configured',
    reconsider: () => assert.fail('there is no token'),
  }
  const refusals = new Refusals({ recorder, clock, log: silentLog }, { window: 60_000, kinds: 10 })
  const assertOpen = (): void => {
    if (!isOpen) throw new IcecoreError('ICE_DRAINING')
  }
  const ids = countingIds()
  const log = silentLog
  return new OwnSessions(
    { access, upstream, recorder, registry, sealer: plainSealer, clock, log, gate, refusals, ids, assertOpen },
    { sessions: 2, version: '1' },
  )
}

function factsOf<T extends keyof EventFacts>(type: T): readonly EventFacts[T][] {
  return open.recorder.events.filter((event) => event.type === type).map(({ facts }) => facts as EventFacts[T])
}

const rejectedAs =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof IcecoreError && error.code === code

describe('a session of Icecore’s own', () => {
  it('is on record from its opening to its end, with its statements, as the principal icecore', async () => {
    const answer = await ownSessions().use('prod', 'doctor', (session) => session.query('SELECT 1 AS A'))
    assert.deepEqual(answer, { rows: [['1']], failure: null })
    assert.deepEqual(open.recorder.types, [
      'session.opened',
      'statement.received',
      'statement.decision',
      'statement.sent',
      'result.schema',
      'result.batch',
      'statement.completed',
      'session.ended',
    ])
    const [opened] = factsOf('session.opened')
    assert.deepEqual(
      [
        opened?.door,
        opened?.principal.id,
        opened?.principal.token,
        opened?.accessRule,
        opened?.network,
        opened?.resume,
      ],
      ['none', 'icecore', null, null, null, null],
    )
    assert.match(String(opened?.parameters.QUERY_TAG), /"principal":"icecore".*"client":"doctor"/)
    assert.deepEqual(factsOf('session.ended'), [{ reason: 'doctor is done', statements: 1 }])
    assert.deepEqual([logins.length, logins[0]?.role, closed], [1, 'ANALYST', 1])
  })

  it('obeys the policy as any other', async () => {
    const answer = await ownSessions().use('prod', 'doctor', (session) => session.query('USE ROLE ACCOUNTADMIN'))
    assert.equal(answer.rows, null)
    assert.ok(open.recorder.types.includes('statement.denied'))
    assert.ok(!open.recorder.types.includes('statement.sent'))
  })

  it('tells an error of Snowflake’s as the end of the statement, and goes on', async () => {
    let asked = 0
    const submit = async () => (++asked === 1 ? sqlError('002003') : oneRow())
    const answers = await ownSessions({ submit }).use('prod', 'doctor', async (session) => [
      await session.query('SELECT 1 FROM GONE'),
      await session.query('SELECT 1'),
    ])
    assert.deepEqual(answers, [
      { rows: null, failure: { code: '002003', message: 'no' } },
      { rows: [['1']], failure: null },
    ])
  })

  it('ends, here and at Snowflake, when what it was opened for fails', async () => {
    await assert.rejects(
      ownSessions().use('prod', 'doctor', () => Promise.reject(new TypeError('mine'))),
      /mine/,
    )
    assert.deepEqual([open.recorder.types.at(-1), closed], ['session.ended', 1])
    assert.equal(open.registry.size, 1)
  })

  it('takes no rows in chunks', async () => {
    const chunks = {
      total: 2,
      chunks: [{ url: 'https://storage/1', rowCount: 1, uncompressedSize: 1, compressedSize: 1 }],
    }
    await assert.rejects(
      ownSessions({ submit: async () => oneRow(chunks) }).use('prod', 'doctor', (session) => session.query('SELECT 1')),
      rejectedAs('ICE_UPSTREAM_PROTOCOL'),
    )
  })

  it('a statement that takes too long is cancelled with its session', async () => {
    const result: ScriptedUpstream['result'] = (_id, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
    const used = ownSessions({ submit: async () => inProgress(QUERY_ID), result }).use('prod', 'doctor', (session) =>
      session.query('SELECT 1'),
    )
    const rejected = assert.rejects(used, rejectedAs('ICE_STATEMENT_CANCELLED'))
    while (!open.recorder.types.includes('statement.queryId')) await new Promise(setImmediate)
    open.clock.advance(60_000)
    while (!open.recorder.types.includes('statement.polled')) await new Promise(setImmediate)
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
    open.clock.advance(5_000)
    await rejected
    assert.equal(closed, 1)
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
    assert.deepEqual(
      factsOf('statement.cancelled').map(({ by }) => by),
      ['doctor is done'],
    )
  })

  const refusals: readonly (readonly [string, () => OwnSessions, string, string, number])[] = [
    [
      'a role that cannot be used',
      () => ownSessions({ refuse: new IcecoreError('ICE_UPSTREAM_LOGIN_FAILED', {}, { cause: new Error('no role') }) }),
      'prod',
      'ICE_UPSTREAM_LOGIN_FAILED',
      1,
    ],
    ['a connection that is not there', () => ownSessions(), 'other', 'ICE_LOGIN_REFUSED', 0],
    ['a database that is closed to all', () => ownSessions({ database: 'SNOWFLAKE' }), 'prod', 'ICE_LOGIN_REFUSED', 1],
  ]
  for (const [name, make, connection, code, asked] of refusals) {
    it(`${name}: the refusal is on record, and nothing is left open`, async () => {
      await assert.rejects(
        make().use(connection, 'doctor', () => assert.fail('nothing runs')),
        rejectedAs(code),
      )
      const [refused] = factsOf('login.refused')
      assert.deepEqual([refused?.network, refused?.connection], [null, connection])
      assert.deepEqual([logins.length, open.registry.size], [asked, 1])
    })
  }

  it('where nothing can be recorded, nothing is asked of Snowflake', async () => {
    open.recorder.broken = true
    const used = ownSessions().use('prod', 'doctor', () => assert.fail('nothing runs'))
    await assert.rejects(used, rejectedAs('ICE_SESSION_UNRECORDED'))
    assert.deepEqual(logins, [])
  })

  it('where it can be no more once Snowflake let it in, it is closed again', async () => {
    const own = ownSessions({})
    const { recorder } = open
    recorder.failure = () => null
    recorder.broken = true
    await assert.rejects(
      own.use('prod', 'doctor', () => assert.fail('nothing runs')),
      rejectedAs('ICE_SESSION_UNRECORDED'),
    )
    assert.deepEqual([logins.length, closed, open.registry.size], [1, 1, 1])
  })

  it('none begins in a gateway that shuts down, and one that is open ends', async () => {
    const own = ownSessions()
    const work = Promise.withResolvers<void>()
    const used = own.use('prod', 'doctor', () => work.promise)
    while (!open.recorder.types.includes('session.opened')) await new Promise(setImmediate)
    isOpen = false
    await own.endAll('SIGTERM')
    assert.deepEqual(factsOf('session.ended'), [{ reason: 'SIGTERM', statements: 0 }])
    work.resolve()
    await used
    await assert.rejects(
      own.use('prod', 'doctor', () => assert.fail('nothing runs')),
      rejectedAs('ICE_DRAINING'),
    )
    assert.equal(factsOf('session.ended').length, 1)
  })

  it('so many at a time; one more waits for its turn, and is told where that takes too long', async () => {
    const own = ownSessions()
    const work = Promise.withResolvers<void>()
    const first = [1, 2].map(() => own.use('prod', 'doctor', () => work.promise))
    while (factsOf('session.opened').length < 2) await new Promise(setImmediate)
    const late = assert.rejects(
      own.use('prod', 'doctor', () => assert.fail('nothing runs')),
      rejectedAs('ICE_SESSION_LIMIT'),
    )
    open.clock.advance(60_000)
    await late
    const waits = own.use('prod', 'doctor', async () => 'had its turn')
    open.clock.advance(59_000)
    assert.equal(logins.length, 2)
    work.resolve()
    assert.equal(await waits, 'had its turn')
    await Promise.all(first)
  })

  it('takes no place of an agent’s', async () => {
    const { registry } = open
    const own = ownSessions()
    const before = Array.from({ length: 7 }, (_, index) => registry.reserve(`person:${index}`))
    await own.use('prod', 'doctor', async () => {
      assert.equal(registry.size, 2)
      before.push(registry.reserve('person:8'))
      assert.throws(() => registry.reserve('person:9'), rejectedAs('ICE_SESSION_LIMIT'))
    })
    for (const release of before) release()
  })
})

describe('whyAccessIsGone', () => {
  it('judges Icecore itself by its connection alone', () => {
    const none = { rules: [], reasonGone: () => 'gone', reconsider: () => assert.fail('there is no token') }
    const judge = (principal: Parameters<typeof whyAccessIsGone>[0]['principal'], connected: boolean) =>
      whyAccessIsGone(
        { principal, connection: 'prod', roles: ['ANALYST'] },
        { ...none, hasConnection: () => connected },
      )
    const icecore = { ...fakePrincipal('icecore'), token: null }
    assert.equal(judge(icecore, true), null)
    assert.equal(judge(icecore, false), 'its connection is no longer configured')
    assert.equal(judge(fakePrincipal('icecore'), true), 'gone')
  })
})
