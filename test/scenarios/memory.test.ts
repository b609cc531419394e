/** Bounds on memory, through the whole product: what is let go or refused, and that nothing is lost by it. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { NodeDriver } from '../support/node-driver.ts'
import { type RawAnswer, RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const INLINE = 4 * 1024 * 1024

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start({
    emulator: { inlineRows: 100_000, inlineBytes: INLINE },
    config: `limits:
  {envelope: 1MiB, answers_in_memory: 1MiB, result_fetches_per_session: 1, request_body: 1MiB, decompressed_body: 1MiB,
   request_bodies_in_memory: 1MiB}`,
  })
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(ADA))
})
after(() => gateway.close())

/** About 400 KB: two are held, a third is not. */
function rowsOf(number: number): string {
  return `SELECT '${number}' AS A, RPAD('x', 400, 'x') AS B FROM TABLE(GENERATOR(ROWCOUNT => 1000))`
}

/** A statement with a bind of so many bytes. */
function withBind(bytes: number): string {
  const value = 'x'.repeat(bytes)
  return JSON.stringify({ sqlText: 'SELECT LENGTH(?) AS N', bindings: { 1: { type: 'TEXT', value } } })
}

describe('request bodies', () => {
  it('fill their memory no further: the driver is told to come again, and passes when there is room', async () => {
    const body = withBind(700_000)
    const { hostname, port } = new URL(gateway.url)
    const path = `/queries/v1/query-request?requestId=${crypto.randomUUID()}`
    const slow = connect(Number(port), hostname)
    slow.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n` +
        `authorization: Snowflake Token="${client.token}"\r\n\r\n${body.slice(0, -1)}`,
    )
    const requestId = crypto.randomUUID()
    const post = (): Promise<RawAnswer> => client.post(`/queries/v1/query-request?requestId=${requestId}`, body)
    // The slow body arrives by and by.
    await until(
      async () =>
        (await client.post(`/queries/v1/query-request?requestId=${crypto.randomUUID()}`, body)).status === 503,
    )
    const refused = await post()
    assert.deepEqual([refused.status, refused.json.success], [503, false])
    assert.match(refused.json.message ?? '', /holds its largest amount of requests \(1048576 bytes\)/)
    assert.equal((await client.query('SELECT 1')).json.success, true, 'what is small still passes')

    const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
    const rows = driver.query('SELECT LENGTH(?) AS N', { binds: ['x'.repeat(700_000)] })
    slow.end(body.slice(-1))
    assert.deepEqual(await rows, [{ N: 700_000 }])
    const { json } = await post()
    assert.equal(json.data.rowset[0][0], '700000')
    await driver.close()
  })

  it('give their memory back with the end of their statement, not before', async () => {
    const running = client.post(
      `/queries/v1/query-request?requestId=${crypto.randomUUID()}`,
      withBind(700_000).replace('SELECT', 'SELECT SYSTEM$WAIT(2),'),
    )
    await until(() => gateway.reached().some((sql) => sql.includes('SYSTEM$WAIT(2)')))
    assert.equal(
      (await client.post(`/queries/v1/query-request?requestId=${crypto.randomUUID()}`, withBind(400_000))).status,
      503,
    )
    assert.equal((await running).json.success, true)
    const after = await client.post(`/queries/v1/query-request?requestId=${crypto.randomUUID()}`, withBind(400_000))
    assert.equal(after.json.data.rowset[0][0], '400000')
  })
})

describe('answers that nobody fetches', () => {
  it('are held to a limit; those let go are on record, and come from Snowflake when they are asked for', async () => {
    const numbers = [1, 2, 3, 4, 5]
    const ids: string[] = []
    const earlier = await completed()
    for (const number of numbers) {
      const { json } = await client.query(rowsOf(number), { asyncExec: true })
      ids.push(json.data.queryId)
      await until(async () => (await completed()) >= earlier + Math.max(0, number - 2))
    }
    const before = resultsAsked()
    for (const [index, id] of ids.entries()) {
      let answer = (await client.get(`/queries/${id}/result`)).json
      while (answer.code === '333333' || answer.code === '333334')
        answer = (await client.get(answer.data.getResultUrl)).json
      assert.equal(answer.data.rowset.length, 1000)
      assert.equal(answer.data.rowset[0][0], String(numbers[index]))
    }
    const again = resultsAsked() - before
    assert.ok(again >= 3, `${again} of ${ids.length} were asked for again`)
    assert.equal(await completed(), earlier + numbers.length)
    assert.equal(gateway.reached().filter((sql) => sql.includes('RPAD')).length, numbers.length, 'each ran once')
  })
})

async function completed(): Promise<number> {
  return (await gateway.events()).filter(({ type }) => type === 'statement.completed').length
}

function resultsAsked(): number {
  return gateway.emulator.inspect.requests().filter(({ path }) => path.endsWith('/result')).length
}
