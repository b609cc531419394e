/**
 * The opaque tokens that a driver holds. Only their hashes are kept: whoever reads the memory or the store of Icecore
 * learns none that works.
 */
import { createHash } from 'node:crypto'
import type { TokenFacts } from '../core/recording/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'

export interface TokenLives {
  /** Milliseconds. */
  readonly token: number
  readonly master: number
  /** How long a renewed token still works: parallel requests may carry it (driver-protocol.md#session-tokens). */
  readonly renewGrace: number
}

export interface SessionTokens {
  readonly token: Secret
  readonly masterToken: Secret
  readonly tokenLifeSeconds: number
  readonly masterLifeSeconds: number
}

export interface MintedTokens {
  /** For the driver. */
  readonly tokens: SessionTokens
  /** For the record. */
  readonly facts: TokenFacts
}

interface Entry {
  readonly session: string
  readonly kind: 'session' | 'master'
  expiresAt: number
}

export class SessionTokenBook {
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #lives: TokenLives
  readonly #entries = new Map<string, Entry>()
  readonly #bySession = new Map<string, Set<string>>()

  constructor(options: { readonly clock: Clock; readonly ids: Ids; readonly lives: TokenLives }) {
    this.#clock = options.clock
    this.#ids = options.ids
    this.#lives = options.lives
  }

  /** New tokens, which work once their facts are durable and have been put in. */
  mint(): MintedTokens {
    const now = this.#clock.now()
    const { token: tokenLife, master: masterLife } = this.#lives
    const tokens = { token: new Secret(this.#ids.token('ics_')), masterToken: new Secret(this.#ids.token('icm_')) }
    return {
      tokens: {
        ...tokens,
        tokenLifeSeconds: Math.floor(tokenLife / 1000),
        masterLifeSeconds: Math.floor(masterLife / 1000),
      },
      facts: {
        token: hashOf(tokens.token.reveal()),
        master: hashOf(tokens.masterToken.reveal()),
        tokenExpiresAt: now + tokenLife,
        masterExpiresAt: now + masterLife,
      },
    }
  }

  /** From now on these tokens work. */
  put(session: string, facts: TokenFacts): void {
    const own = this.#bySession.get(session) ?? new Set()
    this.#bySession.set(session, own)
    this.#forgetDead(own)
    this.#entries.set(facts.token, { session, kind: 'session', expiresAt: facts.tokenExpiresAt })
    this.#entries.set(facts.master, { session, kind: 'master', expiresAt: facts.masterExpiresAt })
    own.add(facts.token).add(facts.master)
  }

  /** Tokens that were renewed at `at` (wall clock, milliseconds): from then on they work only for a while. */
  retire(hashes: readonly string[], at: number): void {
    for (const hash of hashes) {
      const entry = this.#entries.get(hash)
      if (entry !== undefined) entry.expiresAt = Math.min(entry.expiresAt, at + this.#lives.renewGrace)
    }
  }

  /** The session of a session token. Throws ICE_SESSION_UNKNOWN, or ICE_SESSION_TOKEN_EXPIRED: then it can be renewed. */
  sessionOf(token: string): string {
    const entry = this.#find(token, 'session')
    if (this.#clock.now() >= entry.expiresAt) throw new IcecoreError('ICE_SESSION_TOKEN_EXPIRED')
    return entry.session
  }

  /**
   * The session that a master token and a session token of it may renew, and the hashes of both.
   * Throws ICE_SESSION_UNKNOWN.
   */
  renewable(masterToken: string, oldToken: string): { readonly session: string; readonly hashes: readonly string[] } {
    const master = this.#find(masterToken, 'master')
    const old = this.#find(oldToken, 'session')
    if (this.#clock.now() >= master.expiresAt || old.session !== master.session) {
      throw new IcecoreError('ICE_SESSION_UNKNOWN')
    }
    return { session: master.session, hashes: [hashOf(masterToken), hashOf(oldToken)] }
  }

  revoke(session: string): void {
    for (const hash of this.#bySession.get(session) ?? []) this.#entries.delete(hash)
    this.#bySession.delete(session)
  }

  #find(token: string, kind: Entry['kind']): Entry {
    const entry = this.#entries.get(hashOf(token))
    if (entry === undefined || entry.kind !== kind) throw new IcecoreError('ICE_SESSION_UNKNOWN')
    return entry
  }

  /** Tokens of earlier renewals: a session that renews for days must not collect them. */
  #forgetDead(own: Set<string>): void {
    for (const hash of own) {
      const entry = this.#entries.get(hash)
      if (entry !== undefined && entry.expiresAt + this.#lives.token > this.#clock.now()) continue
      this.#entries.delete(hash)
      own.delete(hash)
    }
  }
}

/** A look-up by hash leaks nothing useful by its time: the hash of a guess cannot be steered towards one that is there. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
