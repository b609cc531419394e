import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { press } from './keyboard.ts'
import { Pacer, type PaceState } from './pacer.ts'

describe('the pace of a replay', () => {
  let clock: FakeClock
  let states: PaceState[]
  let pacer: Pacer
  let answer: string | null

  beforeEach(() => {
    clock = new FakeClock()
    states = []
    pacer = new Pacer(clock, 1, (state) => states.push(state))
    answer = null
  })

  async function begin(ms: number): Promise<void> {
    answer = null
    void pacer.wait(ms).then((result) => {
      answer = result
    })
    await setImmediate()
  }

  async function after(ms: number): Promise<string | null> {
    clock.advance(ms)
    await setImmediate()
    return answer
  }

  it('is the recorded one', async () => {
    await begin(1000)
    assert.equal(await after(999), null)
    assert.equal(await after(1), 'go')
  })

  it('changes in the middle of a wait', async () => {
    await begin(1000)
    assert.equal(await after(500), null)
    press('+', pacer)
    assert.equal(await after(249), null)
    assert.equal(await after(1), 'go')
    assert.deepEqual(states, [{ speed: 2, paused: false }])
  })

  it('stays between half and sixteen times', () => {
    press('++++++++', pacer)
    assert.equal(states.at(-1)!.speed, 16)
    press('-----------', pacer)
    assert.equal(states.at(-1)!.speed, 0.5)
  })

  it('stands still while paused and then goes on with the rest', async () => {
    await begin(1000)
    await after(400)
    press(' ', pacer)
    assert.equal(await after(1_000_000), null)
    press(' ', pacer)
    assert.equal(await after(599), null)
    assert.equal(await after(1), 'go')
  })

  it('goes step by step while paused', async () => {
    press(' ', pacer)
    await begin(0)
    assert.equal(await after(1000), null)
    press('.', pacer)
    assert.equal(await after(0), 'go')
    await begin(5000)
    press('\u001b[C', pacer)
    assert.equal(await after(0), 'go')
  })

  it('ends with q, Ctrl-C and Ctrl-D, and stays ended', async () => {
    for (const key of ['q', '\u0003', '\u0004']) {
      pacer = new Pacer(clock, 1)
      await begin(1000)
      press(key, pacer)
      assert.equal(await after(0), 'quit')
      assert.equal(await pacer.wait(1000), 'quit')
    }
  })

  it('leaves no timer behind', async () => {
    await begin(1000)
    press(' . +q', pacer)
    await after(0)
    assert.equal(clock.waiting, 0)
  })
})
