/**
 * The opaque tokens that a driver holds. Only their hashes are kept: whoever reads the memory or the store of Icecore
 * learns none that works.
 */
import { createHash } from 'node:crypto'
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

  issue(session: string): SessionTokens {
    const now = this.#clock.now()
    const tokens = { token: new Secret(this.#ids.token('ics_')), masterToken: new Secret(this.#ids.token('icm_')) }
    this.#put(tokens.token, { session, kind: 'session', expiresAt: now + this.#lives.token })
    this.#put(tokens.masterToken, { session, kind: 'master', expiresAt: now + this.#lives.master })
    return {
      ...tokens,
      tokenLifeSeconds: Math.floor(this.#lives.token / 1000),
      masterLifeSeconds: Math.floor(this.#lives.master / 1000),
    }
  }

  /** The session of a session token. Throws ICE_SESSION_UNKNOWN, or ICE_SESSION_TOKEN_EXPIRED: then it can be renewed. */
  sessionOf(token: string): string {
    const entry = this.#find(token, 'session')
    if (this.#clock.now() >= entry.expiresAt) throw new IcecoreError('ICE_SESSION_TOKEN_EXPIRED')
    return entry.session
  }

  /** New tokens for a master token and the session token it belongs to. Throws ICE_SESSION_UNKNOWN. */
  renew(masterToken: string, oldToken: string): { readonly session: string; readonly tokens: SessionTokens } {
    const master = this.#find(masterToken, 'master')
    const old = this.#find(oldToken, 'session')
    const now = this.#clock.now()
    if (now >= master.expiresAt || old.session !== master.session) throw new IcecoreError('ICE_SESSION_UNKNOWN')
    const graceEnd = now + this.#lives.renewGrace
    master.expiresAt = Math.min(master.expiresAt, graceEnd)
    old.expiresAt = Math.min(old.expiresAt, graceEnd)
    this.#forgetDead(master.session)
    return { session: master.session, tokens: this.issue(master.session) }
  }

  revoke(session: string): void {
    for (const hash of this.#bySession.get(session) ?? []) this.#entries.delete(hash)
    this.#bySession.delete(session)
  }

  #put(token: Secret, entry: Entry): void {
    const hash = hashOf(token.reveal())
    this.#entries.set(hash, entry)
    const own = this.#bySession.get(entry.session) ?? new Set()
    this.#bySession.set(entry.session, own.add(hash))
  }

  #find(token: string, kind: Entry['kind']): Entry {
    const entry = this.#entries.get(hashOf(token))
    if (entry === undefined || entry.kind !== kind) throw new IcecoreError('ICE_SESSION_UNKNOWN')
    return entry
  }

  /** Tokens of earlier renewals: a session that renews for days must not collect them. */
  #forgetDead(session: string): void {
    const own = this.#bySession.get(session) ?? new Set()
    for (const hash of own) {
      const entry = this.#entries.get(hash)
      if (entry === undefined || entry.expiresAt + this.#lives.token > this.#clock.now()) continue
      this.#entries.delete(hash)
      own.delete(hash)
    }
  }
}

/** A look-up by hash leaks nothing useful by its time: the hash of a guess cannot be steered towards one that is there. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
