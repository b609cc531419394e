import type { JWK } from 'jose'
import type { ClaimMatchers, IssuerIdentity } from '../../core/identity/index.ts'

/** Asymmetric algorithms only: `none` and the HMAC family let the verifier's own public key sign (RFC 8725 §2.1). */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

/** Where the keys of an issuer come from. */
export type KeySource =
  | {
      /** `<issuer>/.well-known/openid-configuration`, whose `jwks_uri` must be at the issuer's host or one named here. */
      readonly from: 'discovery'
      /** Further hosts, with port where it is not 443: Google's keys are at `www.googleapis.com`. */
      readonly hosts: readonly string[]
    }
  | { readonly from: 'jwks'; readonly uri: string }
  /** Keys given in config: nothing is ever fetched. */
  | { readonly from: 'static'; readonly keys: readonly JWK[] }

/** One issuer, as config has it. Times are milliseconds. */
export interface IssuerSettings extends IssuerIdentity {
  readonly keys: KeySource
  /** Key ids that are never trusted, whatever the issuer publishes. */
  readonly revokedKeyIds: readonly string[]
  /** PEM of the certificate authorities for this issuer's TLS, instead of the system's. */
  readonly ca: string | null
  readonly algorithms: readonly SignatureAlgorithm[]
  /** The token must be made for one of these. */
  readonly audiences: readonly string[]
  /** Accepted values of the header `typ`, without regard to case and `application/`; null accepts its absence. */
  readonly types: readonly (string | null)[]
  /** True where ID tokens are what is sent; otherwise a token with the marks of one is refused. */
  readonly idTokens: boolean
  /** What every token of this issuer must say: pins of tenant, domain, client. Empty asks nothing. */
  readonly requiredClaims: ClaimMatchers
  readonly clockSkewMs: number
  /** Longest time between `iat` and `exp`. */
  readonly maxLifetimeMs: number
  /** Longest time since `iat`. */
  readonly maxAgeMs: number
  readonly maxTokenBytes: number
}

const HOUR_MS = 3_600_000

/** What holds where config says nothing. */
export const ISSUER_DEFAULTS = {
  proves: [{ kind: 'human' }],
  subjectClaim: 'sub',
  clientIdClaims: ['azp', 'client_id', 'cid', 'appid'],
  act: 'agent',
  maxDelegationDepth: 5,
  groups: { claim: 'groups', required: false, maxGroups: 2000 },
  keys: { from: 'discovery', hosts: [] },
  revokedKeyIds: [],
  ca: null,
  algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
  types: ['at+jwt', 'JWT', null],
  idTokens: false,
  requiredClaims: {},
  clockSkewMs: 30_000,
  maxLifetimeMs: 24 * HOUR_MS,
  maxAgeMs: 24 * HOUR_MS,
  maxTokenBytes: 16_384,
} as const satisfies Omit<IssuerSettings, 'name' | 'issuer' | 'audiences'>
