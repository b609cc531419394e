import {
  type Agents,
  type Claims,
  isRefusal,
  makePrincipal,
  type People,
  type Principal,
  quoteOutside,
  type Refusal,
  refuse,
} from '../../core/identity/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { TokenVerifier } from '../../gate/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { checkClaims } from './check-claims.ts'
import { checkHeader } from './check-header.ts'
import { assertSafeIssuers } from './check-issuers.ts'
import { createHttpGet, type HttpGet } from './http-get.ts'
import { IssuerKeys, KEY_FETCH_LIMITS, type KeyFetchLimits } from './issuer-keys.ts'
import type { IssuerSettings } from './issuer-settings.ts'
import { type ParsedToken, parseToken } from './parse-token.ts'
import { verifySignature } from './verify-signature.ts'

export interface TokenVerifierOptions {
  readonly issuers: readonly IssuerSettings[]
  readonly people: People
  readonly agents: Agents
  readonly clock: Clock
  readonly log: Log
  readonly limits?: Partial<KeyFetchLimits>
  /** How documents of an issuer are fetched; undici where it is left out. */
  readonly http?: HttpGet
}

interface Issuer {
  readonly settings: IssuerSettings
  readonly keys: IssuerKeys
}

/**
 * Verifies OIDC tokens of several issuers. A token is verified with the settings and keys of the one issuer it names;
 * that it would verify with another's is of no interest.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { clock, log, people, agents } = options
  assertSafeIssuers(options.issuers)
  const issuers = options.issuers.map((settings): Issuer => {
    const http = options.http ?? createHttpGet({ ca: settings.ca, clock })
    const limits = { ...KEY_FETCH_LIMITS, ...options.limits }
    return { settings, keys: new IssuerKeys({ settings, http, clock, log, limits }) }
  })
  const maxBytes = Math.max(0, ...issuers.map(({ settings }) => settings.maxTokenBytes))

  return {
    async verify(token) {
      const parsed = parseToken(token, maxBytes)
      if (isRefusal(parsed)) throw refusalError(parsed)
      const issuer = chooseIssuer(issuers, parsed.claims)
      if (isRefusal(issuer)) throw refusalError(issuer)
      const principal = await verifyWith(issuer, token, parsed)
      if (isRefusal(principal)) throw refusalError(principal, issuer.settings.name)
      return principal
    },
  }

  async function verifyWith(
    { settings, keys }: Issuer,
    token: string,
    parsed: ParsedToken,
  ): Promise<Principal | Refusal> {
    if (parsed.bytes > settings.maxTokenBytes) {
      return refuse('token too large', `the token is larger than ${settings.maxTokenBytes} bytes`)
    }
    const header = checkHeader(parsed.header, settings)
    if (isRefusal(header)) return header
    const now = clock.now()
    const signed = await verifySignature({ token, header, settings, keys, now })
    if (isRefusal(signed)) return signed
    const { claims } = signed
    const refusal = checkClaims(claims, settings, now)
    if (refusal !== null) return refusal
    return makePrincipal({ claims, id: parsed.id }, settings, people, agents, now)
  }
}

/** Chosen by what the token claims, which decides nothing: both claims are verified with the entry that is chosen. */
function chooseIssuer(issuers: readonly Issuer[], claims: Claims): Issuer | Refusal {
  const named = issuers.filter(({ settings }) => settings.issuer === claims.iss)
  if (named.length <= 1) {
    return named[0] ?? refuse('token not accepted', `the issuer ${quoteOutside(claims.iss)} is not configured`)
  }
  const audience: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  const fitting = named.filter(({ settings }) => settings.audiences.some((name) => audience.includes(name)))
  if (fitting.length === 1) return fitting[0]!
  return refuse('token not accepted', `the audience fits ${fitting.length} of the issuers ${quoteOutside(claims.iss)}`)
}

function refusalError({ refused, detail }: Refusal, issuer?: string): IcecoreError {
  const cause = new Error(issuer === undefined ? detail : `issuer ${issuer}: ${detail}`)
  return new IcecoreError('ICE_TOKEN_INVALID', { reason: refused }, { cause })
}
