import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { RetryWindow } from './retry-window.ts'

describe('RetryWindow', () => {
  it('lets a request come again for its time, counted from the first', () => {
    const clock = new FakeClock()
    const window = new RetryWindow(clock, 8_000)
    assert.ok(window.isOpen('a'))
    clock.advance(7_999)
    assert.ok(window.isOpen('a'))
    clock.advance(1)
    assert.equal(window.isOpen('a'), false)
    assert.ok(window.isOpen('b'))
  })

  it('begins anew for who comes long after it, as another user of the same key does', () => {
    const clock = new FakeClock()
    const window = new RetryWindow(clock, 8_000)
    assert.ok(window.isOpen('a'))
    clock.advance(15_999)
    assert.equal(window.isOpen('a'), false)
    clock.advance(1)
    assert.ok(window.isOpen('a'))
    clock.advance(8_000)
    assert.equal(window.isOpen('a'), false)
  })

  it('forgets old requests, and holds a bounded number', () => {
    const clock = new FakeClock()
    const window = new RetryWindow(clock, 8_000)
    window.isOpen('first')
    clock.advance(8_000)
    for (let request = 0; request < 20_000; request += 1) window.isOpen(`request ${request}`)
    assert.ok(window.isOpen('first'), 'it was dropped for room, and begins anew')
    assert.ok(window.isOpen('request 19999'))
  })
})
