import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { MemoryRecorder } from '../../test/support/memory-recorder.ts'
import { silentLog } from '../lib/log.ts'
import { Refusals } from './refusals.ts'

function open(kinds = 100) {
  const clock = new FakeClock()
  const recorder = new MemoryRecorder()
  const refusals = new Refusals({ recorder, clock, log: silentLog }, { window: 60_000, kinds })
  const refuse = (address: string, reason = 'token expired'): void =>
    refusals.loginRefused({ network: { address, userAgent: null }, connection: 'prod', reason, detail: 'd' })
  const recorded = (): readonly (readonly [string, number])[] =>
    recorder.events.map((event) => {
      assert.equal(event.type, 'login.refused')
      return [event.facts.network?.address ?? '', event.facts.attempts] as const
    })
  return { clock, recorder, refuse, recorded }
}

describe('Refusals', () => {
  it('records the first of a source at once, and counts the others of the window', () => {
    const { clock, refuse, recorded } = open()
    for (let attempt = 0; attempt < 1000; attempt += 1) refuse('10.0.0.1')
    assert.deepEqual(recorded(), [['10.0.0.1', 1]])
    clock.advance(60_000)
    assert.deepEqual(recorded(), [
      ['10.0.0.1', 1],
      ['10.0.0.1', 999],
    ])
  })

  it('begins anew after a window', () => {
    const { clock, refuse, recorded } = open()
    refuse('10.0.0.1')
    clock.advance(60_000)
    refuse('10.0.0.1')
    assert.equal(recorded().length, 2)
  })

  it('keeps sources and reasons apart', () => {
    const { refuse, recorded } = open()
    refuse('10.0.0.1')
    refuse('10.0.0.2')
    refuse('10.0.0.2', 'token not accepted')
    assert.equal(recorded().length, 3)
  })

  it('counts together what goes beyond its limit of kinds', () => {
    const { clock, refuse, recorded } = open(2)
    for (let source = 0; source < 50; source += 1) refuse(`10.0.0.${source}`)
    clock.advance(60_000)
    assert.deepEqual(recorded(), [
      ['10.0.0.0', 1],
      ['10.0.0.1', 1],
      ['many', 47],
    ])
  })

  it('stays a refusal when it cannot be recorded', () => {
    const { recorder, refuse } = open()
    recorder.broken = true
    assert.doesNotThrow(() => refuse('10.0.0.1'))
  })
})
