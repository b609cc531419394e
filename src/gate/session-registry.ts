/**
 * The living sessions: found by token, renewed, and ended. Ending one is all of it: its statements are cancelled, its
 * links die, the upstream session is closed, and the record says why.
 */
import type { EventInput, TokenFacts } from '../core/recording/index.ts'
import { IcecoreError, isIcecoreError } from '../errors.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { ChunkLinks } from './chunk-links.ts'
import type { PastSession, Recorder, Sealer } from './ports.ts'
import type { Session } from './session.ts'
import type { MintedTokens, SessionTokenBook, SessionTokens } from './session-tokens.ts'

/** Read at each use, so that they may change while sessions live. */
export interface SessionLimits {
  readonly sessions: number
  readonly perPrincipal: number
  /** Milliseconds. */
  readonly longestLife: number
  readonly idle: number
  /** A synchronous statement nobody has asked after for so long is cancelled. */
  readonly unattended: number
  /** The upstream session is kept alive by a heartbeat after so long without another word. */
  readonly upstreamHeartbeat: number
}

export interface RegistryTools {
  readonly recorder: Recorder
  readonly tokens: SessionTokenBook
  readonly links: ChunkLinks
  readonly answers: AnswerMemory
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
}

const SWEEP_MS = 15_000
/** Drivers ask again for a request within minutes, or never: later its run is forgotten, and its result is found by its id. */
const FORGET_MS = 15 * 60 * 1000
/** Python gives a log-out 5 s. */
const CANCEL_PATIENCE_MS = 3_000

export class SessionRegistry {
  readonly #sessions = new Map<string, Session>()
  readonly #tools: RegistryTools
  readonly #limits: SessionLimits
  #sweep: Timer
  /** Log-ins on their way, by principal: they count, or a burst would pass the limit. */
  readonly #opening = new Map<string, number>()

  constructor(tools: RegistryTools, limits: SessionLimits) {
    this.#tools = tools
    this.#limits = limits
    this.#sweep = this.#armSweep()
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Every session that lives. */
  all(): Iterable<Session> {
    return this.#sessions.values()
  }

  /** Reserves room for a log-in; Icecore's own sessions take none of it. Throws ICE_SESSION_LIMIT. Call the returned function once it is over, either way. */
  reserve(principal: string): () => void {
    const { sessions, perPrincipal } = this.#limits
    const living = [...this.#sessions.values()].filter((session) => session.facts.principal.token !== null)
    const all = this.#opening.values().reduce((sum, count) => sum + count, living.length)
    if (all >= sessions) throw new IcecoreError('ICE_SESSION_LIMIT', { limit: sessions })
    const opening = this.#opening.get(principal) ?? 0
    const open = living.filter((session) => session.facts.principal.id === principal).length
    if (open + opening >= perPrincipal) throw new IcecoreError('ICE_SESSION_LIMIT', { limit: perPrincipal })
    this.#opening.set(principal, opening + 1)
    return () => {
      const left = (this.#opening.get(principal) ?? 1) - 1
      if (left > 0) this.#opening.set(principal, left)
      else this.#opening.delete(principal)
    }
  }

  /** Tokens for a session that is about to be on record. */
  mint(): MintedTokens {
    return this.#tools.tokens.mint()
  }

  /** `tokens`: by which its driver comes back; null for a session of Icecore's own, which no token leads to. */
  add(session: Session, tokens: TokenFacts | null): void {
    this.#sessions.set(session.id, session)
    if (tokens === null) return
    this.#tools.tokens.put(session.id, tokens)
    this.#recordRenewals(session)
  }

  /** A session of an earlier process, with the tokens that its driver may hold. */
  restore(session: Session, { opened, changes }: PastSession): void {
    this.add(session, opened.facts.resume?.tokens ?? null)
    for (const change of changes) {
      if (change.type !== 'session.renewed') continue
      this.#tools.tokens.put(session.id, change.facts.tokens)
      this.#tools.tokens.retire(change.facts.retired, change.at)
    }
  }

  byId(id: string): Session | null {
    return this.#sessions.get(id) ?? null
  }

  /** New tokens of the upstream are on record before they are used: another process may have to go on with them. */
  #recordRenewals(session: Session): void {
    const { recorder, sealer, log } = this.#tools
    session.facts.upstream.onRenewal(async () => {
      const upstream = sealer.seal(session.facts.upstream.keep(), session.id)
      await recorder
        .append({ type: 'session.upstreamRenewed', session: session.id, facts: { upstream } })
        // The session goes on here. Whatever else it does must be on record, so a record that fails ends it anyway.
        .catch(() => log.error('session.renewalUnrecorded', { session: session.id }))
    })
  }

  /** Throws ICE_SESSION_UNKNOWN or ICE_SESSION_TOKEN_EXPIRED. */
  byToken(token: string): Session {
    return this.#alive(this.#tools.tokens.sessionOf(token))
  }

  async renew(
    masterToken: string,
    oldToken: string,
  ): Promise<{ readonly session: Session; readonly tokens: SessionTokens }> {
    const book = this.#tools.tokens
    const { session: id, hashes } = book.renewable(masterToken, oldToken)
    const session = this.#alive(id)
    const { tokens, facts } = book.mint()
    const renewed = { type: 'session.renewed', session: id, facts: { tokens: facts, retired: hashes } } as const
    await this.#tools.recorder.append(renewed).catch((cause: unknown) => {
      throw new IcecoreError('ICE_SESSION_UNRECORDED', { done: 'renewed' }, { cause })
    })
    // It may have ended while that became durable: then its new tokens are none.
    this.#alive(id)
    book.put(id, facts)
    book.retire(hashes, this.#tools.clock.now())
    return { session, tokens }
  }

  /** `also`: what goes on record with the end. */
  async end(session: Session, reason: string, also: readonly EventInput[] = []): Promise<void> {
    if (session.ended !== null) return
    session.ended = reason
    this.#sessions.delete(session.id)
    const { tokens, links, answers, recorder, log } = this.#tools
    tokens.revoke(session.id)
    links.closeSession(session.id)
    await this.#cancelAll(session, reason)
    answers.closeSession(session)
    // The record first: should closing take long or the process die, why it ended is known.
    const facts = { reason, statements: session.statements }
    const endings = [...session.runs.values()].flatMap((run) => run.takeEnding())
    await recorder
      .append(...endings, ...also, { type: 'session.ended', session: session.id, facts })
      .catch(() => log.error('session.endUnrecorded', { session: session.id, reason }))
    await session.facts.upstream.close()
    log.info('session.ended', { session: session.id, reason })
  }

  /** Statements that are cancelled say so on record before the session ends there, if they do so in time. */
  async #cancelAll(session: Session, reason: string): Promise<void> {
    const open = [...session.openRuns]
    for (const run of open) run.cancel(reason)
    await Promise.all(open.map((run) => run.waitSettled(CANCEL_PATIENCE_MS)))
  }

  /** All open statements, for draining. */
  openStatements(): number {
    return [...this.#sessions.values()].reduce((sum, session) => sum + session.openRuns.size, 0)
  }

  /** Stops looking after the sessions, which stay as they are for the next process. */
  suspend(): void {
    this.#sweep.cancel()
    for (const session of this.#sessions.values()) for (const run of session.openRuns) run.dismiss()
  }

  async endAll(reason: string): Promise<void> {
    this.#sweep.cancel()
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session, reason)))
  }

  #alive(id: string): Session {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new IcecoreError('ICE_SESSION_UNKNOWN')
    session.seenAt = this.#tools.clock.now()
    return session
  }

  #armSweep(): Timer {
    return this.#tools.clock.timer(SWEEP_MS, () => {
      for (const session of this.#sessions.values()) this.#look(session)
      this.#sweep = this.#armSweep()
    })
  }

  #look(session: Session): void {
    const now = this.#tools.clock.now()
    const { longestLife, idle, unattended, upstreamHeartbeat } = this.#limits
    if (now - session.facts.openedAt >= longestLife) this.#endLater(session, 'longest life reached')
    else if (now - session.seenAt >= idle && session.openRuns.size === 0) this.#endLater(session, 'idle')
    for (const run of session.openRuns) {
      if (!run.request.asynchronous && run.unattendedMs >= unattended) run.cancel('the client went away')
    }
    for (const [requestId, run] of session.runs) {
      if (run.unattendedMs >= unattended) this.#tools.answers.letGo(run)
      if (run.unattendedMs >= FORGET_MS && run.outcome !== null) session.runs.delete(requestId)
    }
    if (session.ended === null && now - session.upstreamSeenAt >= upstreamHeartbeat) this.#heartbeat(session, now)
  }

  #endLater(session: Session, reason: string): void {
    this.end(session, reason).catch((error: unknown) =>
      this.#tools.log.error('session.endFailed', { session: session.id, error }),
    )
  }

  #heartbeat(session: Session, now: number): void {
    session.upstreamSeenAt = now
    session.facts.upstream.heartbeat().catch((error: unknown) => {
      // Snowflake being away is no end: the session lives there for hours without a heartbeat, and the next one may arrive.
      if (isIcecoreError(error, 'ICE_UPSTREAM_SESSION_LOST')) {
        this.#endLater(session, 'the session at Snowflake has ended')
      } else this.#tools.log.warn('upstream.heartbeatFailed', { session: session.id, error })
    })
  }
}
