import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Principal } from '../../core/identity/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { IssuerSettings } from './index.ts'
import { refusalOf, settings, TokenFixture } from './testing/token-fixture.ts'

const fixture = await TokenFixture.start()
const { okta, entra, rsa } = fixture
after(() => fixture.close())

describe('refusals', () => {
  test('tell the driver a class only, and hold nothing of the token', async () => {
    const token = okta.mint({ aud: 'other-app', email: 'eve@example.com' })
    const error = await fixture
      .makeVerifier()
      .verify(token)
      .catch((reason: unknown) => reason)
    assert(error instanceof IcecoreError)
    assert.equal(error.message, 'The token was not accepted: token not accepted.')
    const seen = `${error.stack} ${JSON.stringify(error)} ${String((error.cause as Error).stack)}`
    for (const part of [...token.split('.'), 'eve@example.com']) assert(!seen.includes(part))
  })

  test('cut what they quote', async () => {
    const { detail } = await refusalOf(
      fixture.makeVerifier().verify(okta.mint({ iss: `https://${'x'.repeat(5000)}\n` })),
    )
    assert(detail.length < 200 && !detail.includes('\n'))
  })
})

describe('what is accepted', () => {
  test('every algorithm of the allow-list', async () => {
    for (const idp of [okta, entra, rsa])
      assert.equal((await fixture.makeVerifier().verify(idp.mint())).human?.subject, 'user-1')
  })

  test('claims of any name, those of JavaScript and of our own types included', async () => {
    const body = fixture.payload(
      ',"__proto__":{"groups":["ADMINS"]},"constructor":1,"refused":"token expired","detail":"x"',
    )
    const principal = await fixture.makeVerifier().verify(fixture.sign(fixture.header(), body))
    assert.equal(principal.claims.refused, 'token expired')
    assert.equal(principal.groups.status, 'unknown')
  })

  test('ID tokens where an issuer is configured for them', async () => {
    await fixture.makeVerifier({ idTokens: true }).verify(okta.mint({ nonce: 'n', at_hash: 'h' }))
  })

  test('the same subject of two issuers makes two principals', async () => {
    const verifier = fixture.makeVerifier()
    const ids = [await verifier.verify(okta.mint()), await verifier.verify(entra.mint())].map(({ id }) => id)
    assert.deepEqual(ids, ['human:okta|user-1', 'human:entra|user-1'])
  })

  test('a token is known by its jti, else by a hash that its signature does not change', async () => {
    const verifier = fixture.makeVerifier()
    assert.equal((await verifier.verify(okta.mint({ jti: 'j-1' }))).token.id, 'j-1')
    const ids = await Promise.all(
      [1, 2].map(async () => (await verifier.verify(okta.mint({ jti: undefined }))).token.id),
    )
    assert.match(ids[0]!, /^sha256:[0-9a-f]{64}$/)
    assert.equal(ids[0], ids[1])
    for (const jti of ['', 'a b', 'a\n', 'x'.repeat(129), 7]) {
      assert.match((await verifier.verify(okta.mint({ jti }))).token.id, /^sha256:/)
    }
  })
})

describe('two entries with one iss', () => {
  const issuers = (): readonly IssuerSettings[] => [
    settings(okta, 'people', { audiences: ['web'], requiredClaims: { hd: 'acme.example' } }),
    settings(okta, 'machines', { audiences: ['jobs'], proves: [{ kind: 'workload' }] }),
  ]
  const verify = (claims: Readonly<Record<string, unknown>>): Promise<Principal> =>
    fixture.makeVerifier({}, { issuers: issuers() }).verify(okta.mint(claims))

  test('are told apart by the audience', async () => {
    assert.equal((await verify({ aud: 'web', hd: 'acme.example' })).id, 'human:people|user-1')
    assert.equal((await verify({ aud: 'jobs' })).id, 'workload:machines|user-1')
  })

  test('a machine cannot pass for a person, nor a token pass for both', async () => {
    assert.match((await refusalOf(verify({ aud: 'web' }))).detail, /issuer people: .*\(hd\)/)
    assert.match((await refusalOf(verify({ aud: ['web', 'jobs'] }))).detail, /fits 2 of the issuers/)
    assert.match((await refusalOf(verify({ aud: 'other' }))).detail, /fits 0 of the issuers/)
  })
})

describe('unsafe settings', () => {
  const unsafe: readonly (readonly [string, Partial<IssuerSettings>])[] = [
    ['http beyond this machine', { issuer: 'http://idp.example' }],
    ['a key set by http beyond this machine', { keys: { from: 'jwks', uri: 'http://idp.example/keys' } }],
    ['credentials in an URL', { issuer: 'https://user:pass@idp.example' }],
    ['no audience', { audiences: [] }],
    ['no algorithm', { algorithms: [] }],
    ['a symmetric algorithm', { algorithms: ['HS256' as 'RS256'] }],
    ['no algorithm at all', { algorithms: ['none' as 'RS256'] }],
    ['no type', { types: [] }],
    ['no kind of subject', { proves: [] }],
    ['a lifetime of nothing', { maxLifetimeMs: 0 }],
    ['a skew that is no number', { clockSkewMs: Number.NaN }],
    ['the name of another issuer', { name: 'entra' }],
  ]
  for (const [name, changes] of unsafe) {
    test(name, () => {
      assert.throws(() => fixture.makeVerifier(changes), { code: 'ICE_CONFIG_INVALID' })
    })
  }

  test('one iss and audience twice', () => {
    const issuers = [settings(okta, 'one'), settings(okta, 'two')]
    assert.throws(() => fixture.makeVerifier({}, { issuers }), { code: 'ICE_CONFIG_INVALID' })
  })

  test('the harmless twin', () => {
    fixture.makeVerifier({ issuer: 'https://idp.example', keys: { from: 'jwks', uri: 'https://keys.example/keys' } })
  })
})
