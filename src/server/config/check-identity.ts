/** Checks between issuers, people and agents. */

import type { ClaimMatchers } from '../../core/identity/index.ts'
import type { Agent } from './actors.ts'
import { checkPatterns, matchersImply, matchersMeet } from './claims.ts'
import type { Issuer } from './issuers.ts'
import type { Finding, Path } from './problem.ts'
import { checkReference } from './references.ts'
import type { View } from './view.ts'

export function* checkIssuers({ issuers }: View): Generator<Finding> {
  const known = [...(issuers ?? [])].filter((entry): entry is [string, Issuer] => entry[1] !== null)
  for (const [index, [name, issuer]] of known.entries()) {
    // Google signs for people and for machines under one `iss`: two entries, told apart by the audience.
    const rival = known
      .slice(0, index)
      .find(
        ([, other]) => other.issuer === issuer.issuer && other.audiences.some((aud) => issuer.audiences.includes(aud)),
      )
    if (rival !== undefined) {
      yield {
        code: 'overlap',
        message: `issuers "${rival[0]}" and "${name}" have the same issuer and an audience in common`,
        hint: 'join them, or give each its own audience',
        path: ['issuers', name, 'issuer'],
      }
    }
    if (issuer.jwks_uri !== undefined && issuer.discovery_hosts.length > 0) {
      yield {
        code: 'invalid_value',
        message: `issuer "${name}" has both "jwks_uri" and "discovery_hosts"`,
        hint: 'with "jwks_uri" nothing is discovered: keep one of them',
        path: ['issuers', name, 'discovery_hosts'],
        atKey: true,
      }
    }
    yield* checkPatterns(issuer.required_claims, ['issuers', name, 'required_claims'])
  }
}

export function* checkPeople({ people, issuers }: View): Generator<Finding> {
  const seen = new Map<string, string>()
  for (const [name, person] of people ?? []) {
    for (const [index, { issuer, subject }] of person?.identities.entries() ?? []) {
      const path: Path = ['people', name, 'identities', index]
      yield* checkReference('issuer', issuer, issuers, [...path, 'issuer'])
      const proves = issuers?.get(issuer)?.proves
      if (proves === 'workload') {
        yield {
          code: 'never_matches',
          message: `issuer "${issuer}" proves workloads, so no token of it can be person "${name}"`,
          path: [...path, 'issuer'],
        }
      }
      const identity = JSON.stringify([issuer, subject])
      const other = seen.get(identity)
      if (other !== undefined) {
        yield {
          code: 'overlap',
          message: `people "${other}" and "${name}" have the same identity`,
          path: [...path, 'subject'],
          hint: 'an identity is one person: take it out of one of them',
        }
      }
      seen.set(identity, name)
    }
  }
}

export function* checkAgents(view: View, now: number): Generator<Finding> {
  const { agents, people, issuers } = view
  for (const [name, agent] of agents ?? []) {
    if (agent === null) continue
    for (const [index, owner] of agent.owners.entries()) {
      yield* checkReference('person', owner, people, ['agents', name, 'owners', index])
    }
    for (const [index, matcher] of agent.match.entries()) {
      const path: Path = ['agents', name, 'match', index]
      yield* checkReference('issuer', matcher.issuer, issuers, [...path, 'issuer'])
      const matchers = matchersOf(matcher)
      if (Object.keys(matchers).length === 0) {
        yield {
          code: 'matches_all',
          message: `agent "${name}" would be every token of issuer "${matcher.issuer}"`,
          hint: 'name a client_id or claims that set its tokens apart',
          path,
        }
      }
      yield* checkPatterns(matcher.claims ?? {}, [...path, 'claims'])
    }
    if (agent.expires < now) {
      yield {
        severity: 'warning',
        code: 'expired',
        message: `agent "${name}" has expired: it cannot log in`,
        hint: 'take it out, or give it a new date',
        path: ['agents', name, 'expires'],
      }
    }
  }
  yield* checkOverlaps(view)
}

/** A token that is two agents would be neither: the choice must not depend on the order of the file. */
function* checkOverlaps({ agents }: View): Generator<Finding> {
  const known = [...(agents ?? [])].filter((entry): entry is [string, Agent] => entry[1] !== null)
  for (const [index, [name, agent]] of known.entries()) {
    for (const [otherName, other] of known.slice(0, index)) {
      for (const [at, matcher] of agent.match.entries()) {
        const mine = matchersOf(matcher)
        const rivals = other.match.filter(({ issuer }) => issuer === matcher.issuer).map(matchersOf)
        const path: Path = ['agents', name, 'match', at]
        if (rivals.some((rival) => matchersImply(mine, rival) || matchersImply(rival, mine))) {
          yield {
            code: 'overlap',
            message: `a token of agent "${name}" would be agent "${otherName}", too`,
            hint: 'add a claim that sets them apart',
            path,
          }
        } else if (rivals.some((rival) => matchersMeet(mine, rival))) {
          yield {
            severity: 'warning',
            code: 'overlap',
            message: `one token could be both agent "${otherName}" and agent "${name}"`,
            hint: 'give both the same claim with different values; such a token is refused',
            path,
          }
        }
      }
    }
  }
}

/** The client id is one more thing that a token says, under a name that no claim has. */
function matchersOf({ client_id, claims = {} }: Agent['match'][number]): ClaimMatchers {
  return client_id === undefined ? claims : { ...claims, '': client_id }
}
