import * as z from 'zod'
import { duration, flag, oneOf, text, webUrl } from './scalar.ts'

const ALGORITHMS = [
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
  'Ed25519',
] as const

const SHARED_KEY = 'HMAC algorithms need a key that the issuer shares: anyone who can check a token could forge one'
const REFUSED_ALGORITHMS = {
  HS256: SHARED_KEY,
  HS384: SHARED_KEY,
  HS512: SHARED_KEY,
  none: 'a token without a signature proves nothing',
}

const claimName = () => text({ max: 256, form: 'the name of a claim' })

const groups = z.strictObject({
  claim: claimName().describe('Claim that lists the groups, for example `groups` or `https://acme.example/groups`.'),
  required: flag()
    .prefault(true)
    .describe(
      'Refuse a token without the claim. With `false` its groups count as unknown: rules that ask for a group do not fit.',
    ),
})

/** One OIDC issuer: whose tokens are taken, and how they are checked. Nothing is shared between issuers. */
export const issuerSchema = z.strictObject({
  issuer: webUrl().describe('The exact value of the `iss` claim, letter by letter, trailing slash included.'),
  audiences: z
    .array(text())
    .min(1)
    .describe('Values of the `aud` claim that are meant for this gateway. One of them must be in the token.'),
  proves: oneOf(['human', 'workload', 'agent']).describe(
    'What a token of this issuer proves: a `human`, a `workload` (a job or service account) or an `agent`.',
  ),
  algorithms: z
    .array(oneOf(ALGORITHMS, REFUSED_ALGORITHMS))
    .min(1)
    .prefault(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])
    .describe('Signature algorithms that are accepted.'),
  discovery: webUrl({ query: true })
    .optional()
    .describe('Discovery document. Without it and `jwks_uri`: `/.well-known/openid-configuration` below the issuer.'),
  jwks_uri: webUrl({ query: true })
    .optional()
    .describe('Where the keys are, for an issuer without a discovery document. Not together with `discovery`.'),
  ca_file: text({ form: 'a path' })
    .optional()
    .describe(
      'PEM file with the CA certificates that the issuer’s TLS certificate is checked against, besides the system’s.',
    ),
  groups: groups
    .optional()
    .describe('How groups are read. Without it the groups of a token count as unknown, never as none.'),
  subject_claim: claimName()
    .prefault('sub')
    .describe('Claim that names the subject, stable for ever: never an e-mail address.'),
  client_id_claim: claimName()
    .prefault('azp')
    .describe('Claim that names the client software: `azp`, `cid`, `appid` or `client_id`, as the issuer has it.'),
  clock_skew: duration({ min: '0s', max: '5m' })
    .prefault('30s')
    .describe('How far the clocks of issuer and gateway may differ.'),
  max_age: duration({ min: '1m', max: '30d' })
    .prefault('24h')
    .describe('Longest time from a token’s issue to its use, whatever its own expiry says.'),
  token_types: z
    .array(text({ max: 64 }))
    .min(1)
    .optional()
    .describe(
      'Values of the header `typ` that are accepted, for example `at+jwt`. Without it the header is not looked at.',
    ),
  required_claims: z
    .array(claimName())
    .prefault([])
    .describe('Claims that a token must have besides `iss`, `sub`, `aud`, `exp` and `iat`.'),
})

export type Issuer = Readonly<z.output<typeof issuerSchema>>
