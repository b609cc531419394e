/** What an operator does with a gateway that runs: over its socket, by the command, as a user would. */
import assert from 'node:assert/strict'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect as connectSocket, createServer } from 'node:net'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type Ended, runIcecore } from '../../demo/testing/run-icecore.ts'
import { eventSchema, reloadSchema, sessionEndSchema, statusSchema } from '../../src/api-schema/index.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }

let world: TestWorld
let gateway: GatewayProcess
let original: string

before(async () => {
  world = await makeWorld({ config: 'limits: {drain: 0s}' })
  original = await readFile(world.config, 'utf8')
})
after(() => removeWorld(world))
beforeEach(async () => {
  gateway = new GatewayProcess(world.config)
  await gateway.start()
})
afterEach(async () => {
  await gateway.stop('SIGTERM')
  await writeFile(world.config, original)
})

function connect(claims: Readonly<Record<string, unknown>> = ADA): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, token: world.idp.mint(claims) })
}

function icecore(...args: readonly string[]): Promise<Ended> {
  return runIcecore([...args, '--config', world.config]).ended
}

/** The id of the one session that lives. */
async function livingSession(): Promise<string> {
  const { out } = await icecore('sessions', 'list', '--open', '--json')
  const [only, ...others] = out.trimEnd().split('\n')
  assert.equal(others.length, 0)
  return (JSON.parse(only ?? '') as { id: string }).id
}

type Of<T extends RecordedEvent['type']> = Extract<RecordedEvent, { readonly type: T }>

async function recorded<T extends RecordedEvent['type']>(type: T): Promise<readonly Of<T>[]> {
  return (await recordedEvents(world)).filter((event): event is Of<T> => event.type === type)
}

const socketPath = (): string => join(world.folder, 'data', 'operator', 'socket')

describe('the operator socket', () => {
  it('is its owner’s alone, in a folder that is, too', async () => {
    assert.equal((await stat(socketPath())).mode & 0o777, 0o600)
    assert.equal((await stat(join(socketPath(), '..'))).mode & 0o777, 0o700)
  })

  it('closes a folder that was left open', async () => {
    await gateway.stop('SIGTERM')
    await chmod(join(socketPath(), '..'), 0o755)
    await gateway.start()
    assert.equal((await stat(join(socketPath(), '..'))).mode & 0o777, 0o700)
  })

  it('takes the place of a dead one, and of nothing else', async () => {
    await gateway.stop('SIGKILL')
    assert.ok((await stat(socketPath())).isSocket())
    await gateway.start()
    assert.equal((await icecore('status')).code, 0)
    await gateway.stop('SIGTERM')
    await writeFile(socketPath(), 'mine')
    await assert.rejects(gateway.start(), /operator socket .*: something else lies there/)
    assert.equal(await readFile(socketPath(), 'utf8'), 'mine')
    await rm(socketPath())
    const other = createServer().listen(socketPath())
    await assert.rejects(gateway.start(), /another process answers there/)
    await new Promise((resolve) => other.close(resolve))
  })

  it('takes so many connections and no more, and answers again once they are gone', async () => {
    const sockets = Array.from({ length: 200 }, () => connectSocket(socketPath()))
    let open = sockets.length
    for (const socket of sockets) socket.once('close', () => (open -= 1)).on('error', () => undefined)
    await until(() => open <= 128)
    await (await connect()).close()
    assert.equal((await icecore('status')).code, 1)
    for (const socket of sockets) socket.destroy()
    await until(() => open === 0)
    await until(async () => (await icecore('status')).code === 0)
  })

  it('knows no way to approve, to run or to read anything but what is documented', async () => {
    const ask = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: socketPath(), path, headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        sent.once('error', reject).end()
      })
    const caller = { 'icecore-operator': encodeURIComponent(JSON.stringify({ user: 'x', uid: 1, pid: 1 })) }
    assert.equal(await ask('/v1/requests/1/approve', caller), 400)
    assert.equal(await ask('/queries/v1/query-request', caller), 400)
    assert.equal(await ask(`/v1/sessions/${'a'.repeat(5000)}`, caller), 400)
    assert.equal(await ask('/v1/status', {}), 400)
    assert.equal(await ask('/v1/status', caller), 200)
  })
})

describe('icecore status', () => {
  it('tells how the gateway is, and the call is on record', async () => {
    const driver = await connect()
    await driver.query('SELECT 1')
    const status = statusSchema.parse(JSON.parse((await icecore('status', '--json')).out))
    assert.deepEqual([status.state, status.recorded, status.pid], ['ready', true, gateway.pid])
    assert.equal(status.sessions.open, 1)
    assert.deepEqual(
      status.listeners.map(({ door, address }) => [door, address]),
      [
        ['driver', gateway.url],
        ['ops', gateway.opsUrl],
        ['operator', socketPath()],
      ],
    )
    assert.deepEqual(
      status.issuers.map(({ name, state, keys }) => [name, state, keys > 0]),
      [['idp', 'fresh', true]],
    )
    assert.deepEqual(
      status.connections.map(({ name, lastAt, error }) => [name, lastAt === null, error]),
      [['prod', false, null]],
    )
    const [called] = await recorded('operator.called')
    assert.equal(called?.facts.call, 'status')
    assert.equal(called?.facts.by.uid, process.getuid?.())
    await driver.close()
  })

  it('says plainly that no gateway is running', async () => {
    await gateway.stop('SIGTERM')
    const { code, out, err } = await icecore('status')
    assert.deepEqual([code, out], [1, ''])
    assert.ok(err.includes(`icecore: error: no gateway is running in ${join(world.folder, 'data')}\n`), err)
  })
})

describe('icecore sessions', () => {
  it('end: the session is gone at once, with its running statement, and the record says who and why', async () => {
    const driver = await connect()
    const running = driver.query('SELECT SYSTEM$WAIT(60) /* to be ended */')
    const failed = assert.rejects(running)
    await until(() => world.emulator.inspect.statements().some(({ sqlText }) => sqlText.includes('to be ended')))
    const session = await livingSession()
    const { code, out, err } = await icecore('sessions', 'end', session.slice(0, 8), '--reason', 'too slow', '--json')
    assert.equal(code, 0, err)
    const ended = sessionEndSchema.parse(JSON.parse(out))
    assert.deepEqual([ended.session, ended.statements], [session, 1])
    await failed
    await assert.rejects(driver.query('SELECT 2'), (error: DriverError) => error.code !== undefined)
    const mine = (await recordedEvents(world)).filter((event) => event.session === session)
    const called = mine.find((event): event is Of<'operator.called'> => event.type === 'operator.called')
    assert.deepEqual([called?.facts.call, called?.facts.reason], ['sessions.end', 'too slow'])
    const end = mine.at(-1)
    assert.equal(end?.type, 'session.ended')
    assert.match((end as Of<'session.ended'>).facts.reason, /^ended by the operator .*: too slow$/)
    assert.ok((called?.lsn ?? 0) < (end?.lsn ?? 0))
    await until(() =>
      world.emulator.inspect
        .statements()
        .filter(({ sqlText }) => sqlText.includes('to be ended'))
        .every(({ status }) => status !== 'running'),
    )
  })

  it('end: no session of that name, and none of an unclear one', async () => {
    const [one, two] = [await connect(), await connect({ ...ADA, sub: 'ben' })]
    for (const name of ['zzzz', '']) {
      const { code, err } = await icecore('sessions', 'end', name)
      assert.equal(code, 1)
      assert.match(err, /the session does not exist or has ended|cannot be read/)
    }
    const last = await icecore('sessions', 'end', 'last')
    assert.equal(last.code, 2)
    assert.match(last.err, /by its id/)
    await one.query('SELECT 1')
    await two.query('SELECT 1')
    await Promise.all([one.close(), two.close()])
  })

  it('tail: scenes of what happens now, made safe for a terminal, until Ctrl-C', async () => {
    const tail = runIcecore(['sessions', 'tail', '--config', world.config])
    await until(async () => (await recorded('operator.called')).some(({ facts }) => facts.call === 'sessions.tail'))
    const driver = await connect()
    await driver.query("SELECT 'a\u001b[31mb' AS RED")
    const out = await tail.until('done')
    assert.match(out, /^\d\d:\d\d:\d\dZ {2}statement$/m)
    assert.ok(!out.includes('\u001b[31m'))
    assert.ok(out.includes('␛[31m'))
    await driver.close()
    assert.equal((await tail.stop('SIGINT')).code, 0)
  })

  it('tail ends with the gateway, and says so', async () => {
    const tail = runIcecore(['sessions', 'tail', '--config', world.config])
    await until(
      async () =>
        (await recorded('operator.called')).filter(({ facts }) => facts.call === 'sessions.tail').length === 2,
    )
    await gateway.stop('SIGKILL')
    const { code, err } = await tail.ended
    assert.equal(code, 1)
    assert.match(err, /no gateway is running/)
  })

  it('tail of one session ends with it', async () => {
    const driver = await connect()
    const session = await livingSession()
    const tail = runIcecore(['sessions', 'tail', session, '--json', '--config', world.config])
    const other = await connect()
    await until(async () => (await recorded('operator.called')).some(({ facts }) => facts.about === session))
    await other.query('SELECT 1')
    await driver.query('SELECT 2')
    await Promise.all([driver.close(), other.close()])
    const { code, out } = await tail.ended
    assert.equal(code, 0)
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => eventSchema.parse(JSON.parse(line)))
    assert.deepEqual([...new Set(events.map((event) => event.session))], [session])
    assert.equal(events.at(-1)?.event, 'session.ended')
  })

  it('list shows what has become durable, at once', async () => {
    const ask = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const caller = { user: 'x', uid: 1, pid: 1 }
        const headers = { 'icecore-operator': encodeURIComponent(JSON.stringify(caller)) }
        request({ socketPath: socketPath(), path, headers }, (answer) => resolve(readText(answer)))
          .once('error', reject)
          .end()
      })
    for (let round = 1; round <= 5; round += 1) {
      const driver = await connect()
      const sessions = JSON.parse(await ask('/v1/sessions?limit=9&open=true')) as readonly unknown[]
      assert.equal(sessions.length, 1)
      await driver.close()
    }
  })

  it('list and show ask the gateway, on record; with --store they read offline, and say so', async () => {
    const driver = await connect()
    await driver.query('SELECT 41 + 1 AS N')
    await driver.close()
    const online = await icecore('sessions', 'show', 'last')
    assert.equal(online.err, '')
    assert.match(online.out, /SELECT 41 \+ 1/)
    assert.ok((await recorded('operator.called')).some(({ facts }) => facts.call === 'sessions.read'))
    const calls = (await recorded('operator.called')).length
    const key = join(world.folder, 'record.key')
    const store = join(world.folder, 'data')
    const offline = await runIcecore(['sessions', 'show', 'last', '--store', store, '--key', key]).ended
    assert.equal(offline.out, online.out)
    assert.equal(offline.err, `reading ${store} offline, with its key; that leaves no trace on record\n`)
    assert.equal((await recorded('operator.called')).length, calls)
    const keyless = await runIcecore(['sessions', 'show', 'last', '--store', store]).ended
    assert.equal(keyless.code, 1)
    assert.match(keyless.err, /give --key/)
    await gateway.stop('SIGTERM')
    const { out, err } = await icecore('sessions', 'show', 'last')
    assert.equal(out, online.out)
    assert.match(
      err,
      /^no gateway is running in .*: reading its record offline, with its key; that leaves no trace on record\n$/,
    )
  })
})

describe('two gateways on one data folder', () => {
  it('the second is refused, with the pid of the first, which goes on', async () => {
    const second = new GatewayProcess(world.config)
    await assert.rejects(second.start(), new RegExp(`process ${gateway.pid} is writing its journal`))
    assert.equal((await icecore('status')).code, 0)
  })
})

/** Another configuration file, by what stands in it now. */
async function edit(...changes: readonly (readonly [string | RegExp, string])[]): Promise<void> {
  let text = await readFile(world.config, 'utf8')
  for (const [from, to] of changes) {
    const next = text.replace(from, to)
    assert.notEqual(next, text)
    text = next
  }
  await writeFile(world.config, text)
}

async function reload(): Promise<ReturnType<typeof reloadSchema.parse>> {
  return reloadSchema.parse(JSON.parse((await icecore('reload', '--json')).out))
}

describe('icecore reload', () => {
  it('takes a new access rule, and lets in whom it names', async () => {
    const claims = { sub: 'ben', groups: ['writers'] }
    await assert.rejects(connect(claims))
    await edit(['groups: [analysts]', 'groups: [analysts, writers]'])
    const { ok, changes, ended, problems, from, to } = await reload()
    assert.deepEqual([ok, ended, problems], [true, [], []])
    assert.deepEqual(
      changes.map(({ path, live }) => [path, live]),
      [['access[0].when.groups', true]],
    )
    const driver = await connect(claims)
    await driver.close()
    const [event] = await recorded('operator.reloaded')
    assert.deepEqual([event?.facts.from, event?.facts.to], [from, to])
    assert.notEqual(from, to)
  })

  it('ends the sessions whose access is gone, and no others', async () => {
    await edit(['groups: [analysts]', 'groups: [analysts, writers]'])
    await reload()
    const [stays, goes] = [await connect(), await connect({ sub: 'ben', groups: ['writers'] })]
    await edit(['groups: [analysts, writers]', 'groups: [analysts]'])
    const { ok, ended } = await reload()
    assert.equal(ok, true)
    assert.deepEqual(
      ended.map(({ reason }) => reason),
      ['the access rules no longer allow it'],
    )
    await assert.rejects(goes.query('SELECT 1'))
    assert.deepEqual(await stays.query('SELECT 1 AS N'), [{ N: 1 }])
    await stays.close()
  })

  it('a configuration with problems changes nothing, and shows them', async () => {
    const driver = await connect()
    await edit(['groups: [analysts]', 'groups: [others]'], ['people:', 'peeple:'])
    const { code, out, err } = await icecore('sessions', 'list')
    assert.deepEqual([code, out], [3, ''], err)
    const shown = await runIcecore(['reload', '--data', join(world.folder, 'data')]).ended
    assert.equal(shown.code, 3)
    assert.match(shown.out, /peeple/)
    assert.match(shown.err, /nothing was changed: the configuration has/)
    assert.deepEqual(await driver.query('SELECT 1 AS N'), [{ N: 1 }])
    await driver.close()
    assert.equal((await recorded('operator.reloadRefused')).length, 1)
  })

  it('a key that cannot be read changes nothing either', async () => {
    await edit(['groups: [analysts]', 'groups: [others]'], ['./warehouse.p8', './missing.p8'])
    const { ok, error } = await reload()
    assert.equal(ok, false)
    assert.match(error ?? '', /secret .*missing\.p8.* cannot be read/)
    const driver = await connect()
    await driver.close()
  })

  it('names what holds from the next start only', async () => {
    await edit(['ops: {port: 0}', 'ops: {port: 1}'], ['drain: 0s', 'drain: 1s'])
    const { ok, changes } = await reload()
    assert.equal(ok, true)
    assert.deepEqual(
      changes.map(({ path, live }) => [path, live]),
      [
        ['listen.ops.port', false],
        ['limits.drain', true],
      ],
    )
    const status = statusSchema.parse(JSON.parse((await icecore('status', '--json')).out))
    assert.deepEqual(status.config.restartNeeded, ['listen.ops.port'])
  })

  it('a connection that leads elsewhere ends the sessions on it; one that changes its defaults does not', async () => {
    const driver = await connect()
    await edit(['"warehouse":"COMPUTE_WH"', '"warehouse":"OTHER_WH"'])
    assert.deepEqual((await reload()).ended, [])
    assert.deepEqual(await driver.query('SELECT 1 AS N'), [{ N: 1 }])
    await edit([`"account":"${world.emulator.account}"`, '"account":"elsewhere"'])
    assert.deepEqual(
      (await reload()).ended.map(({ reason }) => reason),
      ['its connection now leads elsewhere'],
    )
  })

  it('limits and settings of statements hold for the next statement of a session that lives', async () => {
    const driver = await connect()
    await edit([/limits: \{drain: 0s\}/, 'limits: {drain: 0s, statements_per_text: 1, statement: 1KiB}'])
    assert.equal((await reload()).ok, true)
    await assert.rejects(driver.query(`SELECT '${'x'.repeat(2000)}'`), /longer|larger|bytes/i)
    await driver.close()
  })

  it('SIGHUP does the same, and says on standard error what became of it', async () => {
    await edit(['groups: [analysts]', 'groups: [analysts, writers]'])
    process.kill(gateway.pid, 'SIGHUP')
    await until(() => gateway.errors.includes('the configuration holds: 1 change'))
    const driver = await connect({ sub: 'ben', groups: ['writers'] })
    await driver.close()
    assert.equal((await recorded('operator.reloaded')).at(-1)?.facts.by, 'SIGHUP')
    await edit(['people:', 'peeple:'])
    process.kill(gateway.pid, 'SIGHUP')
    await until(() => gateway.errors.includes('nothing was changed'))
  })
})
