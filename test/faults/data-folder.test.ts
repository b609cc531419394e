/** A data folder that is full, read-only, somebody else's, removed or oddly named, under a gateway process. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { COMMAND, follow } from '../../demo/testing/run-icecore.ts'
import { recordFolders } from '../../src/adapters/store/index.ts'
import { FaultWorld } from '../support/faults/fault-world.ts'
import { FaultySystem } from '../support/faults/faulty-system.ts'
import { cannotMount, mountSmallDisk, remount, unmount } from '../support/faults/small-disk.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import type { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { until } from '../support/until.ts'

const NOT_RUN = /cannot be recorded, so it was not run/
const NOT_DELIVERED = /cannot be recorded, so it was not delivered/
const NOBODY = 65_534
/** Rows that fill some MiB of the record. */
const MANY = { rows: 20_000 }

const system = new FaultySystem()
after(() => system.remove())
const cannotBeOthers = whyNobodyElse()

function whyNobodyElse(): string | false {
  if (process.getuid?.() !== 0) return 'only root can run a process as another user'
  const { status } = spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/' })
  return status === 0 ? false : 'this checkout lies where no other user can reach it'
}

describe('a disk that is really full', { skip: cannotMount || system.unavailable }, () => {
  let world: FaultWorld
  let driver: NodeDriver
  before(async () => {
    world = await FaultWorld.start(system, {
      config: { 'ballast: 0B': 'ballast: 2MiB', 'low_water: 1MiB': 'low_water: 0B' },
      prepare: (data) => mountSmallDisk(data, 24),
    })
    driver = await world.connect()
  })
  after(async () => {
    await driver.close().catch(() => undefined)
    await world.gateway.stop('SIGKILL')
    unmount(world.data)
    await world.close()
  })

  it('refuses, with word of it in the record, and goes on when there is room again', async () => {
    assert.equal((await world.ask(driver)).error, null)
    await fillUp(join(world.data, 'filler'))
    const { error } = await askUntilRefused()
    assert.ok(NOT_RUN.test(error.message) || NOT_DELIVERED.test(error.message), error.message)
    const { marker, error: next } = await world.ask(driver)
    assert.match(next?.message ?? '', NOT_RUN)
    assert.equal(world.reached(marker), false)
    assert.deepEqual((await world.readiness()).reasons, ['nothing can be recorded: ENOSPC'])
    await until(async () => (await world.events()).at(-1)?.type === 'journal.failed')

    await rm(join(world.data, 'filler'))
    await world.recover()
    assert.equal((await world.ask(driver)).error, null)
    assert.ok((await readdir(join(world.data, 'journal'))).includes('ballast'))
    await world.assertRecorded()
  })

  it('is refused at start, with what to do', async () => {
    await world.gateway.stop('SIGTERM')
    await rm(join(world.data, 'journal/ballast'))
    await fillUp(join(world.data, 'filler'))
    await assert.rejects(
      world.gateway.start(),
      /the data folder \S+ cannot be used: (ENOSPC|the file system took no more bytes)[\s\S]*hint/i,
    )
    await rm(join(world.data, 'filler'))
    await world.gateway.start()
  })

  it('mounted read-only is refused at start, with what to do', async () => {
    await world.gateway.stop('SIGTERM')
    remount(world.data, 'ro')
    await assert.rejects(world.gateway.start(), /cannot be used: EROFS[\s\S]*mounted read-only/)
    remount(world.data, 'rw')
    await world.gateway.start()
    await world.assertRecorded()
  })

  /** What was written ahead takes some more events. Results without chunks: the driver asks for those again and again. */
  async function askUntilRefused(): Promise<{ readonly error: Error }> {
    for (let times = 0; times < 200; times += 1) {
      const { error } = await world.ask(driver, { rows: 50 })
      if (error !== null) return { error }
    }
    return assert.fail('a full disk took everything')
  }
})

describe('a data folder of another user', { skip: cannotBeOthers }, () => {
  it('is refused at start, with what to do; a folder of its own is not', async () => {
    const world = await FaultWorld.start(system)
    try {
      await world.gateway.stop('SIGTERM')
      const { folder, config } = world.world
      for (const name of await readdir(folder)) if (name !== 'data') await chown(join(folder, name), NOBODY, NOBODY)
      await chmod(folder, 0o755)
      const theirs = new GatewayProcess(config, { uid: NOBODY, gid: NOBODY })
      await assert.rejects(theirs.start(), /the data folder \S+ cannot be used: EACCES[\s\S]*may not write there/i)

      const own = join(folder, 'own')
      await mkdir(own, { mode: 0o700 })
      await chown(own, NOBODY, NOBODY)
      await writeFile(config, (await readFile(config, 'utf8')).replace('data: ./data', 'data: ./own'))
      await theirs.start()
      await theirs.stop('SIGTERM')
    } finally {
      await world.close()
    }
  })
})

describe('a socket that another user has put into a folder', { skip: cannotBeOthers }, () => {
  it('is not asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'icecore-planted-'))
    const { operatorSocket } = recordFolders(folder)
    await mkdir(dirname(operatorSocket))
    let asked = 0
    const planted = createServer((_request, response) => {
      asked += 1
      response.end('{}')
    }).listen(operatorSocket)
    await once(planted, 'listening')
    for (const path of [folder, dirname(operatorSocket), operatorSocket]) await chmod(path, 0o777)
    const args = [COMMAND, 'status', '--data', folder]
    const { code, err } = await follow(spawn(process.execPath, args, { uid: NOBODY, gid: NOBODY })).ended
    planted.close()
    await rm(folder, { recursive: true })
    assert.deepEqual([code, asked], [1, 0])
    assert.match(err, /it belongs to user 0[\s\S]*run it as the user that Icecore runs as/)
  })
})

describe('a data folder that is removed under way', { skip: system.unavailable }, () => {
  it('takes nothing more: nothing is sent into a record that nobody will read', async () => {
    const world = await FaultWorld.start(system)
    try {
      const driver = await world.connect()
      assert.equal((await world.ask(driver)).error, null)
      await world.assertRecorded()
      await rm(join(world.data, 'journal'), { recursive: true })
      for (const again of [false, true]) {
        // A new folder in its place is not this journal's: what was recorded before is missing in it.
        if (again) await mkdir(join(world.data, 'journal'), { mode: 0o700 })
        await system.pass(5_000)
        const { marker, error } = await world.ask(driver)
        assert.match(error?.message ?? '', NOT_RUN)
        assert.equal(world.reached(marker), false)
        assert.match(
          (await world.readiness()).reasons[0] ?? '',
          /segment \d{10}\.journal is no longer in its folder|ENOENT/,
        )
      }
      await driver.close().catch(() => undefined)
    } finally {
      await world.close()
    }
  })
})

describe('a process without descriptors', { skip: cannotLimit() || system.unavailable }, () => {
  it('opens nothing new, records what goes on, refuses what needs a new segment, and comes back', async () => {
    const world = await FaultWorld.start(system, { config: { 'recording: {': 'recording: {segment_size: 1MiB, ' } })
    try {
      const driver = await world.connect()
      const client = new RawDriver(world.gateway.url)
      await client.logIn(world.mint())
      assert.equal((await world.ask(driver, MANY)).error, null)
      limitDescriptors(world.gateway.pid, (await readdir(`/proc/${world.gateway.pid}/fd`)).length)

      const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask(driver, MANY)))
      assert.ok(answers.some(({ error }) => error !== null))
      limitDescriptors(world.gateway.pid, 4096)
      await world.recover()
      const fresh = await world.connect()
      assert.equal((await world.ask(fresh)).error, null)
      await world.assertRecorded()
      await fresh.close()
      await driver.close().catch(() => undefined)
    } finally {
      await world.close()
    }
  })
})

describe('a data folder with a name that would take over a terminal', () => {
  it('is refused, and shown without what it would do', async () => {
    const named = { 'data: ./data': 'data: "./da\\e[2Jta"' }
    await assert.rejects(FaultWorld.start(system, { config: named }), (error: Error) => {
      assert.match(error.message, /"data" must not hold control characters/)
      assert.ok(!error.message.includes('\u001b'))
      return true
    })
  })
})

/** Until not a byte more goes in. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let size = 1 << 20; size >= 1; ) {
      const { bytesWritten } = await file.write(Buffer.alloc(size)).catch(() => ({ bytesWritten: 0 }))
      if (bytesWritten < size) size >>= 1
    }
  } finally {
    await file.close()
  }
}

function limitDescriptors(pid: number, most: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:4096`], { stdio: 'pipe' })
}

function cannotLimit(): string | false {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'pipe' })
    return false
  } catch {
    return 'there is no prlimit to take descriptors away with'
  }
}
