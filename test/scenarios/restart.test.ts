/** A gateway that is killed, or told to stop, and comes back: its sessions go on, and nothing runs twice. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }

let world: TestWorld
let gateway: GatewayProcess

before(async () => {
  world = await makeWorld({ port: await freePort(), config: 'limits: {drain: 1s}' })
})
after(() => removeWorld(world))
beforeEach(async () => {
  gateway = new GatewayProcess(world.config)
  await gateway.start()
})
afterEach(() => gateway.stop('SIGKILL'))

function connect(): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: world.idp.mint(ADA) })
}

async function restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await gateway.stop(signal)
  await gateway.start()
}

/** How often a statement reached the warehouse. */
function runs(marker: string): number {
  return world.emulator.inspect.statements().filter(({ sqlText }) => sqlText.includes(marker)).length
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  describe(`after ${signal} and a new start`, () => {
    it('a session goes on: its context, its variables, its results', async () => {
      const driver = await connect()
      await driver.query('USE SCHEMA CRM')
      await driver.query("SET MARK = 'kept'")
      const { statement } = await driver.run('SELECT 41 + 1 AS N')
      await restart(signal)
      assert.deepEqual(await driver.query('SELECT CURRENT_SCHEMA() AS S, $MARK AS M'), [{ S: 'CRM', M: 'kept' }])
      const scan = `SELECT * FROM TABLE(RESULT_SCAN('${statement.getQueryId()}'))`
      assert.deepEqual(await driver.query(scan), [{ N: 42 }])
      await driver.close()
      const types = (await recordedEvents(world)).map(({ type }) => type)
      assert.ok(types.includes('session.resumed'))
      assert.equal(types.lastIndexOf('session.ended') > types.lastIndexOf('session.resumed'), true)
    })

    it('a statement that was running gives its result to the driver that waits for it, and has run once', async () => {
      const driver = await connect()
      const marker = `wait_${signal}`
      const running = driver.query(`SELECT SYSTEM$WAIT(3) AS W /* ${marker} */`)
      await until(() => runs(marker) === 1)
      await restart(signal)
      assert.equal((await running).length, 1)
      assert.equal(runs(marker), 1)
      await driver.close()
      const ends = (await recordedEvents(world)).filter(({ type }) => type === 'statement.lookedUp')
      assert.ok(ends.length > 0)
    })

    it('a statement that ended while nobody waited is found by the id that its driver was told to poll with', async () => {
      const raw = new RawDriver(gateway.url)
      await raw.logIn(world.idp.mint(ADA))
      const marker = `polled_${signal}`
      const running = raw.query(`SELECT 6 AS N WHERE SYSTEM$WAIT(1.5) IS NOT NULL /* ${marker} */`).catch(() => null)
      await until(() => runs(marker) === 1)
      await restart(signal)
      await running
      const received = (await recordedEvents(world)).findLast((event) => event.type === 'statement.received')
      const ended = async (): Promise<boolean> =>
        (await recordedEvents(world)).some(
          ({ type, statement }) => type === 'statement.completed' && statement === received?.statement,
        )
      await until(ended)
      await restart(signal)
      const { json } = await raw.get(`/queries/${received?.facts.pendingId}/result`)
      assert.deepEqual(json.data?.rowset, [['6']])
      assert.equal(runs(marker), 1)
      const ben = new RawDriver(gateway.url)
      await ben.logIn(world.idp.mint({ ...ADA, sub: 'ben' }))
      assert.equal((await ben.get(`/queries/${received?.facts.pendingId}/result`)).json.success, false)
    })

    it('an asynchronous statement is found again by its id', async () => {
      const driver = await connect()
      const marker = `later_${signal}`
      const { statement } = await driver.run(`SELECT SYSTEM$WAIT(2) AS W, 7 AS N /* ${marker} */`, { asyncExec: true })
      await restart(signal)
      const { connection } = driver
      const result = await connection.getResultsFromQueryId({ queryId: statement.getQueryId(), sqlText: '' })
      const rows: unknown[] = []
      for await (const row of result.streamRows()) rows.push(row)
      assert.deepEqual(
        rows.map((row) => (row as { N: number }).N),
        [7],
      )
      assert.equal(runs(marker), 1)
      await driver.close()
    })

    it('chunks are fetched by the links that were handed out before', async () => {
      const raw = new RawDriver(gateway.url)
      await raw.logIn(world.idp.mint(ADA))
      const { json } = await raw.query(
        'SELECT SEQ4() AS N, RANDSTR(40, RANDOM()) AS T FROM TABLE(GENERATOR(ROWCOUNT => 60000))',
      )
      const { chunks = [], chunkHeaders = {} } = json.data as {
        chunks?: readonly { url: string; rowCount: number }[]
        chunkHeaders?: Record<string, string>
      }
      assert.ok(chunks.length > 0)
      await restart(signal)
      for (const { url } of chunks.slice(0, 2)) {
        const good = await fetch(url, { headers: chunkHeaders })
        assert.equal(good.status, 200)
        assert.ok((await good.arrayBuffer()).byteLength > 0)
        assert.equal((await fetch(url)).status, 403, 'without the header that it wants')
      }
      assert.equal((await fetch(chunks[0]!.url.replace(/icc_./, 'icc_x'))).status, 403)
    })

    it('an ended session stays ended', async () => {
      const raw = new RawDriver(gateway.url)
      await raw.logIn(world.idp.mint(ADA))
      await raw.post('/session?delete=true', {})
      await restart(signal)
      assert.equal((await raw.query('SELECT 1')).json.success, false)
    })
  })
}

describe('a statement that had been denied', () => {
  it('is denied in the same words when its request is sent again after a restart', async () => {
    const driver = await connect()
    const requestId = crypto.randomUUID()
    const ask = (): Promise<DriverError> =>
      driver.query('USE ROLE ACCOUNTADMIN', { requestId }).then(
        () => assert.fail('it was not denied'),
        (error: DriverError) => error,
      )
    const before = await ask()
    await restart('SIGKILL')
    const again = await ask()
    assert.equal(again.code, '003001')
    assert.equal(again.message, before.message)
    await driver.close()
  })
})
