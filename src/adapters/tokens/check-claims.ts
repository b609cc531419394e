import { type Claims, matchClaims, type Refusal, refuse } from '../../core/identity/index.ts'
import type { IssuerSettings } from './issuer-settings.ts'

/**
 * Marks of an ID token (OpenID Connect Core §2, §3.1.3.6, §3.3.2.11): it says that somebody logged in at a client, and
 * is no permission to come here. Keycloak and Amazon Cognito write the kind into a claim.
 */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'] as const

/** What `jose` does not check: how long the token may live, when it was made, and what kind of token it is. */
export function checkClaims(claims: Claims, settings: IssuerSettings, now: number): Refusal | null {
  const iat = (claims.iat as number) * 1000
  const exp = (claims.exp as number) * 1000
  if (!(iat <= now + settings.clockSkewMs)) return refuse('token not yet valid', 'iat is in the future')
  if (!(now - iat <= settings.maxAgeMs + settings.clockSkewMs)) {
    return refuse('token too old', `the token was issued more than ${settings.maxAgeMs / 1000} s ago`)
  }
  if (!(exp - iat <= settings.maxLifetimeMs)) {
    return refuse('token not accepted', `the token lives longer than ${settings.maxLifetimeMs / 1000} s`)
  }
  const refusal = checkRequiredClaims(claims, settings)
  if (refusal !== null) return refusal
  const mark = settings.idTokens ? null : idTokenMark(claims)
  return mark === null ? null : refuse('token not accepted', `the token is an ID token (${mark})`)
}

export function checkRequiredClaims(claims: Claims, { requiredClaims }: IssuerSettings): Refusal | null {
  const names = Object.keys(requiredClaims)
  if (names.length === 0 || matchClaims(requiredClaims, claims)) return null
  return refuse('token not accepted', `not all required claims are as configured (${names.join(', ')})`)
}

function idTokenMark(claims: Claims): string | null {
  if (claims.typ === 'ID') return 'typ'
  if (claims.token_use === 'id') return 'token_use'
  return ID_TOKEN_CLAIMS.find((name) => Object.hasOwn(claims, name)) ?? null
}
