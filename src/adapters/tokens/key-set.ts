import { type CryptoKey, importJWK, type JWK } from 'jose'
import type { SignatureAlgorithm } from './issuer-settings.ts'

/** More keys than any issuer publishes; each costs an import. */
const MAX_KEYS = 100
const MAX_KEY_ID_CHARACTERS = 256
const MIN_RSA_BITS = 2048

/** A public key for one algorithm: a key that fits two (RS256, PS256) is here twice. */
export interface VerificationKey {
  readonly id: string | null
  readonly algorithm: SignatureAlgorithm
  readonly key: CryptoKey
}

export interface KeySet {
  readonly keys: readonly VerificationKey[]
  /** Why keys were left out. One bad key must not cost the good ones. */
  readonly skipped: readonly string[]
}

/** Reads a JWK Set (RFC 7517 §5). Throws when it is none; a set without usable keys is a set, and trusts nobody. */
export async function readKeySet(
  document: Readonly<Record<string, unknown>>,
  algorithms: readonly SignatureAlgorithm[],
): Promise<KeySet> {
  if (!Array.isArray(document.keys)) throw new Error('the key set has no list of keys')
  if (document.keys.length > MAX_KEYS) throw new Error(`the key set has more than ${MAX_KEYS} keys`)
  const keys: VerificationKey[] = []
  const skipped: string[] = []
  for (const [index, jwk] of (document.keys as unknown[]).entries()) {
    try {
      keys.push(...(await readKey(jwk, algorithms)))
    } catch (error) {
      skipped.push(`keys[${index}]: ${(error as Error).message}`)
    }
  }
  return { keys, skipped }
}

async function readKey(jwk: unknown, algorithms: readonly SignatureAlgorithm[]): Promise<VerificationKey[]> {
  if (typeof jwk !== 'object' || jwk === null) throw new Error('not an object')
  const { kid, use, key_ops: operations, ext, alg, ...material } = jwk as Readonly<Record<string, unknown>>
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KEY_ID_CHARACTERS)) throw new Error('bad kid')
  // SPIFFE bundles say `jwt-svid`: SPIFFE Trust Domain and Bundle §4.2.2.
  if (use !== undefined && use !== 'sig' && use !== 'jwt-svid') throw new Error('not for signatures')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw new Error('not for verifying')
  }
  if (material.d !== undefined || material.kty === 'oct') throw new Error('a private or symmetric key')
  const fitting = fittingAlgorithms(material).filter(
    (name) => algorithms.includes(name) && (alg === undefined || alg === name),
  )
  if (fitting.length === 0) throw new Error('for no accepted algorithm')
  return Promise.all(
    fitting.map(async (algorithm) => {
      const key = (await importJWK(material as JWK, algorithm)) as CryptoKey
      const { modulusLength } = key.algorithm as { readonly modulusLength?: number }
      if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS)
        throw new Error(`shorter than ${MIN_RSA_BITS} bits`)
      return { id: kid ?? null, algorithm, key }
    }),
  )
}

function fittingAlgorithms(material: Readonly<Record<string, unknown>>): readonly SignatureAlgorithm[] {
  switch (`${String(material.kty)} ${String(material.crv ?? '')}`.trim()) {
    case 'RSA':
      return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
    case 'EC P-256':
      return ['ES256']
    case 'EC P-384':
      return ['ES384']
    case 'EC P-521':
      return ['ES512']
    case 'OKP Ed25519':
      return ['EdDSA']
    default:
      return []
  }
}
