import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { IcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { accountWithoutRegion, type KeyPairCredential } from './connection.ts'

const MIN_KEY_BITS = 2048

export interface TokenSubject {
  readonly account: string
  readonly user: string
}

/** The RSA key of one connection. It signs log-in tokens, and shows itself in none of its forms. */
export class KeyPair {
  readonly #key: KeyObject
  /** As Snowflake's `DESC USER` shows it: `SHA256:` and the hash of the public key. */
  readonly fingerprint: string

  /** Throws ICE_KEY_INVALID. */
  constructor(name: string, credential: KeyPairCredential) {
    this.#key = readKey(name, credential)
    const publicKey = createPublicKey(this.#key).export({ type: 'spki', format: 'der' })
    this.fingerprint = `SHA256:${createHash('sha256').update(publicKey).digest('base64')}`
  }

  /** A JWT for one log-in attempt: account and user in upper case, no region (driver-protocol.md#key-pair-jwt). */
  async mintToken(subject: TokenSubject, now: number, lifeSeconds: number): Promise<Secret> {
    const issuedAt = Math.floor(now / 1000)
    const sub = `${accountWithoutRegion(subject.account).toUpperCase()}.${subject.user.toUpperCase()}`
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(`${sub}.${this.fingerprint}`)
      .setSubject(sub)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifeSeconds)
      .sign(this.#key)
    return new Secret(token)
  }
}

function readKey(name: string, { privateKey, passphrase }: KeyPairCredential): KeyObject {
  const invalid = (reason: string): IcecoreError => new IcecoreError('ICE_KEY_INVALID', { name, reason })
  let key: KeyObject
  try {
    key = createPrivateKey({
      key: privateKey.reveal(),
      format: 'pem',
      ...(passphrase === null ? {} : { passphrase: passphrase.reveal() }),
    })
  } catch {
    // OpenSSL's own error is left out: what it says of a key is for nobody's log.
    throw invalid(
      passphrase === null
        ? 'it is no private key in PEM, or wants a passphrase'
        : 'the passphrase does not open it, or it is no private key in PEM',
    )
  }
  if (key.asymmetricKeyType !== 'rsa') throw invalid('it is no RSA key')
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_KEY_BITS) {
    throw invalid(`it has less than ${MIN_KEY_BITS} bits`)
  }
  return key
}
