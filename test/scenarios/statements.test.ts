import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const BEN = { sub: 'ben', groups: ['analysts'] }

let gateway: TestGateway
let driver: NodeDriver
before(async () => {
  gateway = await TestGateway.start({ config: 'limits: {hold: 1s}', emulator: { inProgressAfterMs: 300 } })
  driver = await connect()
})
after(async () => {
  await driver.close().catch(() => undefined)
  await gateway.close()
})

let seen = 0
beforeEach(async () => {
  seen = (await gateway.events()).length
})

function connect(claims: Readonly<Record<string, unknown>> = ADA): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(claims) })
}

async function raw(claims: Readonly<Record<string, unknown>> = ADA): Promise<RawDriver> {
  const client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(claims))
  return client
}

/** What came on record since the test began. */
async function recorded(): Promise<readonly RecordedEvent[]> {
  return (await gateway.events()).slice(seen)
}

async function recordedTypes(): Promise<readonly string[]> {
  return (await recorded()).map(({ type }) => type)
}

describe('a statement', () => {
  it('comes back as Snowflake gives it, and stands on record from SQL to rows', async () => {
    const sql = "SELECT ID, NAME FROM SHOP.CRM.CUSTOMERS WHERE ID = 1 -- the agent's own bytes"
    const rows = await driver.query(sql)
    assert.equal(rows.length, 1)
    assert.deepEqual(await recordedTypes(), [
      'statement.received',
      'statement.decision',
      'statement.sent',
      'result.schema',
      'result.batch',
      'statement.completed',
    ])
    const [received, , , , batch, completed] = await recorded()
    assert.equal(received?.type === 'statement.received' && received.facts.sql, sql)
    assert.deepEqual(JSON.parse(Buffer.from(batch?.body ?? []).toString()), [['1', String(rows[0]?.NAME)]])
    assert.ok(completed?.type === 'statement.completed' && completed.facts.rows === 1)
    assert.equal(gateway.reached().at(-1), sql)
  })

  it('stands in Snowflake’s own history under its session, statement and the record’s head', async () => {
    await driver.query('SELECT 17')
    const tag = JSON.parse(gateway.emulator.inspect.statements().at(-1)?.queryTag ?? '{}') as Record<
      string,
      Record<string, string>
    >
    const [received] = await recorded()
    assert.equal(tag.icecore?.statement, received?.statement)
    assert.equal(tag.icecore?.session, received?.session)
    assert.match(tag.icecore?.head ?? '', /^\d+:[0-9a-f]{16}$/)
  })

  it('takes binds, and binds of many rows', async () => {
    await driver.query('CREATE OR REPLACE TEMPORARY TABLE T (A INT, B VARCHAR)')
    await driver.query('INSERT INTO T VALUES (?, ?)', {
      binds: [
        [1, 'x'],
        [2, null],
        [3, 'z'],
      ] as never,
    })
    const rows = await driver.query('SELECT COUNT(*) AS N, MAX(A) AS M FROM T WHERE B IS NOT NULL AND A <> ?', {
      binds: [1],
    })
    assert.deepEqual(rows, [{ N: 1, M: 3 }])
  })

  it('may be several, each with its own result', async () => {
    const results: unknown[] = []
    await new Promise<void>((resolve, reject) => {
      driver.connection.execute({
        sqlText: 'SELECT 1 AS A; SELECT 2 AS A; SELECT 3 AS A',
        parameters: { MULTI_STATEMENT_COUNT: 3 },
        complete: (error, statement, rows) => {
          if (error) return reject(error)
          results.push(...(rows ?? []))
          const next = statement as unknown as { hasNext(): boolean; NextResult(): void }
          if (next.hasNext()) next.NextResult()
          else resolve()
        },
      })
    })
    assert.deepEqual(results, [{ A: 1 }, { A: 2 }, { A: 3 }])
  })

  it('that fails shows Snowflake’s own error, and the record has it', async () => {
    await assert.rejects(driver.query('SELECT * FROM NOWHERE'), (error: DriverError) => error.code === '002003')
    const failed = (await recorded()).at(-1)
    assert.ok(failed?.type === 'statement.failed' && failed.facts.code === '002003')
  })

  it('that is denied tells the agent why in the driver’s form, and never leaves', async () => {
    const reached = gateway.reached().length
    const error = await driver.query('USE ROLE SYSADMIN').catch((thrown: DriverError) => thrown)
    assert.ok(error instanceof Error)
    assert.deepEqual([error.code, error.sqlState], ['003001', '42501'])
    const tail = /icecore:(\{.*\})/.exec(error.message)?.[1] ?? ''
    assert.deepEqual(Object.keys(JSON.parse(tail) as object), ['code', 'request', 'wait', 'allowed', 'try'])
    assert.equal(gateway.reached().length, reached)
    assert.deepEqual(await recordedTypes(), ['statement.received', 'statement.decision', 'statement.denied'])
  })

  it('that takes long is polled for, and ends with its rows', async () => {
    assert.equal((await driver.query('SELECT SYSTEM$WAIT(3) AS W')).length, 1)
    const types = await recordedTypes()
    for (const type of ['statement.polled', 'statement.queryId', 'statement.completed', 'result.batch']) {
      assert.ok(types.includes(type), type)
    }
  })

  const moments: readonly (readonly [string, () => Promise<boolean>])[] = [
    ['at once', async () => (await recordedTypes()).includes('statement.sent')],
    ['after it is polled for', async () => (await recordedTypes()).includes('statement.polled')],
  ]
  for (const [when, isThere] of moments) {
    it(`can be cancelled ${when}`, async () => {
      const ended = Promise.withResolvers<DriverError>()
      const statement = driver.connection.execute({
        sqlText: 'SELECT SYSTEM$WAIT(30)',
        complete: (error) => ended.resolve(error as unknown as DriverError),
      })
      await until(isThere)
      statement.cancel(() => undefined)
      assert.equal((await ended.promise).code, '000604')
      const types = await recordedTypes()
      assert.ok(types.includes('statement.abortRequested') && types.includes('statement.cancelled'), types.join())
    })
  }

  it('may run asynchronously, and be fetched by its id from another session of the same person', async () => {
    const { statement } = await driver.run('SELECT SYSTEM$WAIT(1), 42 AS A', { asyncExec: true })
    const queryId = statement.getQueryId()
    const other = await connect()
    const result = await other.connection.getResultsFromQueryId({ queryId, sqlText: '' })
    const rows = await new Promise<readonly unknown[]>((resolve, reject) => {
      const found: unknown[] = []
      result
        .streamRows()
        .on('data', (row) => found.push(row))
        .on('error', reject)
        .on('end', () => resolve(found))
    })
    assert.partialDeepStrictEqual(rows, [{ A: 42 }])
    await other.close()
  })

  it('runs once, however often its request is sent', async () => {
    const client = await raw()
    const requestId = randomUUID()
    const sql = `SELECT 'once ${requestId}'`
    const answers = await Promise.all([1, 2, 3].map(() => client.query(sql, {}, requestId)))
    for (const { json } of answers) assert.deepEqual(json.data.rowset, [[`once ${requestId}`]])
    assert.equal(gateway.reached().filter((text) => text === sql).length, 1)
    assert.match((await client.query('SELECT 2', {}, requestId)).json.message ?? '', /request id/)
  })

  it('is found again by the driver through its request id alone', async () => {
    const { statement } = await driver.run('SELECT 7 AS A')
    const rows = await driver.query('', { requestId: statement.getRequestId() } as never)
    assert.deepEqual(rows, [{ A: 7 }])
  })
})

describe('a session', () => {
  it('is where its USE has taken it, for every statement after', async () => {
    const own = await connect()
    const all = await Promise.all([
      own.query('SELECT CURRENT_SCHEMA() AS S'),
      own.query('USE SCHEMA SHOP.HR'),
      own.query('SELECT CURRENT_SCHEMA() AS S'),
    ])
    assert.deepEqual([all[0]?.[0]?.S, all[2]?.[0]?.S], ['SALES', 'HR'])
    await own.close()
  })

  it('holds variables, parameters and transactions', async () => {
    const own = await connect()
    await own.query("SET X = 'hello'")
    assert.deepEqual(await own.query('SELECT $X AS X'), [{ X: 'hello' }])
    await own.query("ALTER SESSION SET TIMEZONE = 'Asia/Tokyo'")
    await own.query('CREATE OR REPLACE TEMPORARY TABLE TX (A INT)')
    await own.query('BEGIN')
    await own.query('INSERT INTO TX VALUES (1)')
    await own.query('ROLLBACK')
    assert.deepEqual(await own.query('SELECT COUNT(*) AS N FROM TX'), [{ N: 0 }])
    await own.close()
  })

  it('ends when the warehouse is not where it was predicted to be', async () => {
    const own = await connect()
    gateway.emulator.faults.set('wrong-context', 1)
    await assert.rejects(own.query('SELECT 1'), /session was ended/)
    await assert.rejects(own.query('SELECT 1'))
    const ended = (await recorded()).find(({ type }) => type === 'session.ended')
    assert.ok(ended?.type === 'session.ended' && /predicted/.test(ended.facts.reason))
  })

  it('re-reads its own results, and nobody else’s', async () => {
    const [ada, ben] = await Promise.all([raw(ADA), raw(BEN)])
    const first = await ada.query('SELECT 11 AS A')
    const queryId = first.json.data.queryId as string
    const scan = `SELECT * FROM TABLE(RESULT_SCAN('${queryId}'))`
    assert.deepEqual((await ada.query(scan)).json.data.rowset, [['11']])
    assert.deepEqual((await ada.get(`/queries/${queryId}/result`)).json.data.rowset, [['11']])
    assert.equal((await ada.get(`/monitoring/queries//${queryId}`)).json.data.queries[0].status, 'SUCCESS')
    const attacks = [
      await ben.query(scan),
      await ben.get(`/queries/${queryId}/result`),
      await ben.get(`/monitoring/queries/${queryId}`),
      await ben.post(`/queries/${queryId}/abort-request`, ''),
    ]
    for (const { json, text } of attacks) {
      assert.equal(json.success, false)
      assert.ok(!text.includes('"11"'))
    }
  })
})
