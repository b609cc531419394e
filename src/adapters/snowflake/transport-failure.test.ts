import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { isIcecoreError } from '../../errors.ts'
import { failureOf, TransportFailure } from './transport-failure.ts'

function coded(code: string): Error {
  return Object.assign(new Error(`about SECRET bytes`), { code, data: 'token: SECRET' })
}

function sentOf(error: unknown): string {
  const failure = failureOf(error)
  assert.ok(failure instanceof TransportFailure && failure.status === 0)
  return failure.sent
}

describe('failureOf', () => {
  const table: readonly (readonly [string, 'no' | 'maybe'])[] = [
    ['ECONNREFUSED', 'no'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no'],
    ['ECONNRESET', 'maybe'],
    ['UND_ERR_SOCKET', 'maybe'],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', 'maybe'],
    ['HPE_INVALID_CONSTANT', 'maybe'],
  ]
  for (const [code, sent] of table) {
    it(`${code}: sent ${sent}`, () => {
      assert.equal(sentOf(coded(code)), sent)
      assert.match(failureOf(coded(code)).message, new RegExp(code))
    })
  }

  for (const code of ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
    it(`${code}: the certificate is not trusted, which no further attempt changes`, () => {
      assert.ok(isIcecoreError(failureOf(coded(code)), 'ICE_CERTIFICATE_UNTRUSTED'))
    })
  }

  it('looks into what failed on every address, and takes the strict side of what it does not know', () => {
    assert.equal(sentOf(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])), 'no')
    assert.equal(sentOf('odd'), 'maybe')
  })

  it('keeps nothing but the code', () => {
    assert.ok(!inspect(failureOf(coded('HPE_INVALID_CONSTANT')), { depth: 9, showHidden: true }).includes('SECRET'))
  })
})
