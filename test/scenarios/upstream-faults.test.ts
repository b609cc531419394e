import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FaultName } from '../../emulator/index.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }

let gateway: TestGateway
before(async () => {
  gateway = await TestGateway.start({ emulator: { inProgressAfterMs: 300 } })
})
after(() => gateway.close())

function connect(): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA), sfRetryMaxLoginRetries: 1 })
}

async function recordedSince(before: number): Promise<readonly string[]> {
  return (await gateway.events()).slice(before).map(({ type }) => type)
}

describe('upstream faults that pass', () => {
  const passing: readonly (readonly [FaultName, number])[] = [
    ['unavailable', 2],
    ['drop-before', 1],
    ['drop-after', 1],
    ['expire-session', 1],
  ]
  for (const [fault, times] of passing) {
    it(`${fault}: the driver notices nothing, and the statement runs once`, async () => {
      const driver = await connect()
      const sql = `SELECT '${fault}' AS A`
      gateway.emulator.faults.set(fault, times)
      assert.deepEqual(await driver.query(sql), [{ A: fault }])
      assert.equal(gateway.reached().filter((text) => text === sql).length, 1)
      await driver.close()
    })
  }

  it('a session token that expires while it is polled for is renewed', async () => {
    const driver = await connect()
    const sql = 'SELECT SYSTEM$WAIT(2) AS W'
    const rows = driver.query(sql)
    await until(() => gateway.reached().includes(sql))
    gateway.emulator.faults.set('expire-session', 1)
    assert.equal((await rows).length, 1)
    await driver.close()
  })

  it('unavailable-login: the log-in is tried again', async () => {
    gateway.emulator.faults.set('unavailable-login', 1)
    const driver = await connect()
    await driver.close()
  })
})

describe('upstream faults that do not', () => {
  const final: readonly (readonly [FaultName, number, RegExp, string])[] = [
    ['html-answer', 1, /not known whether it ran/, 'statement.outcomeUnknown'],
    ['invalid-answer', 1, /not known whether it ran/, 'statement.outcomeUnknown'],
    ['huge-answer', 100 * 1024 * 1024, /not known whether it ran/, 'statement.outcomeUnknown'],
  ]
  for (const [fault, value, said, type] of final) {
    it(`${fault}: a final error, and the record says that the outcome is not known`, async () => {
      const driver = await connect()
      const before = (await gateway.events()).length
      gateway.emulator.faults.set(fault, value)
      const error = await driver.query("SELECT 'x'").catch((thrown: DriverError) => thrown)
      assert.ok(error instanceof Error)
      assert.match(error.message, said)
      assert.ok((await recordedSince(before)).includes(type))
      // The twin: the session goes on.
      assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
      await driver.close()
    })
  }

  it('a master token that expires ends the session, with its reason on record', async () => {
    const driver = await connect()
    const before = (await gateway.events()).length
    gateway.emulator.faults.set('expire-master', 1)
    gateway.emulator.faults.set('expire-session', 1)
    await assert.rejects(driver.query('SELECT 1'), /session at Snowflake has ended/)
    assert.ok((await recordedSince(before)).includes('session.ended'))
  })

  it('secondary roles that do not go off refuse the log-in', async () => {
    gateway.emulator.faults.set('secondary-roles', 1)
    await assert.rejects(connect(), /could not log in at Snowflake/)
    gateway.emulator.faults.set('secondary-roles', 0)
    const driver = await connect()
    await driver.close()
  })
})
