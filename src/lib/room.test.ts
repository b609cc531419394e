import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Room } from './room.ts'

describe('Room', () => {
  it('gives what is left, whole or not at all', () => {
    const room = new Room(10)
    const four = room.take(4)
    assert.equal(room.take(7), null)
    assert.notEqual(room.take(6), null)
    assert.equal(room.take(1), null)
    assert.equal(room.taken, 10)
    four?.()
    assert.equal(room.taken, 6)
    assert.notEqual(room.take(4), null)
  })

  it('takes back once', () => {
    const room = new Room(10)
    const giveBack = room.take(4)
    room.take(5)
    giveBack?.()
    giveBack?.()
    assert.equal(room.taken, 5)
  })

  it('lets wait for what is given back, but not for longer than it may', async () => {
    const clock = new FakeClock()
    const room = new Room(3)
    const taken = [room.take(1), room.take(1), room.take(1)]
    const patient = room.takeWithin(2, 1000, clock)
    const hasty = room.takeWithin(1, 10, clock)
    clock.advance(10)
    assert.equal(await hasty, null)
    // One is not enough for two: it waits on.
    taken[0]?.()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(room.taken, 2)
    taken[1]?.()
    assert.notEqual(await patient, null)
    assert.equal(room.taken, 3)
    assert.equal(clock.waiting, 0)
  })

  it('waits for no more than there is altogether', async () => {
    const clock = new FakeClock()
    const never = new Room(3).takeWithin(4, 50, clock)
    clock.advance(50)
    assert.equal(await never, null)
  })
})
