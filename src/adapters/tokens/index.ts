/** Bearer tokens of OIDC issuers: verified, and turned into principals. */
export type { HttpAnswer, HttpGet, HttpLimits } from './http-get.ts'
export { type IssuerKeyState, KEY_FETCH_LIMITS, type KeyFetchLimits } from './issuer-keys.ts'
export {
  ISSUER_DEFAULTS,
  type IssuerSettings,
  type KeySource,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from './issuer-settings.ts'
export { createTokenVerifier, type IssuersVerifier, type TokenVerifierOptions } from './token-verifier.ts'
