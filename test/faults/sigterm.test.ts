import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { makeWorld, recordedEvents, removeWorld, TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))
const ADA = { sub: 'ada', groups: ['analysts'] }

/** Warehouse, issuer and configuration; its own gateway has made way for a process. */
let world: TestGateway
let child: ChildProcess
let url: string
before(async () => {
  world = await TestGateway.start()
  await world.drain()
  child = spawn(process.execPath, [COMMAND, 'start', '--json', '--config', join(world.folder, 'icecore.yaml')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  assert.ok(child.stdout)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  url = (JSON.parse(line) as { gateway: string }).gateway
})
after(async () => {
  if (child.exitCode === null) child.kill('SIGKILL')
  await world.close()
})

describe('a process that gets SIGTERM', { timeout: 60_000 }, () => {
  it('takes no new session, lets the statement that runs end, keeps its session, closes the record and exits with 0', async () => {
    const driver = await NodeDriver.connect({ accessUrl: url, token: world.idp.mint(ADA) })
    const sql = "SELECT SYSTEM$WAIT(2), 'to the end' AS A"
    const rows = driver.query(sql)
    await until(() => world.reached().includes(sql))
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await until(async () => (await new RawDriver(url).logIn(world.idp.mint(ADA))).status === 503)
    assert.partialDeepStrictEqual(await rows, [{ A: 'to the end' }])
    assert.deepEqual(await exit, [0, null])

    const events = await world.events()
    const [stopped, closed] = events.slice(-2)
    assert.ok(stopped?.type === 'gateway.stopped' && stopped.facts.reason === 'SIGTERM')
    assert.equal(closed?.type, 'journal.closed')
    const types = events.map(({ type }) => type)
    for (const type of ['result.batch', 'statement.completed'] as const) assert.ok(types.includes(type))
    assert.ok(!types.includes('session.ended'))
    assert.equal(world.emulator.inspect.sessions().length, 1, 'the session at Snowflake waits for the next process')
  })
})

describe('a process that gets SIGHUP before it has started', { timeout: 60_000 }, () => {
  it('starts, reads its configuration again, and goes on', async () => {
    const fresh = await makeWorld()
    const gateway = new GatewayProcess(fresh.config)
    const started = gateway.start()
    await until(() => existsSync(join(fresh.folder, 'data', 'journal')))
    process.kill(gateway.pid, 'SIGHUP')
    await started
    await until(async () => (await recordedEvents(fresh)).some(({ type }) => type === 'operator.reloaded'))
    assert.equal(await gateway.stop('SIGTERM'), 0)
    await removeWorld(fresh)
  })
})
