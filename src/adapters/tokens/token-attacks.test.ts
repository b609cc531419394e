import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { makeKey } from '../../../test/support/test-idp.ts'
import type { IssuerSettings } from './index.ts'
import { HOUR, refusalOf, TokenFixture } from './testing/token-fixture.ts'

const fixture = await TokenFixture.start()
const { okta, entra, rsa, seconds } = fixture
after(() => fixture.close())

interface Attack {
  readonly name: string
  readonly changes?: Partial<IssuerSettings>
  readonly token: () => string
  /** The nearest thing that is no attack: it must get in. */
  readonly twin: () => string
  readonly reason?: string
  readonly detail: RegExp
}

const withHeader = (head: Readonly<Record<string, unknown>>): string => okta.mint({}, { header: head })
const forger = makeKey('ES256', 'key-1')
const plain = (): string => okta.mint()

const ATTACKS: readonly Attack[] = [
  // Algorithms and keys.
  {
    name: 'algorithm none, without a signature',
    token: () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${plain().split('.')[1]}.`,
    twin: plain,
    detail: /not base64url/,
  },
  ...['none', 'None', 'NONE', 'HS256', 'es256', '', 'RS256 '].map((alg) => ({
    name: `algorithm ${JSON.stringify(alg)}`,
    token: () => withHeader({ alg }),
    twin: () => withHeader({ alg: 'ES256' }),
    detail: /algorithm is "/,
  })),
  {
    name: 'algorithm of another type',
    token: () => withHeader({ alg: ['ES256'] }),
    twin: plain,
    detail: /algorithm is \["ES256"\]/,
  },
  {
    name: 'HMAC keyed with the public key',
    token: () => {
      const head = Buffer.from(fixture.header(rsa.key).replace('RS256', 'HS256')).toString('base64url')
      const body = rsa.mint().split('.')[1]!
      const pem = createPublicKey({ key: rsa.key.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
      return `${head}.${body}.${createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url')}`
    },
    twin: () => rsa.mint(),
    detail: /algorithm is "HS256"/,
  },
  {
    name: 'an algorithm that this issuer may not use',
    changes: { algorithms: ['RS256'] },
    token: plain,
    twin: () => rsa.mint(),
    detail: /algorithm is "ES256"/,
  },
  {
    name: 'signed with a foreign key under a known id',
    token: () => okta.mint({}, { key: forger }),
    twin: plain,
    detail: /signature fits no key/,
  },
  {
    name: 'signed with the key of another configured issuer',
    token: () => okta.mint({}, { key: { ...entra.key, algorithm: 'EdDSA' } }),
    twin: () => entra.mint(),
    detail: /no key of the issuer/,
  },
  ...['jwk', 'jku', 'x5c', 'x5u'].map((name) => ({
    name: `brings its own key (${name})`,
    token: () => okta.mint({}, { key: forger, header: { [name]: name === 'jwk' ? forger.jwk : okta.jwksUri } }),
    twin: () => withHeader({ x5t: 'a-thumbprint-says-nothing' }),
    detail: new RegExp(`header has ${name}$`),
  })),
  ...[
    { crit: ['exp'] },
    { crit: [] },
    { crit: ['b64'], b64: false },
    { b64: false },
    { b64: true },
    { zip: 'DEF' },
  ].map((head) => ({
    name: `header ${JSON.stringify(head)}`,
    token: () => withHeader(head),
    twin: () => withHeader({ nonsense: true }),
    detail: /header has (crit|b64|zip)$/,
  })),
  ...['../../../dev/null', "' OR 1=1 --", 'key-1\u0000', 'KEY-1', '', '__proto__'].map((kid) => ({
    name: `key id ${JSON.stringify(kid)}`,
    token: () => withHeader({ kid }),
    twin: () => withHeader({ kid: 'key-1' }),
    detail: /no key of the issuer/,
  })),
  ...[1, null, ['key-1'], 'k'.repeat(257)].map((kid) => ({
    name: `key id ${JSON.stringify(kid).slice(0, 20)} of the wrong form`,
    token: () => withHeader({ kid }),
    twin: () => withHeader({ kid: undefined }),
    detail: /key id is not a text/,
  })),
  {
    name: 'a revoked key that is still published',
    changes: { revokedKeyIds: ['key-1'] },
    token: plain,
    twin: () => entra.mint(),
    detail: /no key of the issuer/,
  },
  // The form of the token.
  { name: 'not a token', token: () => 'hello', twin: plain, detail: /has 1 parts/ },
  { name: 'empty', token: () => '', twin: plain, detail: /has 1 parts/ },
  { name: 'encrypted (five parts)', token: () => `${plain()}.a.b`, twin: plain, detail: /has 5 parts/ },
  { name: 'a padded part', token: () => `${plain()}==`, twin: plain, detail: /not base64url/ },
  {
    name: 'a character that Node would skip',
    token: () => plain().replace('.', '!.'),
    twin: plain,
    detail: /not base64url/,
  },
  { name: 'a cut signature', token: () => plain().slice(0, -6), twin: plain, detail: /signature fits no key/ },
  {
    name: 'a payload changed after signing',
    token: () => {
      const [head, , signature] = plain().split('.')
      return `${head}.${Buffer.from(fixture.payload(',"groups":["ADMINS"]')).toString('base64url')}.${signature}`
    },
    twin: () => fixture.sign(fixture.header(), fixture.payload(',"groups":["ADMINS"]')),
    detail: /signature fits no key/,
  },
  {
    name: 'a claim twice',
    token: () => fixture.sign(fixture.header(), fixture.payload(',"sub":"admin"')),
    twin: () => fixture.sign(fixture.header(), fixture.payload(',"sub2":"admin"')),
    detail: /payload of the token has a key twice/,
  },
  {
    name: 'a claim twice, once escaped',
    token: () => fixture.sign(fixture.header(), fixture.payload(',"s\\u0075b":"admin"')),
    twin: () => fixture.sign(fixture.header(), fixture.payload(',"s\\u0075b2":"admin"')),
    detail: /payload of the token has a key twice/,
  },
  {
    name: 'a nested claim twice',
    token: () => fixture.sign(fixture.header(), fixture.payload(',"act":{"sub":"a","sub":"b"}')),
    twin: () => fixture.sign(fixture.header(), fixture.payload(',"act":{"sub":"a","x":{"sub":"b"}}')),
    detail: /payload of the token has a key twice/,
  },
  {
    name: 'a header parameter twice',
    token: () => fixture.sign(fixture.header(okta.key, ',"alg":"none"'), fixture.payload()),
    twin: () => fixture.sign(fixture.header(), fixture.payload()),
    detail: /header of the token has a key twice/,
  },
  {
    name: 'deep nesting',
    token: () => fixture.sign(fixture.header(), fixture.payload(`,"x":${'['.repeat(2000)}${']'.repeat(2000)}`)),
    twin: () => fixture.sign(fixture.header(), fixture.payload(`,"x":${'['.repeat(10)}${']'.repeat(10)}`)),
    detail: /nested more than 16 deep/,
  },
  {
    name: 'a payload that is a list',
    token: () => fixture.sign(fixture.header(), '[]'),
    twin: plain,
    detail: /is not a JSON object/,
  },
  {
    name: 'a payload that is no JSON',
    token: () => fixture.sign(fixture.header(), 'x'),
    twin: plain,
    detail: /is not JSON/,
  },
  {
    name: 'a byte-order mark',
    token: () => fixture.sign(fixture.header(), `\ufeff${fixture.payload()}`),
    twin: () => fixture.sign(fixture.header(), fixture.payload(',"x":"\ufeff"')),
    detail: /is not JSON/,
  },
  {
    name: 'bytes that are not UTF-8',
    token: () => {
      const [head, , signature] = plain().split('.')
      return `${head}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`
    },
    twin: () => okta.mint({ name: 'Zoë' }),
    detail: /payload of the token is not UTF-8/,
  },
  {
    name: 'larger than any issuer allows',
    token: () => okta.mint({ filler: 'x'.repeat(20_000) }),
    twin: () => okta.mint({ filler: 'x'.repeat(8_000) }),
    reason: 'token too large',
    detail: /larger than 16384/,
  },
  {
    name: 'larger than this issuer allows',
    changes: { maxTokenBytes: 1000 },
    token: () => okta.mint({ filler: 'x'.repeat(2000) }),
    twin: () => entra.mint({ filler: 'x'.repeat(2000) }),
    reason: 'token too large',
    detail: /issuer okta: .* larger than 1000/,
  },
  // Issuer and audience.
  ...[
    (issuer: string) => `${issuer}/`,
    (issuer: string) => issuer.toUpperCase(),
    (issuer: string) => issuer.replace('http:', 'https:'),
    (issuer: string) => `${issuer}\u200b`,
    () => 'https://evil.example',
    () => '',
    () => undefined,
    () => ['list'],
    () => null,
  ].map((change) => ({
    name: `issuer ${JSON.stringify(change('http://idp'))}`,
    token: () => okta.mint({ iss: change(okta.issuer) }),
    twin: () => okta.mint({ iss: okta.issuer }),
    detail: /issuer .* is not configured/,
  })),
  {
    name: 'an issuer that claims to be another one',
    token: () => okta.mint({ iss: entra.issuer }),
    twin: () => entra.mint(),
    detail: /issuer entra: .*algorithm|issuer entra: no key/,
  },
  {
    name: 'another tenant of the same provider',
    token: () => entra.mint({ iss: entra.issuer.replace('tenant-1', 'tenant-2') }),
    twin: () => entra.mint(),
    detail: /is not configured/,
  },
  ...['other-app', 'ICECORE', 'icecore/', '', ['other-app'], [], [['icecore']], { icecore: true }, 1, null].map(
    (aud) => ({
      name: `audience ${JSON.stringify(aud)}`,
      token: () => okta.mint({ aud }),
      twin: () => okta.mint({ aud: ['other-app', 'icecore'] }),
      detail: /aud/,
    }),
  ),
  {
    name: 'an audience list with something else in it',
    token: () => okta.mint({ aud: ['icecore', 7] }),
    twin: () => okta.mint({ aud: ['icecore', 'seven'] }),
    detail: /aud is missing or no list of texts/,
  },
  // Times.
  {
    name: 'expired',
    token: () => okta.mint({ iat: seconds - 600, exp: seconds - 31 }),
    twin: () => okta.mint({ iat: seconds - 600, exp: seconds - 29 }),
    reason: 'token expired',
    detail: /exp has passed/,
  },
  {
    name: 'expired, and forged: strangers do not learn that it would have been good',
    token: () => okta.mint({ iat: seconds - 600, exp: seconds - 31 }, { key: forger }),
    twin: plain,
    detail: /signature fits no key/,
  },
  {
    name: 'not valid yet',
    token: () => okta.mint({ nbf: seconds + 31 }),
    twin: () => okta.mint({ nbf: seconds + 29 }),
    reason: 'token not yet valid',
    detail: /"nbf" claim timestamp/,
  },
  {
    name: 'issued in the future',
    token: () => okta.mint({ iat: seconds + HOUR, exp: seconds + 2 * HOUR }),
    twin: () => okta.mint({ iat: seconds + 29 }),
    reason: 'token not yet valid',
    detail: /iat is in the future/,
  },
  {
    name: 'good for ten years',
    token: () => okta.mint({ exp: seconds + 10 * 365 * 24 * HOUR }),
    twin: () => okta.mint({ exp: seconds + 24 * HOUR }),
    detail: /lives longer than 86400 s/,
  },
  {
    name: 'good for ever',
    token: () => fixture.sign(fixture.header(), fixture.payload().replace(String(seconds + HOUR), '1e999')),
    twin: plain,
    detail: /lives longer than/,
  },
  {
    name: 'issued long ago',
    changes: { maxAgeMs: 3_600_000 },
    token: () => okta.mint({ iat: seconds - HOUR - 31, exp: seconds + 60 }),
    twin: () => okta.mint({ iat: seconds - HOUR - 29, exp: seconds + 60 }),
    reason: 'token too old',
    detail: /issued more than 3600 s ago/,
  },
  ...['exp', 'iat', 'iss', 'sub', 'aud'].map((claim) => ({
    name: `without ${claim}`,
    token: () => okta.mint({ [claim]: undefined }),
    twin: () => okta.mint({ nbf: undefined, jti: undefined }),
    detail: claim === 'iss' ? /is not configured/ : new RegExp(`"${claim}"`),
  })),
  ...['exp', 'iat', 'nbf'].map((claim) => ({
    name: `${claim} as a text`,
    token: () => okta.mint({ [claim]: String(seconds + 60) }),
    twin: () => okta.mint({ [claim]: seconds + 20 }),
    detail: new RegExp(`"${claim}" claim must be a number`),
  })),
  // The kind of token.
  ...['JWT', 'id-jag+jwt', 'oauth-id-jag+jwt', 'logout+jwt', 'dpop+jwt', 7, null].map((typ) => ({
    name: `type ${JSON.stringify(typ)}`,
    changes: { types: ['at+jwt'] },
    token: () => withHeader({ typ }),
    twin: () => withHeader({ typ: 'application/AT+JWT' }),
    detail: /type is /,
  })),
  {
    name: 'no type where one is wanted',
    changes: { types: ['at+jwt'] },
    token: () => withHeader({ typ: undefined }),
    twin: plain,
    detail: /type is nothing/,
  },
  ...[{ nonce: 'n' }, { at_hash: 'h' }, { c_hash: 'h' }, { typ: 'ID' }, { token_use: 'id' }].map((mark) => ({
    name: `an ID token, by ${JSON.stringify(mark)}`,
    token: () => okta.mint(mark),
    twin: () => okta.mint({ typ: 'Bearer', token_use: 'access' }),
    detail: /is an ID token/,
  })),
  ...[{ hd: 'evil.example' }, { hd: undefined }, { hd: ['acme.example'] }, { hd: 'acme.example.evil' }].map(
    (claims) => ({
      name: `another hosted domain: ${JSON.stringify(claims)}`,
      changes: { requiredClaims: { hd: 'acme.example' } },
      token: () => okta.mint(claims),
      twin: () => okta.mint({ hd: 'acme.example' }),
      detail: /required claims .*\(hd\)/,
    }),
  ),
  // Who it names.
  ...['', 'a\nb', 'a\u0000b', 'admin\u202e', 'a\u200bb', 'x'.repeat(1025), 7, null, ['user-1']].map((sub) => ({
    name: `subject ${JSON.stringify(sub).slice(0, 30)}`,
    token: () => okta.mint({ sub }),
    twin: () => okta.mint({ sub: 'auth0|Zoë Müller/7' }),
    detail: /the subject \(claim sub\)/,
  })),
  ...[{ azp: 'user-1' }, { client_id: 'user-1' }, { idtyp: 'app' }, { gty: 'client-credentials' }].map((claims) => ({
    name: `a program where a person is expected: ${JSON.stringify(claims)}`,
    token: () => okta.mint(claims),
    twin: () => okta.mint({ azp: 'claude-code', idtyp: 'user' }),
    detail: /a program's and not a person's/,
  })),
]

describe('attacks on tokens', () => {
  for (const attack of ATTACKS) {
    test(attack.name, async () => {
      const verifier = fixture.makeVerifier(attack.changes)
      const { reason, detail } = await refusalOf(verifier.verify(attack.token()))
      assert.equal(reason, attack.reason ?? 'token not accepted')
      assert.match(detail, attack.detail)
      await verifier.verify(attack.twin())
    })
  }
})
