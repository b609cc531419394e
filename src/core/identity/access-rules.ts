/**
 * Who may use which connection with which role, decided at log-in and again at each `USE ROLE`. Only what the token
 * proved counts here; what the driver says of itself does not.
 */
import { type ClaimMatchers, matchClaims } from './claim-matchers.ts'
import type { Principal } from './principal.ts'

/** All conditions given must hold; a list holds when one of its values does. Without any condition nobody is meant. */
export interface AccessCondition {
  /** Everybody whose token is accepted. */
  readonly anyone?: true
  readonly groups?: readonly string[]
  /** Keys of `people`. */
  readonly people?: readonly string[]
  /** Keys of `agents`. */
  readonly agents?: readonly string[]
  /** Config names of issuers. */
  readonly issuers?: readonly string[]
  readonly claims?: ClaimMatchers
}

export interface AccessRule {
  readonly name: string
  readonly when: AccessCondition
  /** Names of connections, exactly. */
  readonly connections: readonly string[]
  /** Roles in canonical form (upper-case unless quoted); the first is taken when the driver asks for none. */
  readonly roles: readonly string[]
}

export interface AccessRequest {
  readonly connection: string
  /** In canonical form; null when the driver asks for none. */
  readonly role: string | null
}

export type AccessRefusalReason = 'connection not allowed' | 'role not allowed' | 'groups unknown'

export type AccessDecision =
  | { readonly allowed: true; readonly rule: string; readonly role: string }
  | { readonly allowed: false; readonly reason: AccessRefusalReason; readonly detail: string }

type Match = 'yes' | 'no' | 'groups_unknown'

/** The first rule, in order, that fits the principal, the connection and the role. */
export function decideAccess(
  rules: readonly AccessRule[],
  principal: Principal,
  request: AccessRequest,
): AccessDecision {
  const matches = rules
    .filter((rule) => rule.connections.includes(request.connection))
    .map((rule) => ({ rule, match: matchCondition(rule.when, principal) }))
  const fitting = matches.filter(({ match }) => match === 'yes').map(({ rule }) => rule)
  for (const rule of fitting) {
    const role = request.role === null ? rule.roles[0] : rule.roles.find((name) => name === request.role)
    if (role !== undefined) return { allowed: true, rule: rule.name, role }
  }
  const undecided = matches.filter(({ match }) => match === 'groups_unknown').map(({ rule }) => rule)
  return refuseAccess(principal, request, fitting, undecided)
}

/** Whether a session of this principal may change to the role. */
export function mayUseRole(
  rules: readonly AccessRule[],
  principal: Principal,
  connection: string,
  role: string,
): boolean {
  return decideAccess(rules, principal, { connection, role }).allowed
}

function matchCondition(when: AccessCondition, principal: Principal): Match {
  const conditions = [
    when.anyone,
    when.people && includes(when.people, principal.human?.person),
    when.agents && includes(when.agents, principal.agent?.agent),
    when.issuers && includes(when.issuers, principal.token.issuerName),
    when.claims && matchClaims(when.claims, principal.claims),
  ].filter((holds) => holds !== undefined)
  if (conditions.includes(false)) return 'no'
  if (when.groups === undefined) return conditions.length > 0 ? 'yes' : 'no'
  if (principal.groups.status === 'unknown') return 'groups_unknown'
  return principal.groups.names.some((name) => includes(when.groups!, name)) ? 'yes' : 'no'
}

function includes(allowed: readonly string[], value: string | null | undefined): boolean {
  return typeof value === 'string' && allowed.includes(value)
}

function refuseAccess(
  principal: Principal,
  request: AccessRequest,
  fitting: readonly AccessRule[],
  undecided: readonly AccessRule[],
): AccessDecision {
  if (undecided.length > 0 && principal.groups.status === 'unknown') {
    const names = undecided.map((rule) => rule.name).join(', ')
    const detail = `the groups are unknown (${principal.groups.reason}), and these rules ask for a group: ${names}`
    return { allowed: false, reason: 'groups unknown', detail }
  }
  if (fitting.length > 0) {
    const names = fitting.map((rule) => rule.name).join(', ')
    const asked = request.role === null ? 'no role' : JSON.stringify(request.role)
    return { allowed: false, reason: 'role not allowed', detail: `rules that fit (${names}) do not give ${asked}` }
  }
  return { allowed: false, reason: 'connection not allowed', detail: 'no access rule fits' }
}
