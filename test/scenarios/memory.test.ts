/** Bounds on memory, through the whole product: what is let go or refused, and that nothing is lost by it. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const INLINE = 4 * 1024 * 1024

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start({
    emulator: { inlineRows: 100_000, inlineBytes: INLINE },
    config: 'limits: {envelope: 1MiB, answers_in_memory: 1MiB, result_fetches_per_session: 1}',
  })
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(ADA))
})
after(() => gateway.close())

/** About 400 KB: two are held, a third is not. */
function rowsOf(number: number): string {
  return `SELECT '${number}' AS A, RPAD('x', 400, 'x') AS B FROM TABLE(GENERATOR(ROWCOUNT => 1000))`
}

describe('answers that nobody fetches', () => {
  it('are held to a limit; those let go are on record, and come from Snowflake when they are asked for', async () => {
    const numbers = [1, 2, 3, 4, 5]
    const ids: string[] = []
    for (const number of numbers) {
      const { json } = await client.query(rowsOf(number), { asyncExec: true })
      ids.push(json.data.queryId)
      await until(async () => (await completed()) >= Math.max(0, number - 2))
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
    assert.equal(await completed(), numbers.length)
    assert.equal(gateway.reached().filter((sql) => sql.includes('RPAD')).length, numbers.length, 'each ran once')
  })
})

async function completed(): Promise<number> {
  return (await gateway.events()).filter(({ type }) => type === 'statement.completed').length
}

function resultsAsked(): number {
  return gateway.emulator.inspect.requests().filter(({ path }) => path.endsWith('/result')).length
}
