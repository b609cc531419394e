import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SCENARIOS } from './scenarios/index.ts'
import { TRAPS } from './traps.ts'

describe('the scenarios of the clients', () => {
  const names = SCENARIOS.map(({ name }) => name)

  it('have a name each', () => {
    assert.deepEqual([...new Set(names)], names)
  })

  it('are there for every trap', () => {
    for (const { trap, scenarios } of TRAPS) {
      assert.notEqual(scenarios.length, 0, trap)
      for (const scenario of scenarios) assert.ok(names.includes(scenario), `${trap}: ${scenario}`)
    }
  })
})
