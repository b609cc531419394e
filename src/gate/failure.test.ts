import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { IcecoreError } from '../errors.ts'
import { failureOfDenial, failureOfError, toIcecoreError } from './failure.ts'

const QUERY_ID = '01000000-0000-4000-8000-000000000001'

function tailOf(message: string): unknown {
  return JSON.parse(message.slice(message.lastIndexOf('icecore:{') + 'icecore:'.length))
}

describe('what a driver is shown of a failure', () => {
  it('says of a defect an id and nothing of its text', () => {
    const error = toIcecoreError(new Error('password=hunter2 at /srv/icecore'), 'error-7')
    const { message, code, icecore } = failureOfError(error, QUERY_ID)
    assert.equal(icecore, 'ICE_INTERNAL')
    assert.equal(code, '000603')
    assert.match(message, /error-7/)
    assert.doesNotMatch(message, /hunter2|srv/)
  })

  it('leaves an error of its own as it is', () => {
    const error = new IcecoreError('ICE_HANDLE_UNKNOWN')
    assert.equal(toIcecoreError(error, 'error-7'), error)
  })

  it('denies with reasons, what is allowed, and a last line for programs', () => {
    const reasons = [{ code: 'never.credentials', text: 'It makes a credential.' }]
    const { message, code, sqlState } = failureOfDenial({ statement: 's1', reasons, allowed: 'queries' }, QUERY_ID)
    assert.deepEqual([code, sqlState], ['003001', '42501'])
    assert.match(message, /It makes a credential\. \(never\.credentials\)\nAllowed: queries\./)
    assert.deepEqual(tailOf(message), {
      code: 'ICE_STATEMENT_REFUSED',
      request: 's1',
      wait: false,
      allowed: 'queries',
      try: 'change the statement and send it again',
    })
  })

  it('has the codes that drivers treat in a way of their own', () => {
    const codes = (['ICE_STATEMENT_CANCELLED', 'ICE_HANDLE_UNKNOWN', 'ICE_ANSWER_REFUSED'] as const).map(
      (code) => failureOfError(new IcecoreError(code, { what: 'a stage credential' }), QUERY_ID).code,
    )
    assert.deepEqual(codes, ['000604', '000612', '003001'])
  })
})
