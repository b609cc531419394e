/** Three issuers on real sockets, a clock that tests move, and verifiers that trust them. */
import assert from 'node:assert/strict'
import { FakeClock } from '../../../../test/support/fake-clock.ts'
import { type IdpKey, signToken, TestIdp } from '../../../../test/support/test-idp.ts'
import type { Principal } from '../../../core/identity/index.ts'
import { IcecoreError } from '../../../errors.ts'
import { silentLog } from '../../../lib/log.ts'
import { createTokenVerifier, ISSUER_DEFAULTS, type IssuerSettings, type TokenVerifierOptions } from '../index.ts'

export const HOUR = 3600

export class TokenFixture {
  readonly #clock: FakeClock
  readonly okta: TestIdp
  readonly entra: TestIdp
  readonly rsa: TestIdp
  /** When the fixture was made, in seconds since 1970. */
  readonly seconds: number

  private constructor(clock: FakeClock, [okta, entra, rsa]: readonly [TestIdp, TestIdp, TestIdp]) {
    this.#clock = clock
    this.okta = okta
    this.entra = entra
    this.rsa = rsa
    this.seconds = Math.floor(clock.now() / 1000)
  }

  static async start(): Promise<TokenFixture> {
    const clock = new FakeClock()
    const options = { now: () => clock.now() }
    return new TokenFixture(clock, [
      await TestIdp.start(options),
      await TestIdp.start({ ...options, path: '/tenant-1/v2.0', algorithm: 'EdDSA' }),
      await TestIdp.start({ ...options, algorithm: 'RS256' }),
    ])
  }

  makeVerifier(changes: Partial<IssuerSettings> = {}, options: Partial<TokenVerifierOptions> = {}) {
    const { okta, entra, rsa } = this
    const issuers = [settings(okta, 'okta', changes), settings(entra, 'entra'), settings(rsa, 'rsa')]
    return createTokenVerifier({ issuers, people: {}, agents: {}, clock: this.#clock, log: silentLog, ...options })
  }

  /** The header of a token as text, so that a test can write what no library would. */
  header(key: IdpKey = this.okta.key, more = ''): string {
    return `{"alg":"${key.algorithm}","kid":"${key.kid}"${more}}`
  }

  payload(more = ''): string {
    const { okta, seconds } = this
    return `{"iss":"${okta.issuer}","sub":"user-1","aud":"icecore","iat":${seconds},"exp":${seconds + HOUR}${more}}`
  }

  /** A token of these texts, signed by the first issuer. */
  sign(header: string, payload: string): string {
    return signToken(header, payload, this.okta.key)
  }

  async close(): Promise<void> {
    await Promise.all([this.okta.close(), this.entra.close(), this.rsa.close()])
  }
}

export function settings(idp: TestIdp, name: string, changes: Partial<IssuerSettings> = {}): IssuerSettings {
  return { ...ISSUER_DEFAULTS, name, issuer: idp.issuer, audiences: ['icecore'], ...changes }
}

/** What the driver is told, and what the record says. */
export async function refusalOf(
  verified: Promise<Principal>,
): Promise<{ readonly reason: string; readonly detail: string }> {
  const error: unknown = await verified.then(
    () => assert.fail('the token was accepted'),
    (reason: unknown) => reason,
  )
  assert(error instanceof IcecoreError && error.code === 'ICE_TOKEN_INVALID', String(error))
  return { reason: String(error.details.reason), detail: (error.cause as Error).message }
}
