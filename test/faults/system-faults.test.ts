/** Faults of the operating system under a gateway process, with the official driver: what it sees, what the record says. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { FaultWorld } from '../support/faults/fault-world.ts'
import { FaultySystem } from '../support/faults/faulty-system.ts'
import type { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { until } from '../support/until.ts'

const NOT_RUN = /cannot be recorded, so it was not run.*icecore:\{"code":"ICE_RECORD_UNAVAILABLE"/s
const HOUR_MS = 3_600_000
const ALWAYS = 3_600_000

const system = new FaultySystem()
after(() => system.remove())

describe('a gateway process on a disk with faults', { skip: system.unavailable }, () => {
  let world: FaultWorld
  let driver: NodeDriver
  before(async () => {
    world = await FaultWorld.start(system)
    driver = await world.connect()
  })
  after(async () => {
    await driver.close().catch(() => undefined)
    await world.close()
  })
  afterEach(async () => {
    await world.recover()
    assert.equal((await world.ask(driver)).error, null, 'it goes on')
    await world.assertRecorded()
  })

  async function types(): Promise<readonly string[]> {
    return (await world.events()).map(({ type }) => type)
  }

  for (const [operation, code] of [
    ['write', 'EIO'],
    ['flush', 'EIO'],
    ['write', 'ENOSPC'],
  ] as const) {
    it(`one ${code} on ${operation}: the driver notices nothing, and the record says where it went on`, async () => {
      const continued = (await types()).filter((type) => type === 'journal.continued').length
      await system.fail(operation, code, 1)
      assert.equal((await world.ask(driver)).error, null)
      assert.equal(system.hits, 1)
      const events = await world.events()
      const marks = events.filter((event) => event.type === 'journal.continued')
      assert.equal(marks.length, continued + 1)
      assert.equal(marks.at(-1)?.facts.reason, code)
    })

    it(`every ${operation} fails with ${code}: a final error, nothing sent, and back by itself`, async () => {
      assert.equal((await world.ask(driver)).error, null)
      await system.fail(operation, code)
      const { marker, error } = await world.ask(driver)
      assert.match(error?.message ?? '', NOT_RUN)
      assert.equal(world.reached(marker), false)
      const { ready, reasons } = await world.readiness()
      assert.equal(ready, false)
      assert.match(reasons[0] ?? '', new RegExp(`^nothing can be recorded: ${code}$`))
      await world.recover()
      const resumed = (await world.events()).findLast((event) => event.type === 'journal.resumed')
      assert.ok((resumed?.facts.refusedAppends ?? 0) > 0)
    })
  }

  it('short writes: the rest is written after them, and nobody notices', async () => {
    await system.writeShort(20)
    assert.equal((await world.ask(driver, { rows: 400 })).error, null)
    assert.equal(system.hits, 20)
    assert.equal((await world.readiness()).ready, true)
  })

  it('rows of a statement that ran are kept back when they cannot be recorded', async () => {
    const asked = world.ask(driver, { wait: 1 })
    await until(() => world.reached(world.lastMarker))
    await system.fail('flush', 'EIO')
    const { error } = await asked
    assert.match(error?.message ?? '', /cannot be recorded, so it was not delivered/)
  })

  it('no session is opened, here or upstream', async () => {
    await system.fail('write', 'EIO')
    const sessions = world.world.emulator.inspect.sessions().length
    const client = new RawDriver(world.gateway.url)
    const { status, json } = await client.logIn(world.mint())
    assert.deepEqual([status, json.success, json.code, client.token], [200, false, '390100', ''])
    assert.equal(world.world.emulator.inspect.sessions().length, sessions)
  })

  it('a slow disk: nothing is sent before its write has ended, and then it is', async () => {
    await system.delayWrites(ALWAYS)
    const asked = world.ask(driver)
    await until(() => system.hits > 0)
    assert.equal(world.reached(world.lastMarker), false)
    assert.equal((await world.readiness()).ready, true)
    await system.delayWrites(0)
    assert.equal((await asked).error, null)
  })

  it('a disk that hangs: refused after 30 s, not run when the write ends after all, and back by itself', async () => {
    await system.delayWrites(ALWAYS)
    const asked = world.ask(driver)
    await until(() => system.hits > 0)
    const marker = world.lastMarker
    await until(async () => {
      await system.pass(10_000)
      return !(await world.readiness()).ready
    })
    assert.match((await world.readiness()).reasons[0] ?? '', /the disk has not finished a write for 30000 ms/)
    assert.match((await asked).error?.message ?? '', NOT_RUN)
    await world.recover()
    assert.equal(world.reached(marker), false)
  })

  it('no descriptor left for a new file, after a write that failed: refused, and back by itself', async () => {
    await system.fail('create', 'EMFILE')
    await system.fail('write', 'EIO', 1)
    const { marker, error } = await world.ask(driver)
    assert.match(error?.message ?? '', NOT_RUN)
    assert.equal(world.reached(marker), false)
    assert.match((await world.readiness()).reasons[0] ?? '', /EMFILE/)
  })

  for (const [direction, step] of [
    ['back', -2 * HOUR_MS],
    ['forward', HOUR_MS / 2],
  ] as const) {
    it(`the wall clock is set ${direction}: sessions go on, durations stay true, and the record says so`, async () => {
      const { length } = await world.events()
      await system.stepWall(step)
      assert.equal((await world.ask(driver)).error, null)
      assert.equal((await world.ask(driver)).error, null)
      const events = (await world.events()).slice(length)
      const stepped = events.filter((event) => event.type === 'journal.clockStepped')
      assert.equal(stepped.length, 1)
      assert.ok(Math.abs((stepped[0]?.facts.byMs ?? 0) - step) < 5_000)
      assert.equal(events[0]?.type, 'journal.clockStepped')
      const completed = events.filter((event) => event.type === 'statement.completed')
      assert.equal(completed.length, 2)
      for (const { facts } of completed) assert.ok(facts.durationMs >= 0 && facts.durationMs < 60_000)
      for (const [index, { monotonic }] of events.entries()) {
        assert.ok(index === 0 || monotonic >= events[index - 1]!.monotonic)
      }
    })
  }
})
