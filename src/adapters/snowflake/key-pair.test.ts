import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { isIcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { accountWithoutRegion } from './connection.ts'
import { KeyPair } from './key-pair.ts'
import { RSA_KEY, RSA_PEM } from './testing/connect.ts'

function keyPair(pem: string, passphrase: string | null = null): KeyPair {
  const opened = passphrase === null ? null : new Secret(passphrase)
  return new KeyPair('main', { type: 'key_pair', privateKey: new Secret(pem), passphrase: opened })
}

describe('KeyPair', () => {
  it('opens an encrypted PEM with its passphrase', () => {
    const pem = RSA_KEY.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'hush',
    }) as string
    assert.equal(keyPair(pem, 'hush').fingerprint, keyPair(RSA_PEM).fingerprint)
    for (const wrong of ['loud', null]) {
      assert.throws(
        () => keyPair(pem, wrong),
        (error) => {
          assert.ok(isIcecoreError(error, 'ICE_KEY_INVALID'))
          return !/loud|hush/.test(inspect(error, { depth: 9 }))
        },
      )
    }
  })

  it('refuses what cannot sign as RSA of 2048 bits', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const pem = (key: typeof short): string => key.export({ type: 'pkcs8', format: 'pem' }) as string
    assert.throws(() => keyPair(pem(short)), /less than 2048 bits/)
    assert.throws(() => keyPair(pem(curve)), /no RSA key/)
    assert.throws(() => keyPair('nonsense'), /no private key in PEM/)
  })
})

describe('accountWithoutRegion', () => {
  const table: readonly (readonly [string, string])[] = [
    ['acct', 'acct'],
    ['my-org_acct.eu-west-1', 'my-org_acct'],
    ['xy12345.eu-central-1.aws', 'xy12345'],
    ['acct-abc123.global', 'acct'],
  ]
  for (const [account, expected] of table) {
    it(account, () => assert.equal(accountWithoutRegion(account), expected))
  }
})
