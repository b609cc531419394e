import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { makeKey } from '../support/test-idp.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
before(async () => {
  gateway = await TestGateway.start()
})
after(() => gateway.close())

const ADA = { sub: 'ada', groups: ['analysts'] }

function connect(token: string, more: Readonly<Record<string, unknown>> = {}): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token, sfRetryMaxLoginRetries: 1, ...more })
}

async function lastOf<T extends RecordedEvent['type']>(type: T): Promise<Extract<RecordedEvent, { readonly type: T }>> {
  const found = (await gateway.events()).filter((event) => event.type === type).at(-1)
  assert.ok(found, `no ${type} on record`)
  return found as Extract<RecordedEvent, { readonly type: T }>
}

describe('log-in', () => {
  it('takes an OIDC token, and puts on record who came, from where and as what', async () => {
    const driver = await connect(gateway.idp.mint(ADA))
    const { facts } = await lastOf('session.opened')
    assert.partialDeepStrictEqual(facts, {
      door: 'driver',
      connection: 'prod',
      accessRule: 'analysts',
      context: { role: 'ANALYST', warehouse: 'COMPUTE_WH', database: 'SHOP', schema: 'SALES' },
    })
    assert.equal(facts.principal.id, 'person:ada')
    assert.deepEqual([facts.client.application, facts.client.loginName], ['JavaScript', 'agent'])
    assert.equal(facts.network?.address, '127.0.0.1')
    await driver.close()
    assert.deepEqual((await lastOf('session.ended')).facts, { reason: 'log-out', statements: 0 })
  })

  for (const [what, options] of [
    ['as a programmatic access token', { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN' }],
    ['in the password field', { authenticator: 'SNOWFLAKE' }],
  ] as const) {
    it(`takes the token ${what}`, async () => {
      const token = gateway.idp.mint(ADA)
      const driver = await connect(token, { ...options, password: token })
      assert.equal((await driver.query('SELECT 1 AS A'))[0]?.A, 1)
      await driver.close()
    })
  }

  it('is in the index while the gateway runs, for whoever lists sessions', async () => {
    const driver = await connect(gateway.idp.mint(ADA))
    const index = new DatabaseSync(join(gateway.folder, 'data', 'index.sqlite'), { readOnly: true })
    const { session } = await lastOf('session.opened')
    await until(() => index.prepare('SELECT id FROM sessions WHERE id = ?').get(session) !== undefined)
    index.close()
    await driver.close()
  })

  it('gives the driver nothing that works at Snowflake', async () => {
    const raw = new RawDriver(gateway.url)
    const answer = await raw.logIn(gateway.idp.mint(ADA))
    assert.match(raw.token, /^ics_/)
    assert.match(raw.masterToken, /^icm_/)
    for (const name of ['idToken', 'mfaToken', 'remMeToken']) assert.equal(answer.json.data[name], null)
    const direct = new RawDriver(gateway.emulator.url)
    direct.token = raw.token
    assert.equal((await direct.query('SELECT 1')).json.success, false)
  })

  it('pins the role upstream, and turns secondary roles off', async () => {
    const driver = await connect(gateway.idp.mint(ADA), { role: 'analyst' })
    const [row] = await driver.query('SELECT CURRENT_ROLE() AS R, CURRENT_SECONDARY_ROLES() AS S')
    assert.equal(row?.R, 'ANALYST')
    assert.doesNotMatch(String(row?.S), /SYSADMIN|ALL/)
    await driver.close()
  })

  const stranger = makeKey('ES256', 'key-1')
  // Of several refusals of one class from one source only the first is recorded with its detail.
  const refused: readonly (readonly [string, () => string, Readonly<Record<string, unknown>>, RegExp, RegExp])[] = [
    ['an expired token', () => gateway.idp.mint({ ...ADA, iat: 1000, exp: 2000 }), {}, /expired/, /exp/],
    ['a forged token', () => gateway.idp.mint(ADA, { key: stranger }), {}, /not accepted/, /signature/i],
    ['a token for somebody else', () => gateway.idp.mint({ ...ADA, aud: 'other' }), {}, /not accepted/, /./],
    ['a token of nobody', () => 'a.b.c', {}, /not accepted/, /./],
    ['an unknown connection', () => gateway.idp.mint(ADA), { account: 'nowhere' }, /connection not allowed/, /nowhere/],
    [
      'a person no rule names',
      () => gateway.idp.mint({ sub: 'ben', groups: ['interns'] }),
      {},
      /connection not allowed/,
      /./,
    ],
    ['groups that are not known', () => gateway.idp.mint({ sub: 'ada' }), {}, /groups unknown/, /./],
    ['a role that is not granted', () => gateway.idp.mint(ADA), { role: 'SYSADMIN' }, /role not allowed/, /SYSADMIN/],
  ]
  for (const [what, token, options, said, detail] of refused) {
    it(`refuses ${what}: the class to the driver, the detail on record`, async () => {
      const sessions = gateway.emulator.inspect.sessions().length
      const driver = await connect(gateway.idp.mint(ADA))
      await driver.close()
      await assert.rejects(connect(token(), options), said)
      const { facts } = await lastOf('login.refused')
      assert.match(facts.detail, detail)
      assert.equal(gateway.emulator.inspect.sessions().length, sessions, 'no upstream session was opened for it')
    })
  }

  it('counts a flood of bad tokens instead of recording each', async () => {
    const before = (await gateway.events()).length
    await Promise.all(Array.from({ length: 50 }, () => new RawDriver(gateway.url).logIn('x.y.z')))
    const after = (await gateway.events()).slice(before).filter(({ type }) => type === 'login.refused')
    assert.ok(after.length <= 1, `${after.length} events`)
  })

  it('renews: new tokens, the old one for a while, and the session goes on', async () => {
    const raw = new RawDriver(gateway.url)
    await raw.logIn(gateway.idp.mint(ADA))
    const old = raw.token
    raw.token = raw.masterToken
    const renewed = await raw.post('/session/token-request', { oldSessionToken: old, requestType: 'RENEW' })
    assert.equal(renewed.json.success, true)
    raw.token = renewed.json.data.sessionToken
    assert.equal((await raw.query('SELECT 1')).json.success, true)
    raw.token = old
    assert.equal((await raw.post('/session/heartbeat', '')).json.success, true)
    assert.ok((await gateway.events()).some(({ type }) => type === 'session.renewed'))
  })

  it('knows no session after its log-out', async () => {
    const raw = new RawDriver(gateway.url)
    await raw.logIn(gateway.idp.mint(ADA))
    assert.equal((await raw.post('/session?delete=true', '')).json.success, true)
    assert.deepEqual(
      [(await raw.query('SELECT 1')).json.code, (await raw.post('/session/heartbeat', '')).json.code],
      ['390104', '390104'],
    )
  })
})
