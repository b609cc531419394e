/** An upstream that is away, slow or odd for longer than retries last: what the driver is told, and what is on record. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { EmulatorOptions, FaultName } from '../../emulator/index.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { hurriedClock } from '../support/hurried-clock.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
/** More often than anybody tries. */
const FOR_EVER = 10_000
/** Nothing hangs: each of these ends far sooner. */
const BOUND = { timeout: 30_000 }

/** As the record says it. */
const TOO_LONG = 'the log-in took longer than 25 s'

let gateway: TestGateway
let driver: NodeDriver
let seen: number

async function start(emulator: Partial<EmulatorOptions> = {}): Promise<void> {
  gateway = await TestGateway.start({ config: 'limits: {hold: 5s}', emulator, tools: { clock: hurriedClock(10) } })
  driver = await connect()
  seen = (await gateway.events()).length
}

function connect(): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA), sfRetryMaxLoginRetries: 0 })
}

/** The events of the statement with this text. */
async function recorded(sql: string): Promise<readonly RecordedEvent[]> {
  const events = (await gateway.events()).slice(seen)
  const received = events.findLast((event) => event.type === 'statement.received' && event.facts.sql === sql)
  return events.filter((event) => event.statement === received?.statement)
}

async function failureOf(sql: string): Promise<DriverError> {
  const error = await driver.query(sql).then(
    () => undefined,
    (thrown: DriverError) => thrown,
  )
  assert.ok(error instanceof Error, `${sql} did not fail`)
  return error
}

describe('an upstream fault that lasts', BOUND, () => {
  before(() => start())
  afterEach(() => gateway.emulator.faults.clear())
  after(() => gateway.close())

  const unknown: readonly FaultName[] = ['unavailable', 'drop-before', 'drop-after']
  for (const fault of unknown) {
    it(`${fault}: the outcome is called unknown, and a write was not made twice`, async () => {
      await driver.query('CREATE OR REPLACE TABLE SHOP.SALES.ONCE (A INT)')
      const sql = 'INSERT INTO SHOP.SALES.ONCE VALUES (1)'
      gateway.emulator.faults.set(fault, FOR_EVER)
      const error = await failureOf(sql)
      assert.match(error.message, /it is not known whether it ran/)
      assert.match(error.message, /"code":"ICE_OUTCOME_UNKNOWN"/)
      const events = await recorded(sql)
      assert.deepEqual(
        events.map(({ type }) => type).filter((type) => type !== 'statement.polled'),
        ['statement.received', 'statement.decision', 'statement.sent', 'statement.outcomeUnknown'],
      )
      gateway.emulator.faults.clear()
      const [row] = await driver.query('SELECT COUNT(*) AS N FROM SHOP.SALES.ONCE')
      assert.equal(row?.N, fault === 'drop-after' ? 1 : 0)
    })
  }

  it('a log-in at an upstream that is away is told to come again, then refused for good', async () => {
    gateway.emulator.faults.set('unavailable-login', FOR_EVER)
    await assert.rejects(connect())
    const client = new RawDriver(gateway.url)
    const { status, json } = await client.logIn(gateway.idp.mint(ADA))
    assert.equal(status, 503, 'drivers come again after a 503')
    assert.match(json.message ?? '', /Snowflake cannot be reached/)
    await until(async () => (await gateway.events()).some(({ type }) => type === 'login.refused'))
    gateway.emulator.faults.clear()
    await (await connect()).close()
  })

  // The last one: it takes the warehouse down.
  it('a connection that is refused: nothing was sent, and the error says that Snowflake is away', async () => {
    await gateway.emulator.close()
    const error = await failureOf('SELECT 1')
    assert.match(error.message, /Snowflake cannot be reached at present/)
    const last = (await recorded('SELECT 1')).at(-1)
    assert.ok(last?.type === 'statement.failed' && last.facts.icecore === 'ICE_UPSTREAM_UNAVAILABLE')
  })
})

describe('an upstream fault that passes', BOUND, () => {
  before(() => start({ inProgressAfterMs: 200 }))
  afterEach(() => gateway.emulator.faults.clear())
  after(() => gateway.close())

  it('drop-poll: the poll is made again', async () => {
    const sql = "SELECT SYSTEM$WAIT(1), 'polled' AS A"
    gateway.emulator.faults.set('drop-poll', 2)
    assert.partialDeepStrictEqual(await driver.query(sql), [{ A: 'polled' }])
    assert.equal((await recorded(sql)).filter(({ type }) => type === 'statement.sent').length, 1)
  })

  it('slow-query: the driver polls, and gets its rows', async () => {
    const sql = "SELECT 'slow' AS A"
    gateway.emulator.faults.set('slow-query', 1000)
    assert.deepEqual(await driver.query(sql), [{ A: 'slow' }])
    assert.ok((await recorded(sql)).some(({ type }) => type === 'statement.polled'))
  })

  it('a log-in that takes too long is told to come again, and the driver is in once the upstream is quick', async () => {
    gateway.emulator.faults.set('slow-query', 10_000)
    const client = new RawDriver(gateway.url)
    const { status, json } = await client.logIn(gateway.idp.mint(ADA))
    assert.equal(status, 503, 'drivers come again after a 503')
    assert.match(json.message ?? '', /Snowflake cannot be reached at present/)
    const refused = (await gateway.events()).findLast(({ type }) => type === 'login.refused')
    assert.ok(refused?.type === 'login.refused')
    assert.deepEqual([refused.facts.reason, refused.facts.detail], ['ICE_UPSTREAM_UNAVAILABLE', TOO_LONG])

    const sessions = gateway.emulator.inspect.sessions().length
    const connected = NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
    await until(() => gateway.emulator.inspect.sessions().length > sessions)
    gateway.emulator.faults.clear()
    await (await connected).close()
  })

  it('arrow-answer: one without the rows it promises is refused, and the session goes on', async () => {
    gateway.emulator.faults.set('arrow-answer', 1)
    const error = await failureOf("SELECT 'row' AS A")
    assert.match(error.message, /the answer promises 1 rows and holds 0/)
    assert.match(error.message, /"code":"ICE_UPSTREAM_PROTOCOL"/)
    assert.deepEqual(await driver.query("SELECT 'row' AS A"), [{ A: 'row' }])
  })

  it('a client that lost its connection asks again by the request id, and gets the answer of the one run', async () => {
    const client = new RawDriver(gateway.url)
    await client.logIn(gateway.idp.mint(ADA))
    const requestId = crypto.randomUUID()
    const sql = "SELECT SYSTEM$WAIT(1), 'again' AS A"
    const gone = new AbortController()
    const first = fetch(`${gateway.url}/queries/v1/query-request?requestId=${requestId}`, {
      method: 'POST',
      body: JSON.stringify({ sqlText: sql }),
      headers: { authorization: `Snowflake Token="${client.token}"` },
      signal: gone.signal,
    })
    await until(() => gateway.reached().includes(sql))
    gone.abort()
    await assert.rejects(first)
    let answer = (await client.query(sql, {}, requestId)).json
    while (answer.code === '333333') answer = (await client.get(answer.data.getResultUrl)).json
    assert.equal(answer.data.rowset[0][1], 'again')
    assert.equal(gateway.reached().filter((one) => one === sql).length, 1)
  })
})
