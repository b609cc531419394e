import { isDeepStrictEqual } from 'node:util'
import {
  type Agents,
  type Claims,
  isRefusal,
  makePrincipal,
  type People,
  type Principal,
  quoteOutside,
  type Refusal,
  reconsiderPrincipal,
  refuse,
} from '../../core/identity/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { TokenVerifier } from '../../gate/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { checkClaims, checkRequiredClaims } from './check-claims.ts'
import { checkHeader } from './check-header.ts'
import { assertSafeIssuers } from './check-issuers.ts'
import { createHttpGet, type HttpGet } from './http-get.ts'
import { type IssuerKeyState, IssuerKeys, KEY_FETCH_LIMITS, type KeyFetchLimits } from './issuer-keys.ts'
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
 *
 * `before` is the verifier whose place this one takes: keys of issuers that stay as they are stay, so that a new
 * configuration costs nobody the keys of an issuer that is away just then.
 */
export function createTokenVerifier(options: TokenVerifierOptions, before?: IssuersVerifier): IssuersVerifier {
  return new IssuersVerifier(options, before)
}

export class IssuersVerifier implements TokenVerifier {
  readonly #issuers: readonly Issuer[]
  readonly #options: TokenVerifierOptions

  constructor(options: TokenVerifierOptions, before?: IssuersVerifier) {
    const { clock, log } = options
    assertSafeIssuers(options.issuers)
    this.#options = options
    this.#issuers = options.issuers.map((settings): Issuer => {
      const same =
        before === undefined
          ? undefined
          : before.#issuers.find((issuer) => isDeepStrictEqual(issuer.settings, settings))
      if (same !== undefined) return same
      const http = options.http ?? createHttpGet({ ca: settings.ca, clock })
      const limits = { ...KEY_FETCH_LIMITS, ...options.limits }
      return { settings, keys: new IssuerKeys({ settings, http, clock, log, limits }) }
    })
  }

  async verify(token: string): Promise<Principal> {
    const maxBytes = Math.max(0, ...this.#issuers.map(({ settings }) => settings.maxTokenBytes))
    const parsed = parseToken(token, maxBytes)
    if (isRefusal(parsed)) throw refusalError(parsed)
    const issuer = chooseIssuer(this.#issuers, parsed.claims)
    if (isRefusal(issuer)) throw refusalError(issuer)
    const principal = await this.#verifyWith(issuer, token, parsed)
    if (isRefusal(principal)) throw refusalError(principal, issuer.settings.name)
    return principal
  }

  /**
   * Whom a token that was accepted once stands for by this configuration. Its times are left out: a session outlives the
   * token it was opened with.
   */
  reconsider(principal: Principal): Principal | Refusal {
    const { issuerName, audience } = principal.token
    const settings = this.#issuers.find(({ settings: { name } }) => name === issuerName)?.settings
    if (settings === undefined) return refuse('token not accepted', `there is no issuer ${issuerName} any more`)
    if (!settings.audiences.some((name) => audience.includes(name))) {
      return refuse('token not accepted', 'its audience is no longer accepted')
    }
    const refusal = checkRequiredClaims(principal.claims, settings)
    if (refusal !== null) return refusal
    const { people, agents, clock } = this.#options
    return reconsiderPrincipal(principal, settings, people, agents, clock.now())
  }

  /** Has keys of every issuer, where they can be had. */
  async fetchKeys(): Promise<readonly IssuerKeyState[]> {
    await Promise.all(this.#issuers.map(({ keys }) => keys.current().catch(() => undefined)))
    return this.keyStates()
  }

  keyStates(): readonly IssuerKeyState[] {
    return this.#issuers.map(({ keys }) => keys.state)
  }

  async #verifyWith({ settings, keys }: Issuer, token: string, parsed: ParsedToken): Promise<Principal | Refusal> {
    const { clock, people, agents } = this.#options
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
