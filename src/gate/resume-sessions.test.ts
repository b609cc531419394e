import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { fakeUpstream, plainSealer } from '../../test/support/fake-session.ts'
import { asIs, oneRow, openGate } from '../../test/support/gate-fixture.ts'
import { sessionEvents } from '../../test/support/recording/sample-session.ts'
import { ICECORE } from '../core/identity/index.ts'
import type { EventInput, RecordedEvent } from '../core/recording/index.ts'
import { readEnvelope } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import { silentLog } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import type { AccessToday } from './access-today.ts'
import { Handles } from './handles.ts'
import type { Past, PastSession, PastStatement, UpstreamConnector } from './ports.ts'
import { type ResumeTools, resumeSessions } from './resume-sessions.ts'

type Of<T extends RecordedEvent['type']> = Extract<RecordedEvent, { readonly type: T }>

const AT = Date.UTC(2026, 0, 1)
const RULE = { name: 'analysts', when: { groups: ['analysts'] }, connections: ['shop'], roles: ['ANALYST'] }

let lsn = 0
function recorded<T extends RecordedEvent['type']>(type: T, change: object = {}): Of<T> {
  const event = sessionEvents('one').find((one) => one.type === type) as EventInput
  lsn += 1
  return { ...event, facts: { ...event.facts, ...change }, lsn, at: AT, monotonic: 0 } as Of<T>
}

function pastSession(more: Partial<PastSession> = {}): PastSession {
  return {
    opened: recorded('session.opened'),
    changes: [],
    lastAt: AT,
    statements: 3,
    queries: 2,
    lastCompleted: null,
    open: [],
    ...more,
  }
}

let resumed: (readonly [string, string])[]
let open: ReturnType<typeof openGate>

beforeEach(() => {
  resumed = []
  open = openGate()
})

function toolsFor(session: PastSession, more: Partial<ResumeTools> = {}): ResumeTools {
  const clock = new FakeClock(AT)
  const upstream: UpstreamConnector = {
    connection: (name) =>
      name === 'shop'
        ? {
            name,
            account: 'a',
            user: 'ICECORE',
            defaultRole: 'ANALYST',
            warehouse: null,
            database: null,
            schema: null,
            place: {},
          }
        : undefined,
    resolve: () => undefined,
    open: () => assert.fail('nothing is opened anew'),
    resume: (connection: string, kept: Secret) => {
      resumed.push([connection, kept.reveal()])
      return fakeUpstream()
    },
    close: async () => undefined,
  }
  const past: Past = {
    async *sessions() {
      yield session
    },
    async *handles() {
      yield {
        queryId: 'q1',
        principal: session.opened.facts.principal.id,
        connection: 'shop',
        role: 'ANALYST',
        session: 'one',
        statement: 'one-1',
        openedAt: AT,
      }
    },
    statement: async () => null,
    link: async () => null,
  }
  return {
    past,
    upstream,
    access: accessBy([RULE]),
    sealer: plainSealer,
    registry: open.registry,
    handles: new Handles({ clock, limit: 10 }),
    gate: open.gate,
    recorder: open.recorder,
    clock,
    log: silentLog,
    ...more,
  }
}

function accessBy(rules: AccessToday['rules']): AccessToday {
  return { rules, hasConnection: () => true, reasonGone: () => null, reconsider: (principal) => principal }
}

describe('resumeSessions', () => {
  it('takes a session over: its tokens, its upstream session, its state and its handles', async () => {
    const state = {
      contexts: [{ role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'CRM' }],
      variables: { A: '1' },
    }
    const tools = toolsFor(
      pastSession({
        changes: [recorded('session.upstreamRenewed', { upstream: 'newer' }), recorded('session.state', state)],
      }),
    )
    await resumeSessions(tools)
    const session = open.registry.byId('one')
    assert.deepEqual(resumed, [['shop', 'newer']])
    assert.deepEqual(session?.state.contexts, state.contexts)
    assert.deepEqual(session?.state.variables, new Map([['A', '1']]))
    assert.equal(session?.statements, 3)
    assert.ok(tools.handles.find('q1', session?.owner ?? assert.fail()))
    assert.deepEqual(open.recorder.types, ['session.resumed'])
  })

  it('stands where the last statement that ended well left it', async () => {
    const before = recorded('session.state', {
      contexts: [{ role: 'ANALYST', warehouse: null, database: 'SHOP', schema: 'A' }],
      variables: { A: '1' },
    })
    const context = { role: 'ANALYST', warehouse: null, database: 'SHOP', schema: 'B' }
    await resumeSessions(
      toolsFor(pastSession({ changes: [before], lastCompleted: recorded('statement.completed', { context }) })),
    )
    const { state } = open.registry.byId('one') ?? assert.fail()
    assert.deepEqual(state.contexts, [context])
    assert.deepEqual(state.variables, new Map([['A', '1']]))
  })

  it('a session of Icecore’s own ends with its process, and nothing is asked of Snowflake', async () => {
    const principal = ICECORE
    const opened = recorded('session.opened', {
      principal,
      door: 'none',
      accessRule: null,
      network: null,
      resume: null,
    })
    await resumeSessions(toolsFor(pastSession({ opened, open: [] })))
    assert.deepEqual([resumed, open.registry.byId('one')], [[], null])
    assert.deepEqual(
      open.recorder.events.map(({ type, facts }) => [type, facts]),
      [['session.ended', { reason: 'a session of Icecore’s own ends with its process', statements: 3 }]],
    )
  })

  const ended: readonly (readonly [string, (session: PastSession) => ResumeTools, string])[] = [
    [
      'the connection is gone',
      (session) => toolsFor(session, { access: { ...accessBy([RULE]), hasConnection: () => false } }),
      'its connection is no longer configured',
    ],
    [
      'no access rule allows it',
      (session) => toolsFor(session, { access: accessBy([{ ...RULE, when: { groups: ['others'] } }]) }),
      'the access rules no longer allow it',
    ],
    [
      'its role is no longer given',
      (session) => toolsFor(session, { access: accessBy([{ ...RULE, roles: ['OTHER'] }]) }),
      'the access rules no longer allow it',
    ],
    [
      'its person is gone',
      (session) =>
        toolsFor(session, { access: { ...accessBy([RULE]), reasonGone: () => 'its person is no longer configured' } }),
      'its person is no longer configured',
    ],
    [
      'its upstream session is of another account',
      (session) => ({
        ...toolsFor(session),
        upstream: {
          ...toolsFor(session).upstream,
          resume: () => {
            throw new IcecoreError('ICE_UPSTREAM_SESSION_LOST', {}, { cause: new Error('it is another account') })
          },
        },
      }),
      'what was kept of its session at Snowflake cannot be used: it is another account',
    ],
    [
      'its upstream session was sealed under another key',
      (session) =>
        toolsFor(session, {
          sealer: {
            ...plainSealer,
            open: () => {
              throw new IcecoreError('ICE_KEY_INVALID', { name: 'k', reason: 'r' })
            },
          },
        }),
      'what was kept of its session at Snowflake cannot be used',
    ],
  ]
  for (const [name, tools, reason] of ended) {
    it(`ends a session, on record, when ${name}`, async () => {
      await resumeSessions(tools(pastSession()))
      assert.equal(open.registry.byId('one'), null)
      const [end, ...others] = open.recorder.events
      assert.ok(end?.type === 'session.ended' && others.length === 0)
      assert.deepEqual(end.facts, { reason, statements: 3 })
    })
  }

  const at = (role: string) => ({ role, warehouse: 'WH', database: 'SHOP', schema: 'SALES' })
  const sentWith = (...changes: readonly object[]): PastStatement => ({
    received: recorded('statement.received', { requestId: 'request-2' }),
    sent: recorded('statement.sent', { changes }),
    queryId: null,
    ended: null,
  })
  const inOther: readonly (readonly [string, () => Partial<PastSession>])[] = [
    ['it had changed to', () => ({ changes: [recorded('session.state', { contexts: [at('OTHER')], variables: {} })] })],
    ['it was changing to', () => ({ open: [sentWith({ change: 'use_role', name: 'OTHER' })] })],
  ]
  for (const [name, more] of inOther) {
    it(`ends a session, on record, when the role that ${name} is no longer given, and else goes on`, async () => {
      await resumeSessions(
        toolsFor(pastSession(more()), { access: accessBy([{ ...RULE, roles: ['ANALYST', 'OTHER'] }]) }),
      )
      assert.ok(open.registry.byId('one'))
      open = openGate()
      await resumeSessions(toolsFor(pastSession(more())))
      assert.equal(open.registry.byId('one'), null)
      const end = open.recorder.events.at(-1)
      assert.equal(end?.type === 'session.ended' && end.facts.reason, 'the access rules no longer allow its role')
    })
  }

  it('knows the requests of the earlier process by their ids, whatever is done to the wall clock', async () => {
    const ended = recorded('statement.completed')
    const past = {
      ...sentWith(),
      queryId: ended.facts.queryId,
      ended,
    }
    open = openGate({}, { past: { statement: async () => past } })
    const tools = toolsFor(pastSession())
    const asked: string[] = []
    const upstream = fakeUpstream({
      result: async (queryId) => {
        asked.push(queryId)
        return readEnvelope(oneRow())
      },
    })
    await resumeSessions({ ...tools, upstream: { ...tools.upstream, resume: () => upstream } })
    open.clock.stepWall(3_600_000)
    const again =
      "SELECT 'Error retrieving query results for request id: request-2, please use RESULT_SCAN instead' AS ErrorMessage;"
    const request = {
      requestId: 'request-2',
      sqlText: again,
      sqlTextJson: Buffer.from(JSON.stringify(again)),
      bindings: {},
      bindingsJson: null,
      parameters: {},
      describeOnly: false,
      asynchronous: false,
      holdMs: 1_000,
    }
    const reply = await open.gate.submit(open.registry.byId('one') ?? assert.fail(), request, asIs)
    assert.equal(reply.kind, 'answer')
    assert.deepEqual(asked, [ended.facts.queryId])
  })

  it('sets no variable back to what a statement without an end had set it to, before a later one', async () => {
    const variablesAfter = async (session: PastSession): Promise<Readonly<Record<string, string>>> => {
      open = openGate()
      const tools = toolsFor(session)
      const upstream = fakeUpstream({ submit: async () => readEnvelope(oneRow()) })
      await resumeSessions({ ...tools, upstream: { ...tools.upstream, resume: () => upstream } })
      const resumed = open.registry.byId('one') ?? assert.fail()
      for (const run of resumed.openRuns) await run.waitSettled(1_000)
      return Object.fromEntries(resumed.state.variables)
    }
    const state = { contexts: [at('ANALYST')], variables: { MODE: 'recorded' } }
    const set = (): PastStatement => sentWith({ change: 'set_variable', name: 'MODE', value: 'sent' })
    const before = recorded('session.state', state)
    assert.deepEqual(await variablesAfter(pastSession({ changes: [before], open: [set()] })), { MODE: 'sent' })
    const early = set()
    const later = recorded('session.state', state)
    assert.deepEqual(await variablesAfter(pastSession({ changes: [later], open: [early] })), {})
  })

  it('takes a thousand sessions over with a few appends, and lets none go on before its append is durable', async () => {
    const appends: number[] = []
    const goingOn: number[] = []
    const count = (): number =>
      Array.from({ length: 1000 }, (_, n) => open.registry.byId(`s${n}`)).filter(Boolean).length
    const { opened } = pastSession()
    const many = Array.from({ length: 1000 }, (_, number): PastSession => {
      const { resume } = opened.facts
      assert.ok(resume)
      const tokens = { ...resume.tokens, token: `t${number}`, master: `m${number}` }
      return pastSession({
        opened: { ...opened, session: `s${number}`, facts: { ...opened.facts, resume: { ...resume, tokens } } },
      })
    })
    const tools = toolsFor(pastSession())
    await resumeSessions({
      ...tools,
      past: {
        ...tools.past,
        async *sessions() {
          yield* many
        },
      },
      recorder: {
        ...tools.recorder,
        append: async (...events) => {
          appends.push(events.length)
          await new Promise(setImmediate)
          goingOn.push(count())
        },
      },
    })
    assert.deepEqual(appends, [256, 256, 256, 232])
    assert.deepEqual(goingOn, [0, 256, 512, 768])
    assert.equal(count(), 1000)
  })

  it('cancels on record what had not been sent, and asks the upstream for what had been, without sending it again', async () => {
    const asked: string[] = []
    const received = recorded('statement.received')
    const unsent: PastStatement = { received, sent: null, queryId: null, ended: null }
    const sent: PastStatement = {
      received: recorded('statement.received', { requestId: 'request-2' }),
      sent: recorded('statement.sent'),
      queryId: '01b899f1-0712-45a6-0040-000000000001',
      ended: null,
    }
    const tools = toolsFor(pastSession({ open: [unsent, sent] }))
    const upstream = fakeUpstream({
      result: async (id) => {
        asked.push(id)
        return new Promise(() => undefined)
      },
    })
    await resumeSessions({ ...tools, upstream: { ...tools.upstream, resume: () => upstream } })
    await new Promise(setImmediate)
    assert.deepEqual(asked, [sent.queryId])
    assert.deepEqual(open.recorder.types, ['statement.cancelled', 'session.resumed'])
    assert.deepEqual([...(open.registry.byId('one')?.runs.keys() ?? [])], ['request-2'])
  })
})
