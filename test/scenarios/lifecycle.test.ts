import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }

async function withGateway(options: TestGatewayOptions, work: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await TestGateway.start(options)
  try {
    await work(gateway)
  } finally {
    await gateway.close()
  }
}

function connect(gateway: TestGateway, more: Readonly<Record<string, unknown>> = {}): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA), ...more })
}

describe('a gateway that is told to stop', () => {
  it('lets running statements end, takes no new session or statement, closes the record, and keeps the sessions', () =>
    withGateway({}, async (gateway) => {
      const driver = await connect(gateway)
      const sql = 'SELECT SYSTEM$WAIT(2) AS W'
      const running = driver.query(sql)
      await until(() => gateway.reached().includes(sql))
      const drained = gateway.drain()
      const { status } = await new RawDriver(gateway.url).logIn(gateway.idp.mint(ADA))
      assert.equal(status, 503)
      const ready = await fetch(`${gateway.opsUrl}/readyz`)
      assert.deepEqual(
        [ready.status, await ready.json()],
        [503, { ready: false, reasons: ['Icecore is shutting down'], warnings: [] }],
      )
      assert.equal((await running).length, 1)
      await drained
      const types = (await gateway.events()).map(({ type }) => type)
      assert.deepEqual(types.slice(-2), ['gateway.stopped', 'journal.closed'])
      assert.ok(!types.includes('session.ended'))
      assert.ok(types.includes('statement.completed'))
      assert.equal(gateway.emulator.inspect.sessions().length, 1, 'the session upstream waits for the next process')
    }))

  it('tells the driver of a statement that runs beyond its bound to come again, and leaves it to the next process', () =>
    withGateway({ config: 'limits: {drain: 1s}' }, async (gateway) => {
      const raw = new RawDriver(gateway.url)
      await raw.logIn(gateway.idp.mint(ADA))
      const running = raw.query('SELECT SYSTEM$WAIT(60) AS W')
      await until(() => gateway.reached().length === 1)
      const drained = gateway.drain()
      const { status, json } = await running
      assert.deepEqual([status, json.code], [200, '333333'])
      await drained
      const types = (await gateway.events()).map(({ type }) => type)
      assert.ok(types.includes('statement.sent'))
      for (const end of ['statement.failed', 'statement.cancelled', 'statement.outcomeUnknown'] as const) {
        assert.ok(!types.includes(end), end)
      }
    }))
})

describe('bounds', () => {
  it('hold for sessions, and the refusal says so', () =>
    withGateway({ config: 'limits: {sessions: 1, sessions_per_principal: 1}' }, async (gateway) => {
      const first = await connect(gateway)
      await assert.rejects(connect(gateway, { sfRetryMaxLoginRetries: 0 }))
      const { json } = await new RawDriver(gateway.url).logIn(gateway.idp.mint(ADA))
      assert.equal(json.success, false)
      await first.close()
      await (await connect(gateway)).close()
    }))
})

describe('a warehouse that is away', () => {
  it('refuses a log-in with a message, after the driver has tried again', () =>
    withGateway({}, async (gateway) => {
      await gateway.emulator.close()
      const answers = [0, 1, 2].map(() => new RawDriver(gateway.url).logIn(gateway.idp.mint(ADA)))
      for (const { status, json } of await Promise.all(answers)) {
        assert.ok(status === 503 || json.success === false)
        assert.match(json.message ?? '', /Snowflake cannot be reached/)
      }
    }))
})
