/** A principal of an earlier log-in, held against today's configuration. */
import type { Agents, People } from './identity-settings.ts'
import type { Principal } from './principal.ts'

export interface KnownPrincipals {
  /** Issuer by config name. */
  readonly issuers: Readonly<Record<string, string>>
  readonly people: People
  readonly agents: Agents
}

/**
 * Why this principal could not log in as itself any more; null where nothing says so. A registration that was taken away
 * counts, one that was added does not: the principal keeps the name under which it logged in.
 */
export function reasonGone(principal: Principal, known: KnownPrincipals, now: number): string | null {
  const { human, agent, token } = principal
  if (known.issuers[token.issuerName] !== token.issuer) return 'its issuer is no longer configured'
  if (human !== null && human.person !== null && !isLinked(known.people, human.person, human)) {
    return 'its person is no longer configured'
  }
  if (agent === null || agent.agent === null) return null
  const registered = Object.hasOwn(known.agents, agent.agent) ? known.agents[agent.agent] : undefined
  if (registered === undefined) return 'its agent is no longer configured'
  if (!registered.identities.some(({ issuer }) => issuer === agent.issuer)) return 'its agent is no longer configured'
  return registered.expires !== undefined && registered.expires <= now ? 'its agent has expired' : null
}

function isLinked(people: People, key: string, human: { readonly issuer: string; readonly subject: string }): boolean {
  const person = Object.hasOwn(people, key) ? people[key] : undefined
  return (person?.identities ?? []).some(({ issuer, subject }) => issuer === human.issuer && subject === human.subject)
}
