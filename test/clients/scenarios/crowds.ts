/** Many at once. */
import assert from 'node:assert/strict'
import { resultOf, type Scenario } from '../scenario.ts'

const AT_ONCE = 32
const EACH = 3

export const CROWDS: readonly Scenario[] = [
  {
    name: 'crowd',
    title: '32 connections at once',
    program: 'crowd',
    target: () => ({ rows: AT_ONCE, each: EACH }),
    check: async ({ answer, events }) => {
      assert.deepEqual(resultOf(answer), [AT_ONCE * EACH, (EACH * AT_ONCE * (AT_ONCE - 1)) / 2])
      const opened = (await events()).filter(({ type }) => type === 'session.opened')
      assert.equal(opened.length, AT_ONCE)
    },
  },
]
