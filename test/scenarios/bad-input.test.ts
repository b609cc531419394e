import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Envelope, RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const QUERY = '/queries/v1/query-request'

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start({
    config: 'limits: {request_body: 4MiB, decompressed_body: 8MiB, statement: 64KiB}',
  })
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(ADA))
})
after(() => gateway.close())

let reached = 0
beforeEach(() => {
  reached = gateway.reached().length
})

/** Sends a body to the query path, and gives the answer once it is sure that nothing reached the warehouse. */
async function refused(body: unknown, headers: Record<string, string> = {}): Promise<Envelope> {
  const { status, json } = await client.post(`${QUERY}?requestId=${randomUUID()}`, body, headers)
  assert.equal(status, 200, 'a refusal is no error status, which drivers would retry')
  assert.equal(json.success, false)
  assert.equal(gateway.reached().length, reached, 'nothing reached the warehouse')
  return json
}

async function passes(body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const { json } = await client.post(`${QUERY}?requestId=${randomUUID()}`, body, headers)
  assert.equal(json.success, true, JSON.stringify(json))
}

const SQL = { sqlText: 'SELECT 1' }
const GZIP = { 'content-encoding': 'gzip' }

describe('a body', () => {
  const bad: readonly (readonly [string, () => unknown, Record<string, string>, RegExp])[] = [
    ['that is no JSON', () => '{"sqlText":', {}, /cannot be read/],
    ['that is no object', () => '[]', {}, /cannot be read/],
    ['that is empty', () => '', {}, /cannot be read/],
    ['with a key twice', () => '{"sqlText":"SELECT 1","sqlText":"DROP TABLE T"}', {}, /cannot be read/],
    ['with a key twice in other letters', () => '{"sqlText":"SELECT 1","SQLTEXT":"DROP TABLE T"}', {}, /SQLTEXT/],
    ['with bytes after its end', () => '{"sqlText":"SELECT 1"}{}', {}, /cannot be read/],
    ['that is no UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, /cannot be read/],
    ['that is nested too deeply', () => `{"bindings":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`, {}, /cannot be read/],
    ['that says gzip and is none', () => '{"sqlText":"SELECT 1"}', GZIP, /gzip/],
    ['that is a gzip bomb', () => gzipSync(Buffer.alloc(200 * 1024 * 1024, 32)), GZIP, /larger than/],
    [
      'that is too large',
      () => JSON.stringify({ sqlText: 'SELECT 1', pad: 'x'.repeat(5 * 1024 * 1024) }),
      {},
      /larger than/,
    ],
    [
      'with 20 MB of SQL',
      () => JSON.stringify({ sqlText: `SELECT '${'x'.repeat(20 * 1024 * 1024)}'` }),
      {},
      /larger than/,
    ],
    ['with SQL over the limit', () => ({ sqlText: `SELECT '${'x'.repeat(70_000)}'` }), {}, /too_large|larger/],
    ['with a dataframe instead of SQL', () => ({ ...SQL, dataframeAst: 'AAAA' }), {}, /dataframeAst/],
    ['with binds in a stage', () => ({ ...SQL, bindStage: '@SYSTEM$BIND/x' }), {}, /bindStage/],
    ['with an object nobody knows', () => ({ ...SQL, plan: { run: 'DROP TABLE T' } }), {}, /plan/],
    [
      'with a parameter that is not on the list',
      () => ({ ...SQL, parameters: { ENABLE_UNLOAD: true } }),
      {},
      /ENABLE_UNLOAD/,
    ],
    ['with binds that are none', () => ({ ...SQL, bindings: { 1: { type: 'TEXT', value: 1 } } }), {}, /bind 1/],
  ]
  for (const [what, body, headers, said] of bad) {
    it(`${what} is refused in the driver’s form`, async () => {
      assert.match((await refused(body(), headers)).message ?? '', said)
    })
  }

  const good: readonly (readonly [string, unknown, Record<string, string>])[] = [
    ['plain', SQL, {}],
    ['packed', gzipSync(JSON.stringify(SQL)), GZIP],
    ['packed without saying so', gzipSync(JSON.stringify(SQL)), {}],
    ['with scalars nobody knows', { ...SQL, someFlag: true, someNumber: 7 }, {}],
    ['with a parameter on the list', { ...SQL, parameters: { TIMEZONE: 'UTC' } }, {}],
    ['with binds', { sqlText: 'SELECT ?', bindings: { 1: { type: 'TEXT', value: 'x' } } }, {}],
    ['with SQL below the limit', { sqlText: `SELECT '${'x'.repeat(60_000)}'` }, {}],
  ]
  for (const [what, body, headers] of good) {
    it(`${what} passes`, () => passes(body, headers))
  }
})

describe('a request', () => {
  it('without a request id, or with one that is none, is refused', async () => {
    for (const query of ['', '?requestId=', '?requestId=1%27%20OR%201']) {
      const { json } = await client.post(`${QUERY}${query}`, SQL)
      assert.equal(json.success, false)
    }
    assert.equal(gateway.reached().length, reached)
  })

  it('with a token of nobody is refused as one whose session has ended', async () => {
    const stranger = new RawDriver(gateway.url)
    for (const token of ['', 'ics_guess', client.masterToken]) {
      stranger.token = token
      assert.equal((await stranger.query('SELECT 1')).json.code, '390104')
    }
    assert.equal(gateway.reached().length, reached)
  })

  it('to a path that is not modelled gets 404 and JSON, whatever its method', async () => {
    const paths = [
      '/',
      '/api/v2/statements',
      '/session',
      '/session/authenticator-request',
      '/queries/v1',
      '/oauth/token-request',
      '/console/login',
      '/v1/data/pipes/p/insertFiles',
      '/%2e%2e/x',
      '/queries/v1/query-request/x',
    ]
    for (const path of paths) {
      const { status, json } = await client.post(path, SQL)
      assert.deepEqual([status, json.success, json.code], [404, false, '390404'], path)
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(`${gateway.url}${QUERY}`, {
        method,
        headers: { authorization: `Snowflake Token="${client.token}"` },
      })
      assert.equal(response.status, 404, method)
      assert.match(response.headers.get('content-type') ?? '', /application\/json/)
    }
    assert.equal(gateway.reached().length, reached)
  })

  it('with slashes too many is the same request', async () => {
    const { json } = await client.post(`//queries//v1///query-request?requestId=${randomUUID()}`, SQL)
    assert.equal(json.success, true)
  })

  it('that is refused is on record, without what it carried', async () => {
    await client.post('/api/v2/statements?secret=s3cret', SQL)
    const refusals = (await gateway.events()).filter(({ type }) => type === 'request.refused')
    assert.ok(refusals.length > 0)
    assert.ok(!JSON.stringify(refusals).includes('s3cret'))
  })

  it('for telemetry is taken and goes nowhere', async () => {
    const seen = gateway.emulator.inspect.requests().length
    assert.equal((await client.post('/telemetry/send', { logs: [] })).json.success, true)
    assert.equal(gateway.emulator.inspect.requests().length, seen)
  })

  it('for a renewal with mixed-up tokens is refused, and its twin is not', async () => {
    const other = new RawDriver(gateway.url)
    await other.logIn(gateway.idp.mint(ADA))
    const own = { token: other.token, master: other.masterToken }
    const renew = (master: string, old: string): Promise<Envelope> => {
      other.token = master
      return other
        .post('/session/token-request', { oldSessionToken: old, requestType: 'RENEW' })
        .then(({ json }) => json)
    }
    assert.equal((await renew(own.master, client.token)).code, '390114')
    assert.equal((await renew(own.token, own.token)).code, '390114')
    assert.equal((await renew(own.master, own.token)).success, true)
  })
})

describe('a log-in', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['without data', {}],
    ['that is no JSON', 'x'],
    ['with a token that is no text', { data: { AUTHENTICATOR: 'OAUTH', TOKEN: 1, ACCOUNT_NAME: 'prod' } }],
    ['by password', { data: { LOGIN_NAME: 'x', PASSWORD: 'hunter2', ACCOUNT_NAME: 'prod' } }],
    [
      'with a token of 1 MB',
      { data: { AUTHENTICATOR: 'OAUTH', TOKEN: 'a'.repeat(1024 * 1024), ACCOUNT_NAME: 'prod' } },
    ],
  ]
  for (const [what, body] of bad) {
    it(`${what} is refused for good`, async () => {
      const { status, json } = await new RawDriver(gateway.url).post('/session/v1/login-request', body)
      assert.deepEqual([status, json.success, json.code], [200, false, '390100'])
    })
  }

  it('may not begin where other users’ history has short names, and may elsewhere', async () => {
    const [bad, good] = await Promise.all(
      ['SNOWFLAKE', 'SHOP'].map((database) =>
        new RawDriver(gateway.url).logIn(gateway.idp.mint(ADA), {}, `databaseName=${database}`),
      ),
    )
    assert.match(bad?.json.message ?? '', /database not allowed/)
    assert.equal(good?.json.success, true)
  })

  it('may not set a parameter that is not on the list, and may one that is', async () => {
    const token = gateway.idp.mint(ADA)
    const bad = await new RawDriver(gateway.url).logIn(token, {
      SESSION_PARAMETERS: { SEARCH_PATH: 'SNOWFLAKE.ACCOUNT_USAGE' },
    })
    assert.match(bad.json.message ?? '', /SEARCH_PATH/)
    const good = await new RawDriver(gateway.url).logIn(token, {
      SESSION_PARAMETERS: { TIMEZONE: 'UTC', QUERY_TAG: 'mine' },
    })
    assert.equal(good.json.success, true)
  })
})
