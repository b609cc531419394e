/** Log-in sessions and their tokens: issue, renewal with a grace for requests under way, expiry, end. */
import { randomBytes } from 'node:crypto'
import type { EngineSession } from '../engine.ts'
import type { Faults } from '../faults.ts'
import { sessionErrors } from './protocol-error.ts'
import type { User } from './users.ts'

export interface SessionTokens {
  readonly session: string
  readonly master: string
}

export interface Session {
  readonly id: bigint
  readonly user: User
  readonly engine: EngineSession
  readonly client: string
  readonly createdAt: number
  readonly tokens: SessionTokens
}

export interface SessionsOptions {
  readonly sessionValidityMs: number
  readonly masterValidityMs: number
  readonly renewalGraceMs: number
  readonly bigIntegers: boolean
  readonly now: () => number
}

interface OpenSession {
  readonly id: bigint
  readonly user: User
  readonly engine: EngineSession
  readonly client: string
  readonly createdAt: number
  tokens: SessionTokens
  tokenExpiresAt: number
  masterExpiresAt: number
  former: { readonly tokens: SessionTokens; readonly until: number } | null
}

/** Tokens of ended sessions that are still told from tokens never issued. */
const REMEMBERED_TOKENS = 10_000
/** 2^53 + 1: the first integer that a double cannot hold. */
const FIRST_BIG_ID = 9_007_199_254_740_993n
const FIRST_SMALL_ID = 1_172_562_260_498n

export class Sessions {
  readonly #options: SessionsOptions
  readonly #faults: Faults
  readonly #open = new Map<bigint, OpenSession>()
  readonly #bySessionToken = new Map<string, OpenSession>()
  readonly #byMasterToken = new Map<string, OpenSession>()
  readonly #ended = new Set<string>()
  #nextId: bigint

  constructor(options: SessionsOptions, faults: Faults) {
    this.#options = options
    this.#faults = faults
    this.#nextId = options.bigIntegers ? FIRST_BIG_ID : FIRST_SMALL_ID
  }

  /** An id for a session about to open; odd ones, so that above 2^53 each of them is rounded by a double. */
  takeId(): bigint {
    const id = this.#nextId
    this.#nextId += 2n
    return id
  }

  open(id: bigint, user: User, engine: EngineSession, client: string): Session {
    const session: OpenSession = {
      id,
      user,
      engine,
      client,
      createdAt: this.#options.now(),
      tokens: makeTokens(id),
      tokenExpiresAt: 0,
      masterExpiresAt: 0,
      former: null,
    }
    this.#open.set(id, session)
    this.#admit(session)
    return session
  }

  /** Every live session. */
  list(): readonly Session[] {
    return [...this.#open.values()]
  }

  byToken(token: string): Session {
    const session = this.#bySessionToken.get(token)
    if (session === undefined) throw this.#ended.has(token) ? sessionErrors.gone() : sessionErrors.invalid()
    if (this.#faults.take('expire-session') > 0) session.tokenExpiresAt = this.#options.now()
    if (token !== session.tokens.session && this.#isPastGrace(session)) throw sessionErrors.invalid()
    if (session.tokenExpiresAt <= this.#options.now()) throw sessionErrors.expired()
    return session
  }

  byMasterToken(token: string): Session {
    const session = this.#byMasterToken.get(token)
    if (session === undefined) throw this.#ended.has(token) ? sessionErrors.gone() : sessionErrors.masterInvalid()
    if (this.#faults.take('expire-master') > 0) session.masterExpiresAt = this.#options.now()
    if (token !== session.tokens.master && this.#isPastGrace(session)) throw sessionErrors.masterInvalid()
    if (session.masterExpiresAt <= this.#options.now()) throw sessionErrors.masterExpired()
    return session
  }

  /** Replaces both tokens. The old session token must be one of the session's own. */
  renew(masterToken: string, oldSessionToken: string): Session {
    const session = this.#known(this.byMasterToken(masterToken))
    if (this.#bySessionToken.get(oldSessionToken) !== session) throw sessionErrors.invalid()
    if (session.former !== null) this.#dropTokens(session.former.tokens)
    session.former = { tokens: session.tokens, until: this.#options.now() + this.#options.renewalGraceMs }
    session.tokens = makeTokens(session.id)
    this.#admit(session)
    return session
  }

  /** A heartbeat keeps the master token alive. */
  keepAlive(session: Session): void {
    this.#known(session).masterExpiresAt = this.#options.now() + this.#options.masterValidityMs
  }

  async end(session: Session): Promise<void> {
    const open = this.#open.get(session.id)
    if (open === undefined) return
    this.#open.delete(session.id)
    this.#rememberEnded(open.tokens)
    if (open.former !== null) this.#rememberEnded(open.former.tokens)
    await open.engine.close()
  }

  /** Ends the sessions that nobody can renew any more. */
  async sweep(): Promise<void> {
    const now = this.#options.now()
    for (const session of this.#open.values()) if (session.masterExpiresAt <= now) await this.end(session)
  }

  async endAll(): Promise<void> {
    for (const session of this.#open.values()) await this.end(session)
  }

  #admit(session: OpenSession): void {
    const now = this.#options.now()
    session.tokenExpiresAt = now + this.#options.sessionValidityMs
    session.masterExpiresAt = now + this.#options.masterValidityMs
    this.#bySessionToken.set(session.tokens.session, session)
    this.#byMasterToken.set(session.tokens.master, session)
  }

  #dropTokens(tokens: SessionTokens): void {
    this.#bySessionToken.delete(tokens.session)
    this.#byMasterToken.delete(tokens.master)
  }

  #rememberEnded(tokens: SessionTokens): void {
    this.#dropTokens(tokens)
    this.#ended.add(tokens.session).add(tokens.master)
    for (const oldest of this.#ended) {
      if (this.#ended.size <= REMEMBERED_TOKENS) break
      this.#ended.delete(oldest)
    }
  }

  #isPastGrace(session: OpenSession): boolean {
    return session.former === null || session.former.until <= this.#options.now()
  }

  #known(session: Session): OpenSession {
    const open = this.#open.get(session.id)
    if (open === undefined) throw sessionErrors.gone()
    return open
  }
}

/** The outer form is Snowflake's, with the characters that a client must not trip over. */
function makeTokens(id: bigint): SessionTokens {
  const make = (kind: string) => `ver:3-hint:${id}-${kind}:${randomBytes(48).toString('base64')}==`
  return { session: make('ST'), master: make('MT') }
}
