/**
 * Sessions outlive configurations: after a restart and after a reload each is judged anew. One that could not be opened
 * as it stands ends, whatever was allowed when it began.
 */
import {
  type AccessRule,
  decideAccess,
  isRefusal,
  type Principal,
  type Refusal,
  type SessionPrincipal,
} from '../core/identity/index.ts'

/** The configuration in force, as far as it says who may be here. Read at each use: it may change. */
export interface AccessToday {
  readonly rules: readonly AccessRule[]
  /** Whether there is a connection of this name. */
  hasConnection(name: string): boolean
  /** Why nobody is configured any more whom the principal could be; null where nothing says so. */
  reasonGone(principal: Principal): string | null
  /** Whom the token that it logged in with would stand for today. */
  reconsider(principal: Principal): Principal | Refusal
}

export interface JudgedSession {
  readonly principal: SessionPrincipal
  readonly connection: string
  /** The one that it began in, then every other that it may be in by now. */
  readonly roles: readonly (string | null)[]
}

/** The reason of an end where the place has changed to which the connection's name leads. */
export const LEADS_ELSEWHERE = 'its connection now leads elsewhere'

/** Why the session cannot go on; null where nothing speaks against it. */
export function whyAccessIsGone({ principal, connection, roles }: JudgedSession, today: AccessToday): string | null {
  if (!today.hasConnection(connection)) return 'its connection is no longer configured'
  // Icecore itself: no access rule is about it.
  if (principal.token === null) return null
  const gone = today.reasonGone(principal)
  if (gone !== null) return gone
  const now = today.reconsider(principal)
  if (isRefusal(now)) return `its token would no longer be accepted (${now.refused})`
  // As in `reasonGone`: a registration that was added since is no reason, one that does not fit any more is.
  const agent = principal.agent?.agent ?? null
  if (agent !== null && now.agent?.agent !== agent) return 'its token is no longer one of its agent'
  const known = { ...principal, groups: now.groups }
  const refused = roles.findIndex((role) => !decideAccess(today.rules, known, { connection, role }).allowed)
  if (refused < 0) return null
  return `the access rules no longer allow ${refused === 0 ? 'it' : 'its role'}`
}
