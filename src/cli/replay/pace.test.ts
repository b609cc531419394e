import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pace } from './pace.ts'

describe('the pace of a film', () => {
  it('is the recorded one', () => {
    const pace = new Pace(1)
    pace.begin(1000, 50)
    assert.equal(pace.due(50), 1000)
    assert.equal(pace.due(1049), 1)
    assert.equal(pace.due(9999), 0)
  })

  it('changes in the middle of a wait, between half and sixteen times', () => {
    const pace = new Pace(1)
    pace.begin(1000, 0)
    pace.changeSpeed(2, 500)
    assert.deepEqual([pace.speed, pace.due(500)], [2, 250])
    for (let press = 0; press < 9; press += 1) pace.changeSpeed(2, 500)
    assert.equal(pace.speed, 16)
    for (let press = 0; press < 9; press += 1) pace.changeSpeed(0.5, 500)
    assert.deepEqual([pace.speed, pace.due(500)], [0.5, 1000])
  })

  it('stands still while paused and then goes on with the rest', () => {
    const pace = new Pace(1)
    pace.begin(1000, 0)
    pace.pause(true, 400)
    assert.equal(pace.due(5000), null)
    pace.changeSpeed(2, 5000)
    pace.pause(false, 9000)
    assert.equal(pace.due(9000), 300)
  })
})
