import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readLoginRequest } from '../../core/wire/index.ts'
import { toLogInRequest } from './log-in-request.ts'

const NETWORK = { address: '127.0.0.1', userAgent: null }
const JWT = 'aaa.bbb.ccc'

function logIn(data: Record<string, unknown>, query = '') {
  const read = readLoginRequest(Buffer.from(JSON.stringify({ data: { ACCOUNT_NAME: 'prod', ...data } })))
  return toLogInRequest(read, new URL(`http://icecore/session/v1/login-request?${query}`), NETWORK)
}

describe('toLogInRequest', () => {
  const taken: readonly (readonly [string, Record<string, unknown>])[] = [
    ['OAUTH', { AUTHENTICATOR: 'OAUTH', TOKEN: JWT }],
    ['oauth in other letters', { AUTHENTICATOR: 'oauth', TOKEN: JWT }],
    ['a token without an authenticator, as Go sends it', { TOKEN: JWT }],
    ['PROGRAMMATIC_ACCESS_TOKEN', { AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: JWT }],
    ['WORKLOAD_IDENTITY of provider OIDC', { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'OIDC', TOKEN: JWT }],
    ['a token in the password field', { PASSWORD: JWT }],
    ['a token in the password field of Node', { AUTHENTICATOR: 'SNOWFLAKE', PASSWORD: JWT }],
  ]
  for (const [what, data] of taken) {
    it(`takes ${what}`, () => {
      assert.equal(logIn(data).token.reveal(), JWT)
    })
  }

  const refused: readonly (readonly [string, Record<string, unknown>])[] = [
    ['a password', { PASSWORD: 'hunter2' }],
    ['nothing at all', {}],
    ['OAUTH without a token', { AUTHENTICATOR: 'OAUTH' }],
    ['a key-pair JWT', { AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: JWT }],
    [
      'WORKLOAD_IDENTITY of a cloud, whose token works at Snowflake',
      { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'AWS', TOKEN: JWT },
    ],
    ['an external browser', { AUTHENTICATOR: 'EXTERNALBROWSER', TOKEN: JWT }],
    ['Okta', { AUTHENTICATOR: 'https://acme.okta.com', TOKEN: JWT }],
  ]
  for (const [what, data] of refused) {
    it(`refuses ${what}, and says what to use`, () => {
      assert.throws(
        () => logIn(data),
        (error: { readonly code?: string; readonly hint?: string }) =>
          error.code === 'ICE_LOGIN_REFUSED' && /OAUTH/.test(error.hint ?? ''),
      )
    })
  }

  it('reads the context from the query, and the role as Snowflake reads names', () => {
    const query = 'warehouse=WH&databaseName=shop&schemaName=&roleName=analyst'
    const request = logIn({ TOKEN: JWT }, query)
    assert.deepEqual(
      [request.warehouse, request.database, request.schema, request.role],
      ['WH', 'shop', null, 'ANALYST'],
    )
    assert.equal(logIn({ TOKEN: JWT }, 'roleName=%22Mixed%22').role, 'Mixed')
    assert.equal(logIn({ TOKEN: JWT }).role, null)
  })
})
