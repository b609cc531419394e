import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { fakePrincipal, fakeUpstream, plainSealer } from '../../test/support/fake-session.ts'
import { openGate } from '../../test/support/gate-fixture.ts'
import { isIcecoreError } from '../errors.ts'
import { silentLog } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import { type LogInRequest, type LogInTools, logIn } from './log-in.ts'
import type { ConnectionFacts } from './ports.ts'
import { DEFAULT_REFUSAL_LIMITS, Refusals } from './refusals.ts'

const RULE = { name: 'all', when: { groups: ['analysts'] }, connections: ['prod'], roles: ['ANALYST'] }
const REQUEST: LogInRequest = {
  door: 'driver',
  token: new Secret('token'),
  account: 'prod',
  role: null,
  warehouse: null,
  database: null,
  schema: null,
  parameters: {},
  client: { application: 'test', version: '1' } as LogInRequest['client'],
  network: { address: '127.0.0.1', via: [] } as unknown as LogInRequest['network'],
}

let open: ReturnType<typeof openGate>
let connection: ConnectionFacts
let closed: number

beforeEach(() => {
  open = openGate()
  connection = {
    name: 'prod',
    account: 'a',
    user: 'ICECORE',
    defaultRole: 'ANALYST',
    warehouse: null,
    database: null,
    schema: null,
    place: {},
  }
  closed = 0
})

/** `whenOpened` happens while the session is being put on record. */
function tools(whenOpened: () => void): LogInTools {
  const { clock, recorder, registry } = open
  const principal = { ...fakePrincipal(), groups: { status: 'known', names: ['analysts'] } } as const
  return {
    verifier: { verify: async () => principal },
    access: {
      rules: [RULE],
      hasConnection: () => true,
      reasonGone: () => null,
      reconsider: (known) => known,
    },
    upstream: {
      connection: () => connection,
      resolve: () => connection,
      open: async () => {
        whenOpened()
        return fakeUpstream({
          close: async () => {
            closed += 1
          },
        })
      },
      resume: () => assert.fail('nothing is resumed'),
      close: async () => undefined,
    },
    recorder,
    registry,
    sealer: plainSealer,
    refusals: new Refusals({ recorder, clock, log: silentLog }, DEFAULT_REFUSAL_LIMITS),
    clock,
    ids: { uuid: () => 'new', token: (prefix = '') => `${prefix}${Math.random()}` } as LogInTools['ids'],
    log: silentLog,
  }
}

describe('a log-in under which the configuration changes', () => {
  it('is refused where its connection leads elsewhere by then, and the session is closed where it was opened', async () => {
    const elsewhere = (): void => {
      connection = { ...connection, place: {} }
    }
    await assert.rejects(logIn(REQUEST, tools(elsewhere)), (error) => isIcecoreError(error, 'ICE_LOGIN_REFUSED'))
    assert.deepEqual([open.registry.byId('new'), closed], [null, 1])
    const reasons = open.recorder.events.flatMap((event) => (event.type === 'session.ended' ? event.facts.reason : []))
    assert.deepEqual(reasons, ['its connection now leads elsewhere'])
  })

  it('goes on where it leads to the same place by another default', async () => {
    const otherDefault = (): void => {
      connection = { ...connection, warehouse: 'OTHER' }
    }
    const { session } = await logIn(REQUEST, tools(otherDefault))
    assert.equal(open.registry.byId('new'), session)
    assert.equal(closed, 0)
  })
})
