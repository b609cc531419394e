/** The forms in which a statement is sent, and what of a session others can reach. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { QueryStatus } from 'snowflake-sdk'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { NodeDriver, type Row } from '../support/node-driver.ts'
import { type Envelope, RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const BEN = { sub: 'ben', groups: ['analysts'] }

let gateway: TestGateway
before(async () => {
  gateway = await TestGateway.start({ config: 'limits: {hold: 1s}', emulator: { inProgressAfterMs: 200 } })
})
after(() => gateway.close())

function connect(claims: Readonly<Record<string, unknown>> = ADA): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(claims) })
}

async function raw(claims: Readonly<Record<string, unknown>> = ADA): Promise<RawDriver> {
  const client = new RawDriver(gateway.url)
  assert.equal((await client.logIn(gateway.idp.mint(claims))).json.success, true)
  return client
}

/** Follows "in progress" answers to the end. */
async function finish(client: RawDriver, answer: Envelope): Promise<Envelope> {
  let last = answer
  while (last.code === '333333' || last.code === '333334') last = (await client.get(last.data.getResultUrl)).json
  return last
}

async function ofStatement(sql: string): Promise<readonly RecordedEvent[]> {
  const events = await gateway.events()
  const received = events.find((event) => event.type === 'statement.received' && event.facts.sql === sql)
  assert.ok(received, `${sql} is not on record`)
  return events.filter(({ statement }) => statement === received.statement)
}

describe('the text of a statement', () => {
  const texts = [
    'select\t1\r\n  as a  -- büro',
    "SELECT 'ä\u{1f600}\u0301 \\' \\\\ /* no comment */ ;' AS T",
    "\n\n/* é */SELECT $$a\n'b'$$ AS T;\n",
    "SELECT '\u202e\u200b\u0007' AS T",
  ]
  for (const sql of texts) {
    it(`is forwarded and recorded as it came: ${JSON.stringify(sql)}`, async () => {
      const client = await raw()
      assert.equal((await client.query(sql)).json.success, true)
      assert.equal(gateway.reached().at(-1), sql)
      assert.ok((await ofStatement(sql)).length > 0)
    })
  }
})

describe('a statement that is only described', () => {
  it('gives its columns and binds, runs nothing, and is on record as described', async () => {
    const client = await raw()
    await client.query('CREATE OR REPLACE TABLE SHOP.SALES.DESCRIBED (A INT)')
    const sql = 'INSERT INTO SHOP.SALES.DESCRIBED SELECT ?'
    const { json } = await client.query(sql, { describeOnly: true })
    assert.equal(json.success, true, json.message ?? '')
    assert.equal(json.data.numberOfBinds, 1)
    const count = await client.query('SELECT COUNT(*) FROM SHOP.SALES.DESCRIBED')
    assert.deepEqual(count.json.data.rowset, [['0']])
    const [received] = await ofStatement(sql)
    assert.ok(received?.type === 'statement.received' && received.facts.describeOnly)
  })

  it('moves no session: a described USE leaves it where it is', async () => {
    const client = await raw()
    await client.query('USE SCHEMA SHOP.HR', { describeOnly: true })
    assert.deepEqual((await client.query('SELECT CURRENT_SCHEMA()')).json.data.rowset, [['SALES']])
  })
})

describe('an asynchronous statement', () => {
  it('is asked after by its id, until it has succeeded', async () => {
    const driver = await connect()
    const { statement } = await driver.run("SELECT SYSTEM$WAIT(1), 'later' AS A", { asyncExec: true })
    const queryId = statement.getQueryId()
    const { connection } = driver
    const isRunning = async (): Promise<boolean> =>
      connection.isStillRunning((await connection.getQueryStatus(queryId)) as QueryStatus)
    assert.equal(await isRunning(), true)
    await until(async () => !(await isRunning()))
    assert.equal(await connection.getQueryStatusThrowIfError(queryId), 'SUCCESS')
    const types = (await ofStatement("SELECT SYSTEM$WAIT(1), 'later' AS A")).map(({ type }) => type)
    assert.ok(types.includes('statement.completed') && types.includes('result.fetched'), types.join())
    await driver.close()
  })

  it('that fails says so by its status and by its result', async () => {
    const client = await raw()
    const { data } = (await client.query('SELECT * FROM NOWHERE_ASYNC', { asyncExec: true })).json
    await until(async () => {
      const status = (await client.get(`/monitoring/queries/${data.queryId}`)).json
      return status.data.queries[0].status === 'FAILED_WITH_ERROR'
    })
    const { json } = await client.get(`/queries/${data.queryId}/result`)
    assert.deepEqual([json.success, json.code], [false, '002003'])
  })

  it('that is denied fails at once', async () => {
    const { json } = await (await raw()).query('USE ROLE SYSADMIN', { asyncExec: true })
    assert.deepEqual([json.success, json.code], [false, '003001'])
  })
})

describe('a multi-statement', () => {
  it('has children that are its owner’s alone', async () => {
    const [ada, ben] = [await raw(ADA), await raw(BEN)]
    const sql = "SELECT 'one'; SELECT 'two'"
    const { data } = (await ada.query(sql, { parameters: { MULTI_STATEMENT_COUNT: 2 } })).json
    const children = (data.resultIds as string).split(',')
    assert.equal(children.length, 2)
    const results = await Promise.all(children.map((id) => ada.get(`/queries/${id}/result`)))
    assert.deepEqual(
      results.map(({ json }) => json.data.rowset),
      [[['one']], [['two']]],
    )
    for (const id of children) {
      const { json, text } = await ben.get(`/queries/${id}/result`)
      assert.equal(json.code, '000612')
      assert.doesNotMatch(text, /one|two/)
    }
    const schemas = (await ofStatement(sql)).flatMap((event) => (event.type === 'result.schema' ? [event.facts] : []))
    assert.deepEqual(schemas[0]?.childQueryIds, children)
    assert.equal(schemas.length, 3, 'the parent and each child as delivered')
  })

  it('of another count than announced fails upstream, and runs none of it', async () => {
    const client = await raw()
    const { json } = await client.query('SELECT 1; SELECT 2', { parameters: { MULTI_STATEMENT_COUNT: 3 } })
    assert.equal(json.success, false)
    assert.equal(
      (await client.query('SELECT 1; SELECT 2', { parameters: { MULTI_STATEMENT_COUNT: 2 } })).json.success,
      true,
    )
  })
})

describe('a request id', () => {
  it('is its session’s own: another session’s statement under it is another statement', async () => {
    const [first, second] = [await raw(ADA), await raw(ADA)]
    const id = crypto.randomUUID()
    assert.deepEqual((await first.query("SELECT 'first'", {}, id)).json.data.rowset, [['first']])
    assert.deepEqual((await second.query("SELECT 'second'", {}, id)).json.data.rowset, [['second']])
    assert.deepEqual((await first.query("SELECT 'first'", {}, id)).json.data.rowset, [['first']])
    assert.equal(gateway.reached().filter((sql) => sql === "SELECT 'first'").length, 1)
  })

  const others: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['another text', 'SELECT 2', {}],
    ['another bind', 'SELECT ?', { bindings: { 1: { type: 'FIXED', value: '2' } } }],
    ['only a description', 'SELECT ?', { bindings: { 1: { type: 'FIXED', value: '1' } }, describeOnly: true }],
    [
      'another parameter',
      'SELECT ?',
      { bindings: { 1: { type: 'FIXED', value: '1' } }, parameters: { TIMEZONE: 'UTC' } },
    ],
  ]
  for (const [what, sql, more] of others) {
    it(`stands for one statement: ${what} under it is refused, and the same is not`, async () => {
      const client = await raw()
      const id = crypto.randomUUID()
      const bindings = { 1: { type: 'FIXED', value: '1' } }
      assert.equal((await client.query('SELECT ?', { bindings }, id)).json.success, true)
      const reached = gateway.reached().length
      const refused = (await client.query(sql, more, id)).json
      assert.deepEqual([refused.success, refused.code], [false, '003001'])
      assert.match(refused.message ?? '', /request id was used for another statement/)
      assert.equal(gateway.reached().length, reached)
      assert.deepEqual((await client.query('SELECT ?', { bindings }, id)).json.data.rowset, [['1']])
    })
  }

  it('of another session aborts nothing', async () => {
    const [owner, other] = [await raw(ADA), await raw(ADA)]
    const id = crypto.randomUUID()
    const sql = "SELECT SYSTEM$WAIT(1), 'unharmed'"
    const answer = owner.query(sql, {}, id)
    await until(() => gateway.reached().includes(sql))
    assert.equal((await other.post('/queries/v1/abort-request', { requestId: id })).json.code, '000612')
    assert.equal((await finish(owner, (await answer).json)).data.rowset[0][1], 'unharmed')
  })
})

describe('a statement that moves its session', () => {
  it('waits for those before it, and those behind it wait for it', async () => {
    const driver = await connect()
    const schema = (): Promise<readonly Row[]> => driver.query('SELECT CURRENT_SCHEMA() AS S')
    const results = await Promise.all([
      ...[1, 2, 3].map(schema),
      driver.query('USE SCHEMA SHOP.CRM'),
      ...[1, 2, 3].map(schema),
      driver.query('USE SCHEMA SHOP.HR'),
      schema(),
    ])
    const schemas = results.map((rows) => rows[0]?.S).filter((name) => name !== undefined)
    assert.deepEqual(schemas, ['SALES', 'SALES', 'SALES', 'CRM', 'CRM', 'CRM', 'HR'])
    await driver.close()
  })

  it('never comes between the statements of another text', async () => {
    const client = await raw()
    const sql = 'SELECT CURRENT_SCHEMA(); SELECT SYSTEM$WAIT(0.3); SELECT CURRENT_SCHEMA()'
    const ends = async (): Promise<readonly string[]> => {
      const answer = await client.query(sql, { parameters: { MULTI_STATEMENT_COUNT: 3 } })
      const { data } = await finish(client, answer.json)
      const [first, , last] = (data.resultIds as string).split(',')
      const seen = [first, last].map(async (id) => (await client.get(`/queries/${id}/result`)).json.data.rowset[0][0])
      return Promise.all(seen)
    }
    const before = [ends(), ends()]
    await until(() => gateway.reached().includes(sql))
    const [moved, ...all] = await Promise.all([client.query('USE SCHEMA SHOP.CRM'), ...before, ends(), ends()])
    assert.equal(moved.json.success, true)
    for (const [first, last] of all) assert.equal(first, last)
    assert.deepEqual((await client.query('SELECT CURRENT_SCHEMA()')).json.data.rowset, [['CRM']])
  })

  it('lets the others run beside each other', async () => {
    const driver = await connect()
    const started = performance.now()
    await Promise.all(Array.from({ length: 8 }, () => driver.query('SELECT SYSTEM$WAIT(1)')))
    assert.ok(performance.now() - started < 7000, 'they ran one after the other')
    await driver.close()
  })

  it('that fails leaves it where it was', async () => {
    const driver = await connect()
    await assert.rejects(driver.query('USE SCHEMA SHOP.NOWHERE'))
    assert.deepEqual(await driver.query('SELECT CURRENT_SCHEMA() AS S'), [{ S: 'SALES' }])
    await driver.close()
  })
})

describe('the last query', () => {
  it('is the session’s own, and its result can be read again', async () => {
    const driver = await connect()
    await driver.query("SELECT 'mine' AS A")
    assert.deepEqual(await driver.query('SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))'), [{ A: 'mine' }])
    await driver.close()
  })

  it('of a new session is Icecore’s own, and nobody reads it', async () => {
    const client = await raw()
    const scan = 'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))'
    assert.match((await client.query(scan)).json.message ?? '', /\(result_not_own\)/)
    assert.equal((await client.query("SELECT 'own'")).json.success, true)
    assert.deepEqual((await client.query(scan)).json.data.rowset, [['own']])
  })
})
