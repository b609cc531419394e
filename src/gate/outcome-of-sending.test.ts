import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, type ErrorDetails, IcecoreError, isIcecoreError } from '../errors.ts'
import { outcomeOfSending } from './outcome-of-sending.ts'

describe('outcomeOfSending', () => {
  const table: readonly (readonly [ErrorCode, ErrorDetails, 'before it is taken' | 'never', string])[] = [
    ['ICE_UPSTREAM_UNAVAILABLE', { sent: 'no' }, 'before it is taken', 'nobody listens'],
    ['ICE_UPSTREAM_UNAVAILABLE', { sent: 'maybe' }, 'never', 'the connection drops'],
    ['ICE_UPSTREAM_SESSION_LOST', {}, 'before it is taken', 'the session is refused'],
    ['ICE_CERTIFICATE_UNTRUSTED', { peer: 'x', reason: 'y' }, 'before it is taken', 'the certificate is refused'],
    ['ICE_UPSTREAM_PROTOCOL', { reason: 'x' }, 'never', 'the answer cannot be read'],
  ]
  for (const [code, details, known, what] of table) {
    const error = new IcecoreError(code, details)
    it(`where ${what} (${JSON.stringify(details)}), knows that it did not run: ${known}`, () => {
      for (const taken of [false, true]) {
        const outcome = outcomeOfSending(error, taken)
        if (!taken && known === 'before it is taken') assert.equal(outcome, error)
        else assert.ok(isIcecoreError(outcome, 'ICE_OUTCOME_UNKNOWN') && outcome.cause === error)
      }
    })
  }

  it('leaves a cancellation, a record that fails and a defect as they are', () => {
    for (const error of [
      new IcecoreError('ICE_STATEMENT_CANCELLED'),
      new IcecoreError('ICE_RECORD_UNAVAILABLE'),
      new TypeError('x'),
    ]) {
      for (const taken of [false, true]) assert.equal(outcomeOfSending(error, taken), error)
    }
  })
})
