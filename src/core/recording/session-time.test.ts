import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SessionTime } from './index.ts'

const stamp = (lsn: number, at: number, monotonic: number) => ({ lsn, at, monotonic })

it('time into a session goes by the monotonic clock, and over a restart by the wall clock', () => {
  const time = new SessionTime(stamp(5, 1000, 70_000))
  assert.equal(time.offset(stamp(5, 1000, 70_000)), 0)
  assert.equal(time.offset(stamp(9, -3_600_000, 72_000)), 2000, 'a stepped wall clock moves nothing')
  // The new process has been up for longer than the old one: nothing in the clocks themselves tells them apart.
  time.restart(stamp(9, 3000, 72_000), stamp(12, 8000, 90_000))
  assert.equal(time.offset(stamp(12, 8000, 90_000)), 7000)
  assert.equal(time.offset(stamp(14, 9000, 91_500)), 8500)
  assert.equal(time.offset(stamp(9, 3000, 72_000)), 2000, 'what came before stays where it was')
})
