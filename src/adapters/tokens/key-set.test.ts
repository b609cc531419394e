import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { type IdpKey, makeKey, TestIdp } from '../../../test/support/test-idp.ts'
import { silentLog } from '../../lib/log.ts'
import { createTokenVerifier, ISSUER_DEFAULTS, type IssuerSettings, SIGNATURE_ALGORITHMS } from './index.ts'
import { readKeySet } from './key-set.ts'

const ec = makeKey('ES256', 'ec').jwk
const { kid: _, alg: __, use: ___, ...bareEc } = ec
const rsa = makeKey('RS256', 'rsa').jwk
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export({ format: 'jwk' })
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })

describe('keys that are left out, without harm to the others', () => {
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['no object', 'key', /not an object/],
    ['nothing', null, /not an object/],
    ['a list', [], /no accepted algorithm/],
    ['an empty key', {}, /no accepted algorithm/],
    ['a key for encryption', { ...ec, use: 'enc' }, /not for signatures/],
    ['a key for signing', { ...ec, key_ops: ['sign'] }, /not for verifying/],
    ['a private key', makeKey('ES256', 'x').privateKey.export({ format: 'jwk' }), /private or symmetric/],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'ec' }, /private or symmetric/],
    ['a key id that is no text', { ...ec, kid: 7 }, /bad kid/],
    ['a key id that is too long', { ...ec, kid: 'k'.repeat(257) }, /bad kid/],
    ['an algorithm of another key type', { ...ec, alg: 'RS256' }, /no accepted algorithm/],
    ['an algorithm that is not accepted', { ...rsa, alg: 'RSA-OAEP' }, /no accepted algorithm/],
    ['a curve that is not accepted', secp256k1, /no accepted algorithm/],
    ['a short RSA key', weakRsa, /shorter than 2048 bits|2048/],
    ['a point that is not on the curve', { ...bareEc, x: bareEc.y }, /./],
    ['a point that is missing', { ...bareEc, y: undefined }, /./],
  ]
  for (const [name, jwk, reason] of bad) {
    test(name, async () => {
      const { keys, skipped } = await readKeySet({ keys: [ec, jwk] }, SIGNATURE_ALGORITHMS)
      assert.deepEqual(
        keys.map(({ id }) => id),
        ['ec'],
      )
      assert.equal(skipped.length, 1)
      assert.match(skipped[0]!, reason)
    })
  }
})

describe('keys that are taken', () => {
  const good: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['an EC key', ec, ['ES256']],
    ['a key without id, use and algorithm', bareEc, ['ES256']],
    ['a key of a SPIFFE bundle', { ...ec, use: 'jwt-svid' }, ['ES256']],
    ['a key for verifying', { ...ec, key_ops: ['verify'] }, ['ES256']],
    ['a key with a certificate', { ...ec, x5c: ['MIIB'], x5t: 'abc' }, ['ES256']],
    ['a P-521 key', p521, ['ES512']],
    ['an Ed25519 key', makeKey('EdDSA', 'x').jwk, ['EdDSA']],
    ['an RSA key for one algorithm', rsa, ['RS256']],
    ['an RSA key for any', { ...rsa, alg: undefined }, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ]
  for (const [name, jwk, algorithms] of good) {
    test(name, async () => {
      const { keys, skipped } = await readKeySet({ keys: [jwk] }, SIGNATURE_ALGORITHMS)
      assert.deepEqual([keys.map(({ algorithm }) => algorithm), skipped], [algorithms, []])
    })
  }
})

describe('keys with the same id, and tokens without one', () => {
  const clock = new FakeClock()

  async function verifiers(
    published: readonly IdpKey[],
    headers: Readonly<Record<string, unknown>>,
  ): Promise<boolean[]> {
    const idp = await TestIdp.start({ now: () => clock.now() })
    try {
      idp.published.splice(0, 1, ...published.map(({ jwk }) => jwk))
      const settings: IssuerSettings = { ...ISSUER_DEFAULTS, name: 'idp', issuer: idp.issuer, audiences: ['icecore'] }
      const options = { issuers: [settings], people: {}, agents: {}, clock, log: silentLog }
      const verifier = createTokenVerifier(options)
      const tokens = published.map((key) => idp.mint({}, { key, header: headers }))
      return await Promise.all(
        tokens.map((token) =>
          verifier.verify(token).then(
            () => true,
            () => false,
          ),
        ),
      )
    } finally {
      await idp.close()
    }
  }

  test('each of two keys with one id is tried', async () => {
    assert.deepEqual(await verifiers([makeKey('ES256', 'same'), makeKey('ES256', 'same')], {}), [true, true])
    assert.deepEqual(await verifiers([makeKey('EdDSA', 'same'), makeKey('ES256', 'same')], {}), [true, true])
  })

  test('a token without a key id is tried with the first four keys', async () => {
    const keys = Array.from({ length: 6 }, (_key, at) => makeKey('ES256', `key-${at}`))
    assert.deepEqual(await verifiers(keys, { kid: undefined }), [true, true, true, true, false, false])
  })
})
