import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { CORPUS } from './corpus.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
/** Any number of statements: an attack is not to fail for want of a count. */
const MULTI = { parameters: { MULTI_STATEMENT_COUNT: 0 } }

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start()
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint(ADA))
})
after(() => gateway.close())

describe('the bypass corpus', () => {
  const denied = new Map<string, string>()

  for (const { code, attack, twin } of CORPUS) {
    it(`refuses (${code}) ${show(attack)}`, async () => {
      const before = gateway.emulator.inspect.statements().length
      const { status, json } = await client.query(attack, MULTI)
      assert.deepEqual([status, json.success, json.code, json.data.sqlState], [200, false, '003001', '42501'])
      const reasons = [...(json.message ?? '').matchAll(/^- .*\((\w+)\)$/gm)].map((match) => match[1])
      assert.ok(reasons.includes(code), `refused for ${reasons}`)
      assert.equal(gateway.emulator.inspect.statements().length, before, 'it reached the warehouse')
      const tail = JSON.parse(/icecore:(\{.*\})$/.exec(json.message ?? '')?.[1] ?? '{}') as { request?: string }
      denied.set(tail.request ?? '', code)
    })

    it(`runs ${show(twin)}`, async () => {
      const { json } = await client.query(twin, MULTI)
      assert.equal(json.success, true, json.message ?? '')
      assert.ok(gateway.reached().includes(twin), 'other bytes reached the warehouse')
    })
  }

  it('is on record, each refusal with its reason and nothing sent', async () => {
    const events = await gateway.events()
    assert.equal(denied.size, CORPUS.length)
    for (const [statement, code] of denied) {
      const own = events.filter((event) => event.statement === statement)
      const types = own.map(({ type }) => type)
      assert.deepEqual(types, ['statement.received', 'statement.decision', 'statement.denied'])
      const [, decision] = own
      assert.ok(decision?.type === 'statement.decision')
      assert.ok(decision.facts.reasons.some((reason) => reason.code === code))
    }
  })
})

describe('the driver’s own file transfer', () => {
  let folder: string
  let driver: NodeDriver
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'icecore-test-'))
    await writeFile(join(folder, 'a.csv'), 'canary\n')
    driver = await NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
  })
  after(async () => {
    await driver.close()
    await rm(folder, { recursive: true })
  })

  it('is refused with our reason, and gets no stage credential', async () => {
    for (const sql of [`PUT file://${folder}/a.csv @SHOP.SALES.S`, `GET @SHOP.SALES.S file://${folder}/`]) {
      const error = await driver.query(sql).catch((thrown: DriverError) => thrown)
      assert.ok(error instanceof Error)
      assert.equal(error.code, '003001')
      assert.match(error.message, /hands the driver a credential of cloud storage \(file_transfer\)/)
      assert.doesNotMatch(JSON.stringify(error), /stageInfo|AWS_|creds/i)
    }
  })

  it('is refused when only described, too', async () => {
    const { text } = await client.query(`PUT file://${folder}/a.csv @SHOP.SALES.S`, { describeOnly: true })
    assert.match(text, /file_transfer/)
    assert.doesNotMatch(text, /stageInfo/)
  })
})

/** In a test's name: on one line, and short. */
function show(sql: string): string {
  const line = JSON.stringify(sql).slice(1, -1)
  return line.length > 90 ? `${line.slice(0, 89)}…` : line
}
