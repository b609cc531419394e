import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { failureOf } from './transport-failure.ts'

function coded(code: string): Error {
  return Object.assign(new Error(`about SECRET bytes`), { code, data: 'token: SECRET' })
}

describe('failureOf', () => {
  const table: readonly (readonly [string, 'no' | 'maybe', boolean])[] = [
    ['ECONNREFUSED', 'no', false],
    ['UND_ERR_CONNECT_TIMEOUT', 'no', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'no', true],
    ['CERT_HAS_EXPIRED', 'no', true],
    ['ECONNRESET', 'maybe', false],
    ['UND_ERR_SOCKET', 'maybe', false],
    ['HPE_INVALID_CONSTANT', 'maybe', false],
  ]
  for (const [code, sent, final] of table) {
    it(`${code}: sent ${sent}${final ? ', final' : ''}`, () => {
      const failure = failureOf(coded(code))
      assert.deepEqual([failure.sent, failure.final, failure.status], [sent, final, 0])
      assert.match(failure.message, new RegExp(code))
    })
  }

  it('looks into what failed on every address, and takes the strict side of what it does not know', () => {
    assert.equal(failureOf(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])).sent, 'no')
    assert.equal(failureOf('odd').sent, 'maybe')
  })

  it('keeps nothing but the code', () => {
    assert.ok(!inspect(failureOf(coded('HPE_INVALID_CONSTANT')), { depth: 9, showHidden: true }).includes('SECRET'))
  })
})
