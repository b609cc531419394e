import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkOrder } from './check-operation.ts'
import type { Finding } from './problem.ts'

interface Row {
  readonly what: string
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly finding: Omit<Finding, 'code'>
  /** The harmless twin. */
  readonly twin: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const ROWS: readonly Row[] = [
  {
    what: 'fewer sessions than one principal may have where nothing is written',
    config: { limits: { sessions: 10 } },
    finding: {
      message: '"sessions" must not be less than "sessions_per_principal", which is 100 where it is not written',
      hint: 'write "sessions_per_principal: 10" or less beside it, or raise "sessions"',
      path: ['limits', 'sessions'],
    },
    twin: { limits: { sessions: 10, sessions_per_principal: 10 } },
  },
  {
    what: 'more sessions for one principal than there are',
    config: { limits: { sessions: 10, sessions_per_principal: 11 } },
    finding: {
      message: '"sessions_per_principal" must not be more than "sessions", which is 10',
      hint: 'lower "sessions_per_principal", or raise "sessions"',
      path: ['limits', 'sessions_per_principal'],
    },
    twin: { limits: { sessions: 100 } },
  },
  {
    what: 'tokens that outlive the master token that nobody wrote',
    config: { sessions: { token_life: '5h' } },
    finding: {
      message: '"token_life" must not be more than "master_life", which is 4h where it is not written',
      hint: 'lower "token_life", or raise "master_life"',
      path: ['sessions', 'token_life'],
    },
    twin: { sessions: { token_life: '5h', master_life: '6h' } },
  },
  {
    what: 'a request that is larger packed than unpacked',
    config: { limits: { request_body: '2MiB', decompressed_body: '1MiB' } },
    finding: {
      message: '"request_body" must not be more than "decompressed_body", which is 1MiB',
      hint: 'lower "request_body", or raise "decompressed_body"',
      path: ['limits', 'request_body'],
    },
    twin: { limits: { request_body: '1MiB', decompressed_body: '1MiB' } },
  },
  {
    what: 'an answer that could never be in memory',
    config: { limits: { answers_in_memory: '32MiB' } },
    finding: {
      message: '"answers_in_memory" must not be less than "envelope", which is 64MiB where it is not written',
      hint: 'write "envelope: 32MiB" or less beside it, or raise "answers_in_memory"',
      path: ['limits', 'answers_in_memory'],
    },
    twin: { limits: { answers_in_memory: '32MiB', envelope: '32MiB' } },
  },
]

describe('values that stand in an order', () => {
  for (const { what, config, finding, twin } of ROWS) {
    it(`do not take ${what}, and say at what is written what to do`, () => {
      assert.deepEqual([...checkOrder(config)], [{ code: 'invalid_value', ...finding }])
      assert.deepEqual([...checkOrder(twin)], [])
    })
  }

  it('are in order where nothing is written', () => {
    assert.deepEqual([...checkOrder({})], [])
    assert.deepEqual([...checkOrder({ limits: null, sessions: null })], [])
  })
})
