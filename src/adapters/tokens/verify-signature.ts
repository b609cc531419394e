import { type CryptoKey, errors, jwtVerify } from 'jose'
import { type Claims, type Refusal, refuse } from '../../core/identity/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { CheckedHeader } from './check-header.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import type { IssuerSettings } from './issuer-settings.ts'
import type { KeySet, VerificationKey } from './key-set.ts'

/** Keys tried for one token: more than one only where the issuer gave two the same id, or the token names none. */
const MAX_CANDIDATES = 4

/** Claims in a wrapper, since a claim of any name may stand in them. */
export interface SignedClaims {
  readonly claims: Claims
}

interface SignatureCheck {
  readonly token: string
  readonly header: CheckedHeader
  readonly settings: IssuerSettings
  readonly keys: IssuerKeys
  readonly now: number
}

/**
 * Verifies signature, issuer, audience, `exp` and `nbf` with the keys of this issuer alone. When no key fits, the
 * issuer is asked for its keys once more: it may have begun to sign with a new one, also under an old id.
 */
export async function verifySignature(check: SignatureCheck): Promise<SignedClaims | Refusal> {
  const known = await check.keys.current()
  const verified = await tryKeys(check, known)
  if (verified !== null) return verified
  const asked = await check.keys.afterMiss()
  const verifiedNow = asked === known ? null : await tryKeys(check, asked)
  if (verifiedNow !== null) return verifiedNow
  const candidates = findCandidates(asked, check)
  if (candidates.length === 0 && check.keys.failing) {
    throw new IcecoreError(
      'ICE_ISSUER_UNAVAILABLE',
      {},
      { cause: new Error('the key is unknown, and the issuer away') },
    )
  }
  return refuse(
    'token not accepted',
    candidates.length === 0
      ? 'no key of the issuer has the key id of the token'
      : 'the signature fits no key of the issuer',
  )
}

/** Null when no key fits the signature. */
async function tryKeys(check: SignatureCheck, set: KeySet): Promise<SignedClaims | Refusal | null> {
  for (const { key } of findCandidates(set, check).slice(0, MAX_CANDIDATES)) {
    const verified = await tryKey(check, key)
    if (verified !== null) return verified
  }
  return null
}

function findCandidates(set: KeySet, { header, settings }: SignatureCheck): readonly VerificationKey[] {
  return set.keys.filter(
    ({ id, algorithm }) =>
      algorithm === header.algorithm &&
      (header.keyId === null || id === header.keyId) &&
      (id === null || !settings.revokedKeyIds.includes(id)),
  )
}

async function tryKey(check: SignatureCheck, key: CryptoKey): Promise<SignedClaims | Refusal | null> {
  const { token, header, settings, now } = check
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [header.algorithm],
      issuer: settings.issuer,
      audience: [...settings.audiences],
      requiredClaims: ['exp', 'iat', 'iss', 'sub', 'aud'],
      clockTolerance: settings.clockSkewMs / 1000,
      currentDate: new Date(now),
    })
    return { claims: payload }
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return null
    return explain(error)
  }
}

/** Errors of jose carry the claims, so only their words go on. */
function explain(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return refuse('token expired', 'exp has passed')
  if (error instanceof errors.JWTClaimValidationFailed) {
    const early = error.claim === 'nbf' && error.reason === 'check_failed'
    return refuse(early ? 'token not yet valid' : 'token not accepted', error.message)
  }
  return refuse('token not accepted', error instanceof errors.JOSEError ? error.code : 'the token cannot be verified')
}
