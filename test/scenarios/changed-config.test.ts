/** The configuration changes while a gateway is away: what it no longer allows does not go on, and the record says why. */
import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { startEmulator } from '../../emulator/index.ts'
import { createKeyFile } from '../../src/adapters/secrets/index.ts'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const UNUSABLE = 'what was kept of its session at Snowflake cannot be used'

let world: TestWorld
let gateway: GatewayProcess
let config: string

before(async () => {
  world = await makeWorld({ port: await freePort() })
  config = await readFile(world.config, 'utf8')
})
after(() => removeWorld(world))
afterEach(async () => {
  await gateway.stop('SIGKILL')
  await writeFile(world.config, config)
})

async function openSession(): Promise<RawDriver> {
  gateway = new GatewayProcess(world.config)
  await gateway.start()
  const client = new RawDriver(gateway.url)
  await client.logIn(world.idp.mint(ADA))
  assert.equal((await client.query('SELECT 1')).json.success, true)
  return client
}

/** Restarts with a configuration in which `from` stands as `to`. */
async function restartWith(from: string | RegExp, to: string): Promise<void> {
  await gateway.stop('SIGKILL')
  const changed = config.replaceAll(from, to)
  assert.notEqual(changed, config, 'nothing was changed')
  await writeFile(world.config, changed)
  await gateway.start()
}

async function lastEnd(): Promise<string> {
  const end = (await recordedEvents(world)).findLast((event) => event.type === 'session.ended')
  return end?.facts.reason ?? 'none'
}

describe('a session whose ground was taken away during a restart', () => {
  const changes: readonly (readonly [string, () => Promise<readonly [string | RegExp, string]>, string])[] = [
    ['its connection was removed', async () => ['"prod"', '"other"'], 'its connection is no longer configured'],
    [
      'its connection is that of another account',
      async () => {
        elsewhere ??= await startEmulator({ tpchScale: 0 })
        return [world.emulator.url, elsewhere.url]
      },
      `${UNUSABLE}: its connection has another address, account or user by now`,
    ],
    [
      'its connection has another user',
      async () => ['"user":"ICECORE"', '"user":"OTHER"'],
      `${UNUSABLE}: its connection has another address, account or user by now`,
    ],
    [
      'its access rule is gone',
      async () => ['when: {groups: [analysts]}', 'when: {groups: [others]}'],
      'the access rules no longer allow it',
    ],
    [
      'its role was taken away',
      async () => ['roles: [ANALYST]', 'roles: [OTHER]'],
      'the access rules no longer allow it',
    ],
    ['its person was removed', async () => [/^ {2}ada: .*\n/gm, ''], 'its person is no longer configured'],
    [
      'its issuer is another',
      async () => [world.idp.issuer, `${world.idp.issuer}/other`],
      'its issuer is no longer configured',
    ],
  ]
  let elsewhere: Awaited<ReturnType<typeof startEmulator>> | undefined
  after(() => elsewhere?.close())

  for (const [name, change, reason] of changes) {
    it(`ends, because ${name}`, async () => {
      const client = await openSession()
      const sent = world.emulator.inspect.statements().length
      const [from, to] = await change()
      await restartWith(from, to)
      const { json } = await client.query('SELECT 2')
      assert.deepEqual([json.success, json.code], [false, '390104'])
      assert.equal(await lastEnd(), reason)
      assert.equal(world.emulator.inspect.statements().length, sent)
      assert.equal(elsewhere?.inspect.statements().length ?? 0, 0)
    })
  }

  it('goes on where the change is none of its business', async () => {
    const client = await openSession()
    await restartWith('  ben: {name: Ben', '  ben: {name: Benjamin')
    assert.equal((await client.query('SELECT 2')).json.success, true)
  })
})

describe('a start with another key', () => {
  it('is refused by the key’s name, and the sessions go on under the right one', async () => {
    const client = await openSession()
    await gateway.stop('SIGKILL')
    await createKeyFile(join(world.folder, 'other.key'))
    await writeFile(world.config, config.replace('./record.key', './other.key'))
    await assert.rejects(
      gateway.start(),
      /the key of the journal cannot be used: segment \d{10}\.journal was written under/,
    )
    await rm(join(world.folder, 'other.key'))
    await writeFile(world.config, config)
    await gateway.start()
    assert.equal((await client.query('SELECT 2')).json.success, true)
  })
})

describe('two gateways on one data folder', () => {
  it('are one: the second is refused with the pid of the first, which goes on', async () => {
    const client = await openSession()
    const second = new GatewayProcess(world.config)
    await assert.rejects(second.start(), new RegExp(`process ${gateway.pid} is writing its journal`))
    assert.equal((await client.query('SELECT 2')).json.success, true)
  })
})
