import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { runIcecore } from '../../demo/testing/run-icecore.ts'
import { type FindingJson, findingSchema } from '../../src/api-schema/index.ts'
import { hurriedClock } from '../support/hurried-clock.ts'
import { FaultyFiles } from '../support/journal/faulty-files.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const LARGE = 'SELECT SEQ4() AS N, RANDSTR(20, RANDOM(1)) AS T FROM TABLE(GENERATOR(ROWCOUNT => 20000)) ORDER BY N'
/** More than any test makes: the disk stays full until it is healed. */
const ALWAYS = 1_000_000

const files = new FaultyFiles()
let gateway: TestGateway
let driver: NodeDriver
before(async () => {
  gateway = await TestGateway.start({ tools: { files, clock: hurriedClock(10) } })
  driver = await connect()
})
after(async () => {
  files.heal()
  await driver.close().catch(() => undefined)
  await gateway.close()
})

function connect(): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA), sfRetryMaxLoginRetries: 1 })
}

function breakDisk(): void {
  files.fail('write', 'ENOSPC', ALWAYS)
  files.fail('create', 'ENOSPC', ALWAYS)
}

async function healDisk(): Promise<void> {
  files.heal()
  await isReady(true)
}

describe('a record that cannot be written', () => {
  afterEach(healDisk)

  it('refuses a statement with a final error, and nothing of it reaches the warehouse', async () => {
    assert.deepEqual(await driver.query("SELECT 'before' AS A"), [{ A: 'before' }])
    breakDisk()
    const error = await driver.query("SELECT 'lost' AS A").catch((thrown: DriverError) => thrown)
    assert.ok(error instanceof Error)
    assert.match(error.message, /cannot be recorded, so it was not run/)
    assert.match(error.message, /icecore:\{"code":"ICE_RECORD_UNAVAILABLE"/)
    assert.ok(!gateway.reached().includes("SELECT 'lost' AS A"))

    await healDisk()
    assert.deepEqual(await driver.query("SELECT 'after' AS A"), [{ A: 'after' }])
    const events = await gateway.events()
    const sql = events.flatMap((event) => (event.type === 'statement.received' ? [event.facts.sql] : []))
    assert.deepEqual(sql, ["SELECT 'before' AS A", "SELECT 'after' AS A"])
    const types = events.map(({ type }) => type)
    assert.ok(types.includes('journal.failed') && types.includes('journal.resumed'))
  })

  it('takes no new session, and opens none upstream', async () => {
    const sessions = gateway.emulator.inspect.sessions().length
    breakDisk()
    await driver.query('SELECT 1').catch(() => undefined)
    const client = new RawDriver(gateway.url)
    const { status, json } = await client.logIn(gateway.idp.mint(ADA))
    assert.deepEqual([status, json.success, json.code], [200, false, '390100'])
    assert.match(json.message ?? '', /^The session cannot be recorded, so it was not opened\./)
    assert.equal(gateway.emulator.inspect.sessions().length, sessions)

    await healDisk()
    await (await connect()).close()
  })

  it('is told by status and doctor, which say that this is not on record; the doctor logs in nowhere', async () => {
    const sessions = gateway.emulator.inspect.statements().length
    breakDisk()
    const config = join(gateway.folder, 'icecore.yaml')
    const status = await runIcecore(['status', '--config', config]).ended
    assert.match(status.out, /this call is not on record/)
    assert.match(status.out, /nothing can be recorded/)
    const { out } = await runIcecore(['doctor', '--json', '--config', config]).ended
    const findings = out
      .trimEnd()
      .split('\n')
      .map((line) => findingSchema.parse(JSON.parse(line)))
    const told = (check: FindingJson['check'], name: string | null) =>
      findings.find((one) => one.check === check && one.name === name)
    assert.match(told('gateway', null)?.evidence ?? '', /nothing can be recorded/)
    assert.equal(told('gateway', 'record')?.result, 'warning')
    const connection = told('connections', 'prod')
    assert.equal(connection?.result, 'skipped')
    assert.match(connection?.evidence ?? '', /^no log-in was tried\. What the operator asked for cannot be recorded/)
    assert.equal(gateway.emulator.inspect.statements().length, sessions)
  })

  it('lets nobody read it through the gateway, and makes no file of it', async () => {
    const session = (await gateway.events()).find(({ type }) => type === 'session.opened')?.session ?? ''
    const [config, film] = [join(gateway.folder, 'icecore.yaml'), join(gateway.folder, 'film.html')]
    const calls: readonly (readonly string[])[] = [
      ['replay', session, '--no-wait'],
      ['replay', session, '--json'],
      ['replay', session, '--export', 'html', '--output', film],
      ['sessions', 'show', session],
      ['sessions', 'list'],
    ]
    breakDisk()
    for (const call of calls) {
      const { code, out, err } = await runIcecore([...call, '--config', config]).ended
      assert.deepEqual([code, out], [1, ''], call.join(' '))
      assert.match(err, /cannot be recorded, so it was not done/)
    }
    await assert.rejects(stat(film), { code: 'ENOENT' })
    await healDisk()
    assert.equal((await runIcecore(['replay', session, '--no-wait', '--config', config]).ended).code, 0)
  })

  it('gives a session back upstream whose opening it could not record', async () => {
    const sessions = gateway.emulator.inspect.sessions().length
    breakDisk()
    const client = new RawDriver(gateway.url)
    const { json } = await client.logIn(gateway.idp.mint(ADA))
    assert.deepEqual([json.success, json.code, client.token], [false, '390100', ''])
    assert.match(json.message ?? '', /^The session cannot be recorded, so it was not opened\./)
    assert.equal(gateway.emulator.inspect.sessions().length, sessions)
  })

  it('renews no tokens', async () => {
    const client = new RawDriver(gateway.url)
    await client.logIn(gateway.idp.mint(ADA))
    const renewal = { oldSessionToken: client.token, requestType: 'RENEW' }
    client.token = client.masterToken
    breakDisk()
    const { json } = await client.post('/session/token-request', renewal)
    assert.deepEqual([json.success, json.data], [false, null])
    assert.match(json.message ?? '', /^The session cannot be recorded, so it was not renewed\./)
  })

  it('keeps back the rows of a statement that ran', async () => {
    const sql = "SELECT SYSTEM$WAIT(1), 'canary' AS A"
    const client = new RawDriver(gateway.url)
    await client.logIn(gateway.idp.mint(ADA))
    const answer = client.query(sql)
    await reaches(sql)
    breakDisk()
    const { status, json, text } = await answer
    assert.deepEqual([status, json.success], [200, false])
    assert.match(json.message ?? '', /cannot be recorded, so it was not delivered/)
    assert.doesNotMatch(text, /canary/)
    assert.equal(gateway.reached().filter((one) => one === sql).length, 1)
  })

  it('breaks off a chunk before its first byte', async () => {
    const client = new RawDriver(gateway.url)
    await client.logIn(gateway.idp.mint(ADA))
    const { data } = (await client.query(LARGE)).json
    const [chunk] = data.chunks as readonly { readonly url: string }[]
    const headers = data.chunkHeaders as Record<string, string>
    const url = chunk?.url ?? ''
    breakDisk()
    const whole = await fetch(url, { headers }).then(
      async (response) => response.status === 200 && (await response.arrayBuffer()).byteLength,
      () => false,
    )
    assert.equal(whole, false)

    await healDisk()
    assert.equal((await fetch(url, { headers })).status, 200)
  })
})

describe('a disk that runs low', () => {
  it('takes no new statement, records the end of what runs, and takes statements again', async () => {
    const running = driver.query("SELECT SYSTEM$WAIT(1), 'running' AS A")
    await reaches("SELECT SYSTEM$WAIT(1), 'running' AS A")
    files.free = 1000
    await isReady(false)
    await assert.rejects(driver.query("SELECT 'low' AS A"), /cannot be recorded, so it was not run/)
    assert.partialDeepStrictEqual(await running, [{ A: 'running' }])
    assert.ok(!gateway.reached().includes("SELECT 'low' AS A"))
    files.free = null
    await healDisk()
    assert.deepEqual(await driver.query("SELECT 'high' AS A"), [{ A: 'high' }])
  })
})

/** The journal looks again by itself; its readiness says when it has. */
function isReady(ready: boolean): Promise<void> {
  return until(async () => (await fetch(`${gateway.opsUrl}/readyz`)).ok === ready)
}

function reaches(sql: string): Promise<void> {
  return until(() => gateway.reached().includes(sql))
}
