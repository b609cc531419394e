/** A journal that somebody put back from an older copy: events that were on record are missing at its end. */
import assert from 'node:assert/strict'
import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runIcecore } from '../../demo/testing/run-icecore.ts'
import { recordFolders } from '../../src/adapters/store/index.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'

let world: TestWorld
let gateway: GatewayProcess
before(async () => {
  world = await makeWorld({ config: 'limits: {drain: 0s}' })
  gateway = new GatewayProcess(world.config)
})
after(() => removeWorld(world))

async function query(): Promise<void> {
  const driver = await NodeDriver.connect({
    accessUrl: gateway.url,
    token: world.idp.mint({ sub: 'ada', groups: ['analysts'] }),
  })
  await driver.query('SELECT 1')
  await driver.close()
}

describe('an older journal', () => {
  it('is refused however often it is started, untouched, until the index is made again by hand', async () => {
    const { journal } = recordFolders(join(world.folder, 'data'))
    const older = join(world.folder, 'older')
    await gateway.start()
    await query()
    await gateway.stop('SIGTERM')
    await cp(journal, older, { recursive: true })
    await gateway.start()
    await query()
    await gateway.stop('SIGTERM')
    await rm(journal, { recursive: true })
    await cp(older, journal, { recursive: true })
    const [events, files] = [(await recordedEvents(world)).length, (await readdir(journal)).length]
    for (let times = 0; times < 3; times += 1) {
      await assert.rejects(gateway.start(), /the journal ends with event \d+, and its index had seen event \d+/)
      assert.deepEqual([(await recordedEvents(world)).length, (await readdir(journal)).length], [events, files])
    }
    assert.equal((await runIcecore(['index', 'rebuild', '--config', world.config]).ended).code, 0)
    await gateway.start()
    await query()
    await gateway.stop('SIGTERM')
  })
})
