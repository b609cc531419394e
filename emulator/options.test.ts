import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Faults } from './faults.ts'
import { parseFault } from './options.ts'

describe('parseFault', () => {
  it('reads a name with an amount, 1 when there is none', () => {
    assert.deepEqual(parseFault('unavailable'), { name: 'unavailable', value: 1 })
    assert.deepEqual(parseFault('slow-query=250'), { name: 'slow-query', value: 250 })
  })

  it('refuses unknown names and amounts that are no whole number', () => {
    for (const text of [
      'nonsense',
      '',
      'toString',
      'unavailable=',
      'unavailable=x',
      'unavailable=-1',
      'unavailable=1=2',
    ]) {
      assert.throws(() => parseFault(text), RangeError, text)
    }
  })
})

describe('Faults', () => {
  it('are used up as their kind says', () => {
    const faults = new Faults([parseFault('unavailable=2'), parseFault('slow-query=9'), parseFault('huge-answer=99')])
    assert.deepEqual(
      [1, 2, 3].map(() => faults.take('unavailable')),
      [2, 1, 0],
    )
    assert.deepEqual(
      [1, 2].map(() => faults.take('slow-query')),
      [9, 9],
    )
    assert.deepEqual(
      [1, 2].map(() => faults.take('huge-answer')),
      [99, 0],
    )
    assert.deepEqual(faults.current(), { 'slow-query': 9 })
    faults.clear()
    assert.equal(faults.take('slow-query'), 0)
  })
})
