import * as z from 'zod'
import { claims } from './claims.ts'
import { duration, flag, oneOf, text, webUrl } from './scalar.ts'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

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
  discovery_hosts: z
    .array(text({ max: 255, form: 'a host, with its port where that is not 443' }))
    .prefault([])
    .describe(
      'Further hosts at which the discovery document may say the keys are, for example `www.googleapis.com`. Discovery is used where there is no `jwks_uri`.',
    ),
  jwks_uri: webUrl({ query: true })
    .optional()
    .describe('Where the keys are, for an issuer without a discovery document. Not together with `discovery_hosts`.'),
  ca_file: text({ form: 'a path' })
    .optional()
    .describe(
      'PEM file with the CA certificates that the issuer’s TLS certificate is checked against, instead of the system’s.',
    ),
  groups: groups
    .optional()
    .describe('How groups are read. Without it the groups of a token count as unknown, never as none.'),
  subject_claim: claimName()
    .prefault('sub')
    .describe('Claim that names the subject, stable for ever: never an e-mail address.'),
  client_id_claim: claimName()
    .optional()
    .describe(
      'Claim that names the client software. Without it the first present of `azp`, `client_id`, `cid` and `appid`.',
    ),
  clock_skew: duration({ min: '0s', max: '5m' })
    .prefault('30s')
    .describe('How far the clocks of issuer and gateway may differ.'),
  max_age: duration({ min: '1m', max: '30d' }).prefault('24h').describe('Longest time since a token was issued.'),
  max_lifetime: duration({ min: '1m', max: '30d' })
    .prefault('24h')
    .describe('Longest time between a token’s issue and its expiry: one that is good for years is refused at once.'),
  token_types: z
    .array(text({ max: 64 }))
    .min(1)
    .optional()
    .describe('Values of the header `typ` that are accepted. Without it `at+jwt`, `JWT`, or no `typ` at all.'),
  id_tokens: flag()
    .prefault(false)
    .describe('Take ID tokens, too, where the issuer gives no access token that can be checked (Google).'),
  required_claims: claims()
    .prefault({})
    .describe('What every token must say besides: pins of tenant, domain or client. Written as under `agents`.'),
})

export type Issuer = Readonly<z.output<typeof issuerSchema>>
