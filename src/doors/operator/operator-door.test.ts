import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { type FastifyInstance, fastify } from 'fastify'
import { countingIds } from '../../../test/support/counting-ids.ts'
import { fakeSession } from '../../../test/support/fake-session.ts'
import { openGate } from '../../../test/support/gate-fixture.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'
import { silentLog } from '../../lib/log.ts'
import { type OperatorDoorTools, registerOperatorDoor } from './index.ts'

const CALLER = { 'icecore-operator': encodeURIComponent(JSON.stringify({ user: 'op', uid: 7, pid: 8 })) }

let done: string[]
let open: ReturnType<typeof openGate>

beforeEach(() => {
  done = []
  open = openGate()
})

function doorOf(more: Partial<OperatorDoorTools> = {}): FastifyInstance {
  const app = fastify()
  registerOperatorDoor(app, {
    recorder: open.recorder,
    registry: open.registry,
    record: {
      sessions: async () => [],
      session: async (session) => {
        throw new IcecoreError('ICE_RECORDING_UNKNOWN', { session })
      },
      events: () => assert.fail('nothing is read'),
      reel: () => assert.fail('nothing is read'),
    },
    subscribe: () => () => undefined,
    status: async () => ({ version: '1' }) as never,
    reload: async () => {
      done.push('reload')
      return {} as never
    },
    rebuildIndex: async () => {
      done.push('rebuild')
      return {} as never
    },
    checkConnections: async () => [],
    ids: countingIds(),
    log: silentLog,
    ...more,
  })
  return app
}

async function ask(app: FastifyInstance, method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await app.inject({ method, url, headers: CALLER, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, json: answer.json() as { recorded?: boolean; error?: { code: string } } }
}

const CALLS = [
  ['POST', '/v1/reload', 'reload'],
  ['POST', '/v1/index/rebuild', 'index.rebuild'],
  ['GET', '/v1/sessions?limit=5', 'sessions.list'],
  ['GET', '/v1/events', 'sessions.tail'],
  ['POST', '/v1/sessions/session%20of/end', 'sessions.end'],
] as const

describe('a call over the operator socket', () => {
  for (const [method, url, call] of CALLS.filter(([, path]) => path !== '/v1/events')) {
    it(`${call} is on record before it is done`, async () => {
      const session = fakeSession()
      open.registry.add(session, open.registry.mint().facts)
      const answer = await ask(doorOf(), method, url, {})
      assert.equal(answer.status, 200)
      const [event] = open.recorder.events
      assert.equal(event?.type, 'operator.called')
      assert.deepEqual(event?.facts, {
        by: { user: 'op', uid: 7, pid: 8 },
        call,
        about: call === 'sessions.end' ? session.id : null,
        reason: null,
      })
    })
  }

  for (const [method, url, call] of CALLS) {
    it(`${call} is not done where it cannot be recorded`, async () => {
      const session = fakeSession()
      open.registry.add(session, open.registry.mint().facts)
      const recorder = {
        ...open.recorder,
        head: () => '0:',
        failure: () => 'full',
        append: () => Promise.reject(new IcecoreError('ICE_RECORD_UNAVAILABLE')),
      }
      const answer = await ask(doorOf({ recorder }), method, url, {})
      assert.deepEqual([answer.status, answer.json.error?.code], [500, 'ICE_OPERATION_UNRECORDED'])
      assert.deepEqual([done, session.ended], [[], null])
    })
  }

  it('status is answered even then, and says so', async () => {
    const recorder = {
      ...open.recorder,
      head: () => '0:',
      failure: () => 'full',
      append: () => Promise.reject(new IcecoreError('ICE_RECORD_UNAVAILABLE')),
    }
    assert.equal((await ask(doorOf({ recorder }), 'GET', '/v1/status')).json.recorded, false)
    assert.equal((await ask(doorOf(), 'GET', '/v1/status')).json.recorded, true)
  })

  it('without a caller, or with one in another form, is refused', async () => {
    for (const header of [undefined, 'x', encodeURIComponent('{"user":1}'), '%']) {
      const headers = header === undefined ? {} : { 'icecore-operator': header }
      const answer = await doorOf().inject({ method: 'POST', url: '/v1/reload', headers, payload: {} })
      assert.deepEqual([answer.statusCode, done], [400, []])
    }
  })

  it('a reason that is too long, or no text, ends nothing', async () => {
    const session = fakeSession()
    open.registry.add(session, open.registry.mint().facts)
    for (const reason of ['', 'x'.repeat(501), 7, {}]) {
      const answer = await ask(doorOf(), 'POST', '/v1/sessions/session/end', { reason })
      assert.deepEqual([answer.status, answer.json.error?.code], [400, 'ICE_REQUEST_MALFORMED'])
    }
    assert.equal(session.ended, null)
    assert.equal((await ask(doorOf(), 'POST', '/v1/sessions/session/end', { reason: 'enough' })).status, 200)
    assert.equal(session.ended, 'ended by the operator op: enough')
  })

  it('a number that is none is told as such, and read as nothing else', async () => {
    for (const number of ['-1', '1.5', 'Infinity', '1e3', '0x10', '', '9'.repeat(16)]) {
      const answer = await ask(doorOf(), 'GET', `/v1/sessions?limit=${number}`)
      assert.deepEqual([answer.status, answer.json.error?.code], [400, 'ICE_REQUEST_MALFORMED'], number)
    }
    assert.equal((await ask(doorOf(), 'GET', '/v1/sessions?limit=10')).status, 200)
  })

  it('a beginning that two sessions have, or none, ends nothing', async () => {
    const two = [fakeSession(undefined, 'a'), fakeSession(undefined, 'b')]
    for (const session of two) open.registry.add(session, open.registry.mint().facts)
    for (const name of ['session', 'zzz']) {
      const answer = await ask(doorOf(), 'POST', `/v1/sessions/${name}/end`, {})
      assert.equal(answer.json.error?.code, 'ICE_SESSION_UNKNOWN')
    }
    assert.deepEqual(
      two.map(({ ended }) => ended),
      [null, null],
    )
  })

  it('a failure that is no error of ours is told by an id alone', async () => {
    const app = doorOf({ status: () => Promise.reject(new Error('/secret/path')) })
    const answer = await app.inject({ url: '/v1/status', headers: CALLER })
    assert.equal(answer.statusCode, 500)
    assert.match(answer.body, /ICE_INTERNAL/)
    assert.doesNotMatch(answer.body, /secret/)
  })
})

describe('a tail', () => {
  it('gives the events of its session alone, and ends with it', async () => {
    const session = fakeSession()
    open.registry.add(session, open.registry.mint().facts)
    const listeners = new Set<(events: readonly StoredEvent[]) => void>()
    const app = doorOf({
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    })
    const stamp = { lsn: 1, at: 0, monotonic: 0 }
    const event = (of: string | null, type: string): StoredEvent =>
      ({ ...stamp, session: of, type, facts: {} }) as never
    const answer = app.inject({ url: '/v1/events?session=session', headers: CALLER })
    while (listeners.size === 0) await new Promise(setImmediate)
    for (const listener of listeners) {
      listener([event('other', 'statement.sent'), event(null, 'gateway.stopped'), event(session.id, 'statement.sent')])
      listener([event(session.id, 'session.ended')])
    }
    const lines = (await answer).body.trim().split('\n')
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as StoredEvent).type as string),
      ['statement.sent', 'session.ended'],
    )
    assert.equal(listeners.size, 0)
  })
})
