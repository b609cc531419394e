/** One log-in through a door, until log-out, expiry or cut-off, whatever sockets it uses. */
import type { Principal } from '../core/identity/index.ts'
import type { Door } from '../core/recording/index.ts'
import { initialState, type SessionState } from '../core/session/index.ts'
import type { ClientProfile } from '../core/wire/index.ts'
import { SharedLock } from '../lib/shared-lock.ts'
import type { UpstreamSession } from './ports.ts'
import type { StatementRun } from './statement-run.ts'

export interface SessionFacts {
  readonly id: string
  readonly door: Door
  readonly principal: Principal
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

export class Session {
  readonly facts: SessionFacts
  /** State-changing statements hold it alone; the others share it. */
  readonly lock = new SharedLock()
  /** By the client's request id. */
  readonly runs = new Map<string, StatementRun>()
  state: SessionState
  /** Why it ended; null while it lives. */
  ended: string | null = null
  statements = 0
  /** Wall clock of the last request with this session's token, milliseconds. */
  seenAt: number
  /** Wall clock of the last word with the upstream, milliseconds. */
  upstreamSeenAt: number

  constructor(facts: SessionFacts) {
    this.facts = facts
    this.state = initialState(facts.upstream.context)
    this.seenAt = facts.openedAt
    this.upstreamSeenAt = facts.openedAt
  }

  get id(): string {
    return this.facts.id
  }

  get openRuns(): readonly StatementRun[] {
    return [...this.runs.values()].filter((run) => run.outcome === null)
  }
}
