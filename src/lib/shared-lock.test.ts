import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SharedLock } from './shared-lock.ts'

/** Takes the lock and notes when it has it. */
async function hold(lock: SharedLock, exclusive: boolean, name: string, log: string[]): Promise<() => void> {
  const release = await lock.acquire(exclusive)
  log.push(name)
  return release
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('SharedLock', () => {
  it('lets shared holders in together', async () => {
    const lock = new SharedLock()
    const log: string[] = []
    await Promise.all([hold(lock, false, 'a', log), hold(lock, false, 'b', log)])
    assert.deepEqual(log, ['a', 'b'])
  })

  it('keeps an exclusive holder alone, and nobody overtakes it', async () => {
    const lock = new SharedLock()
    const log: string[] = []
    const first = await hold(lock, false, 'shared', log)
    const second = hold(lock, true, 'exclusive', log)
    const third = hold(lock, false, 'late', log)
    await settle()
    assert.deepEqual(log, ['shared'])
    first()
    const releaseExclusive = await second
    await settle()
    assert.deepEqual(log, ['shared', 'exclusive'])
    releaseExclusive()
    await third
    assert.deepEqual(log, ['shared', 'exclusive', 'late'])
  })

  it('counts a release once', async () => {
    const lock = new SharedLock()
    const log: string[] = []
    const release = await hold(lock, false, 'a', log)
    await hold(lock, false, 'b', log)
    release()
    release()
    const waiting = hold(lock, true, 'exclusive', log)
    await settle()
    assert.deepEqual(log, ['a', 'b'])
    assert.ok(waiting)
  })

  it('lets a waiter leave, and those behind it in', async () => {
    const lock = new SharedLock()
    const log: string[] = []
    await hold(lock, false, 'a', log)
    const leaving = new AbortController()
    const left = lock.acquire(true, leaving.signal)
    const behind = hold(lock, false, 'b', log)
    leaving.abort(new Error('gone'))
    await assert.rejects(left, /gone/)
    await behind
    assert.deepEqual(log, ['a', 'b'])
  })
})
