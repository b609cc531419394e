import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { JournalFixture, renewal } from '../../../test/support/journal/journal-fixture.ts'
import { isIcecoreError } from '../../errors.ts'
import { systemClock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { openJournal } from './index.ts'

const ROUNDS = 6
const CHILD = new URL('../../../test/support/journal/crash-child.ts', import.meta.url).pathname

let fixture: JournalFixture
beforeEach(async () => {
  fixture = await JournalFixture.make()
})
afterEach(() => fixture.remove())

/** Runs a writer until it has acknowledged `count` events, kills it, and returns every one it acknowledged. */
async function runAndKill(round: number, count: number): Promise<string[]> {
  const key = fixture.kek.export().toString('base64')
  const child = spawn(process.execPath, [CHILD, fixture.folder, key, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line)
    if (acknowledged.length === count) {
      child.kill('SIGKILL')
    }
  }
  if (child.signalCode === null && child.exitCode === null) {
    await once(child, 'exit')
  }
  assert.equal(child.signalCode, 'SIGKILL')
  return acknowledged
}

describe('a killed writer', () => {
  it('loses nothing that it had acknowledged, and leaves a journal that goes on', async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await runAndKill(round, 20 + Math.floor(Math.random() * 400))))
    }
    await (await fixture.open()).close()
    const recorded = new Set(await fixture.sessions())
    const lost = acknowledged.filter((session) => !recorded.has(session))
    assert.ok(acknowledged.length >= ROUNDS * 20)
    assert.deepEqual(lost, [])
  })

  it('holds the folder only while it lives', async () => {
    const key = fixture.kek.export().toString('base64')
    const child = spawn(process.execPath, [CHILD, fixture.folder, key, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await assert.rejects(fixture.open(), (error) => {
      assert.ok(isIcecoreError(error, 'ICE_DATA_FOLDER'))
      assert.match(error.message, new RegExp(`process ${child.pid} is writing`))
      return true
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await fixture.open()
  })
})

describe('a disk that is really full', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'icecore-full-'))
  const problem = mountSmallDisk(mountPoint)
  after(() => {
    if (problem === null) {
      execFileSync('umount', [mountPoint])
    }
    rmSync(mountPoint, { recursive: true })
  })

  it('refuses with word of it in the record, and loses nothing acknowledged', { skip: problem ?? false }, async () => {
    const folder = join(mountPoint, 'journal')
    const options = { folder, kek: fixture.kek, clock: systemClock, ids: randomIds }
    const journal = await openJournal({
      ...options,
      limits: { ballastBytes: 256 * 1024, lowWaterBytes: 0, aheadBytes: 0 },
    })
    const acknowledged: string[] = []
    let refused: unknown = null
    for (let count = 0; refused === null; count += 1) {
      await journal.append(renewal(`${count}`, new Uint8Array(10_000))).then(
        () => acknowledged.push(`${count}`),
        (error: unknown) => {
          refused = error
        },
      )
    }
    assert.ok(isIcecoreError(refused, 'ICE_RECORD_UNAVAILABLE'))
    assert.equal(journal.failure(), 'ENOSPC')
    await journal.settled()
    await journal.close()
    const reading = await fixture.read(folder)
    const sessions = reading.flatMap(({ session }) => (session === null ? [] : [session]))
    assert.deepEqual(sessions.slice(0, acknowledged.length), acknowledged)
    assert.ok(acknowledged.length > 50)
    assert.equal(reading.at(-1)?.type, 'journal.failed')
  })
})

/** Null when it worked, else why it did not. */
function mountSmallDisk(path: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'pipe' })
    return null
  } catch (error) {
    return `a small file system cannot be mounted here (${(error as Error).message.split('\n')[0]})`
  }
}
