import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { isIcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import {
  clientProfile,
  driverParameters,
  encodeLoginAnswer,
  encodeLoginRefusal,
  encodeTokenAnswer,
  encodeTokenRequest,
  readLoginAnswer,
  readLoginRequest,
  readTokenAnswer,
  readTokenRequest,
} from './index.ts'

const login = (data: object) => readLoginRequest(Buffer.from(JSON.stringify({ data })))

/** Appendix A.1, with the token of an OAUTH log-in. */
const NODE = {
  CLIENT_APP_ID: 'JavaScript',
  CLIENT_APP_VERSION: '3.3.0',
  ACCOUNT_NAME: 'acct',
  LOGIN_NAME: 'alice',
  AUTHENTICATOR: 'oauth',
  TOKEN: 'eyJ.SECRET',
  CLIENT_ENVIRONMENT: { OS: 'Linux', PLATFORM: ['a'] },
  SESSION_PARAMETERS: {
    CLIENT_REQUEST_MFA_TOKEN: false,
    QUERY_TAG: 't',
    '_SNOWFLAKE.INTERNAL.CONNECTIONIDENTIFIERSHAPE': { a: 1 },
    EMPTY: null,
  },
}

describe('readLoginRequest', () => {
  it('reads a log-in, and shows no secret of it', () => {
    const request = login(NODE)
    assert.partialDeepStrictEqual(request, {
      application: 'JavaScript',
      applicationVersion: '3.3.0',
      accountName: 'acct',
      loginName: 'alice',
      authenticator: 'OAUTH',
      password: null,
      provider: null,
    })
    assert.equal(request.token?.reveal(), 'eyJ.SECRET')
    assert.deepEqual({ ...request.sessionParameters }, { CLIENT_REQUEST_MFA_TOKEN: false, QUERY_TAG: 't' })
    assert.deepEqual({ ...request.environment }, { OS: 'Linux', PLATFORM: ['a'] })
    assert.ok(!inspect(request, { depth: 9 }).includes('SECRET') && !JSON.stringify(request).includes('SECRET'))
  })

  it('takes a log-in with nothing but data: Py4 sends nulls, others leave out', () => {
    const request = login({ SVN_REVISION: null, PASSWORD: 'p', LOGIN_NAME: null })
    assert.equal(request.password?.reveal(), 'p')
    assert.equal(request.authenticator, null)
    assert.equal(request.application, '')
  })

  it('cuts the environment at its cap', () => {
    const request = login({ CLIENT_ENVIRONMENT: { A: 'x'.repeat(9000), B: 'y'.repeat(9000), C: 1 } })
    assert.deepEqual(Object.keys(request.environment), ['A'])
  })

  for (const [name, data, reason] of [
    ['a name that is too long', { LOGIN_NAME: 'x'.repeat(300) }, /LOGIN_NAME is longer/],
    ['a token that is too long', { TOKEN: 'x'.repeat(70_000) }, /TOKEN is longer/],
    ['a name that is no text', { ACCOUNT_NAME: 1 }, /ACCOUNT_NAME is no text/],
    ['parameters that are a list', { SESSION_PARAMETERS: [] }, /SESSION_PARAMETERS is no object/],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => login(data),
        (error) => isIcecoreError(error, 'ICE_REQUEST_MALFORMED') && reason.test(error.message),
      )
    })
  }

  it('refuses a body without data', () => {
    for (const body of ['{}', '{"data":null}', '[]', '']) {
      assert.throws(
        () => readLoginRequest(Buffer.from(body)),
        (error) => isIcecoreError(error, 'ICE_REQUEST_MALFORMED'),
      )
    }
  })
})

describe('the log-in answer', () => {
  it('has the whole shape that drivers rely on, and is read back', () => {
    const parameters = driverParameters(new Map([['TIMEZONE', 'Europe/Berlin']]), clientProfile('JavaScript', '3.3.0'))
    const bytes = encodeLoginAnswer({
      token: new Secret('S'),
      masterToken: new Secret('M'),
      validitySeconds: 3600,
      masterValiditySeconds: 14400,
      displayUserName: 'ALICE',
      serverVersion: '9.1.0',
      sessionId: '9007199254740993',
      parameters,
      context: { role: 'R', warehouse: null, database: 'D', schema: null },
    })
    const { data } = JSON.parse(Buffer.from(bytes).toString()) as { data: Record<string, unknown> }
    assert.partialDeepStrictEqual(data, {
      token: 'S',
      masterToken: 'M',
      healthCheckInterval: 45,
      idToken: null,
      mfaToken: null,
      sessionInfo: { roleName: 'R', warehouseName: null, databaseName: 'D', schemaName: null },
    })
    const { opened } = readLoginAnswer(bytes)
    assert.equal(opened?.token.reveal(), 'S')
    assert.equal(opened?.sessionId, '9007199254740993')
    assert.equal(opened?.parameters.get('TIMEZONE'), 'Europe/Berlin')
    assert.equal(opened?.parameters.get('CLIENT_TELEMETRY_ENABLED'), false)
    assert.equal(opened?.parameters.get('BINARY_OUTPUT_FORMAT'), 'HEX')
  })

  it('of the upstream is refused without tokens or id, and read when it refuses', () => {
    assert.throws(() => readLoginAnswer(Buffer.from('{"success":true,"data":{"token":"a"}}')), /no tokens/)
    assert.throws(
      () => readLoginAnswer(Buffer.from('{"success":true,"data":{"token":"a","masterToken":"b"}}')),
      /no session id/,
    )
    const refusal = readLoginAnswer(
      encodeLoginRefusal({ code: '390100', message: 'no', loginName: null, requestId: null }),
    )
    assert.deepEqual(refusal, { success: false, code: '390100', message: 'no', opened: null })
  })
})

describe('renewal', () => {
  it('is written and read on both sides', () => {
    const request = readTokenRequest(encodeTokenRequest(new Secret('OLD')))
    assert.equal(request.oldSessionToken.reveal(), 'OLD')
    assert.equal(request.requestType, 'RENEW')
    const answer = readTokenAnswer(
      encodeTokenAnswer({
        sessionToken: new Secret('S2'),
        masterToken: new Secret('M2'),
        validitySeconds: 1,
        masterValiditySeconds: 2,
        sessionId: '5',
      }),
    )
    assert.equal(answer.success && answer.tokens.masterToken.reveal(), 'M2')
    assert.equal(answer.success && answer.tokens.masterValiditySeconds, 2)
    assert.deepEqual(readTokenAnswer(Buffer.from('{"success":false,"code":"390114"}')), {
      success: false,
      code: '390114',
      message: null,
    })
    assert.throws(() => readTokenAnswer(Buffer.from('{"success":true,"data":{}}')), /no tokens/)
    for (const body of ['{}', '{"oldSessionToken":"a"}', '{"requestType":"RENEW"}']) {
      assert.throws(
        () => readTokenRequest(Buffer.from(body)),
        (error) => isIcecoreError(error, 'ICE_REQUEST_MALFORMED'),
      )
    }
  })
})
