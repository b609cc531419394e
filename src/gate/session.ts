/** One log-in through a door, until log-out, expiry or cut-off, whatever sockets it uses. */
import type { SessionPrincipal } from '../core/identity/index.ts'
import type { SessionDoor } from '../core/recording/index.ts'
import { initialState, type SessionState } from '../core/session/index.ts'
import type { ClientProfile } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import { SharedLock } from '../lib/shared-lock.ts'
import type { Owner } from './handles.ts'
import type { UpstreamSession } from './ports.ts'
import type { StatementRun } from './statement-run.ts'

export interface SessionFacts {
  readonly id: string
  readonly door: SessionDoor
  readonly principal: SessionPrincipal
  readonly connection: string
  /** Roles that `USE ROLE` may select. */
  mayUseRole(role: string): boolean
  readonly ownUser: string
  readonly profile: ClientProfile
  readonly upstream: UpstreamSession
  /** The client's own query tag: kept inside Icecore's. */
  readonly clientTag: string | null
  /** Wall clock, milliseconds. */
  readonly openedAt: number
}

export interface ResumedSession {
  /** Monotonic, milliseconds: a wall clock that is set while drivers still ask must make nobody run anything again. */
  readonly at: number
  readonly state: SessionState
  readonly statements: number
  readonly queries: number
  readonly seenAt: number
}

export class Session {
  readonly facts: SessionFacts
  /** State-changing statements hold it alone; the others share it. */
  readonly lock = new SharedLock()
  /** By the client's request id. */
  readonly runs = new Map<string, StatementRun>()
  /** Those that have not ended. */
  readonly openRuns = new Set<StatementRun>()
  state: SessionState
  /** Why it ended; null while it lives. */
  ended: string | null = null
  statements: number
  /** Its statements that are queries at the upstream, which is less than all: some are denied, some never arrive. */
  queries: number
  /** When this process took it over from an earlier one, monotonic in milliseconds; null when it was opened here. */
  readonly resumedAt: number | null
  /** Wall clock of the last request with this session's token, milliseconds. */
  seenAt: number
  /** Wall clock of the last word with the upstream, milliseconds. */
  upstreamSeenAt: number

  /** `resumed`: what an earlier process had made of it. */
  constructor(facts: SessionFacts, resumed: ResumedSession | null = null) {
    this.facts = facts
    this.resumedAt = resumed?.at ?? null
    this.state = resumed?.state ?? initialState(facts.upstream.context)
    this.statements = resumed?.statements ?? 0
    this.queries = resumed?.queries ?? 0
    this.seenAt = resumed?.seenAt ?? facts.openedAt
    this.upstreamSeenAt = this.seenAt
  }

  get id(): string {
    return this.facts.id
  }

  /** Whose results these are. */
  get owner(): Owner {
    return { principal: this.facts.principal.id, connection: this.facts.connection }
  }

  /** Remembers a new run; beyond the limit the oldest settled one is forgotten, which the upstream still knows by its id. */
  begin(run: StatementRun, remembered: number): void {
    // A request may have been under way while the session ended: nothing begins in it any more.
    if (this.ended !== null) throw new IcecoreError('ICE_SESSION_UNKNOWN', {}, { cause: this.ended })
    if (this.runs.size >= remembered) {
      const oldest = this.runs.entries().find(([, known]) => known.outcome !== null)
      if (oldest !== undefined) this.runs.delete(oldest[0])
    }
    this.runs.set(run.request.requestId, run)
    this.openRuns.add(run)
    this.statements += 1
  }

  /** A run that an earlier process had begun. */
  adopt(run: StatementRun): void {
    this.runs.set(run.request.requestId, run)
    if (run.outcome === null) this.openRuns.add(run)
  }

  /** The run behind a query id, be it the upstream's or the stand-in. */
  runOf(queryId: string): StatementRun | null {
    return this.runs.values().find((run) => run.queryId === queryId || run.pendingId === queryId) ?? null
  }
}
