/** Checks between issuers, people and agents. */
import type { Agent } from './actors.ts'
import { type ClaimMatch, patternImplies, patternsMeet } from './claims.ts'
import type { Finding, Path } from './problem.ts'
import { checkReference } from './references.ts'
import type { View } from './view.ts'

export function* checkIssuers({ issuers }: View): Generator<Finding> {
  const seen = new Map<string, string>()
  for (const [name, issuer] of issuers ?? []) {
    if (issuer === null) continue
    const path: Path = ['issuers', name, 'issuer']
    const other = seen.get(issuer.issuer)
    if (other !== undefined) {
      yield {
        code: 'overlap',
        message: `issuers "${other}" and "${name}" have the same issuer`,
        path,
        hint: 'a token could be checked by either: join them',
      }
    }
    seen.set(issuer.issuer, name)
    if (issuer.discovery !== undefined && issuer.jwks_uri !== undefined) {
      yield {
        code: 'invalid_value',
        message: `issuer "${name}" has both "discovery" and "jwks_uri"`,
        hint: 'keep the one that says where the keys are',
        path: ['issuers', name, 'jwks_uri'],
        atKey: true,
      }
    }
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
      if (Object.keys(matcher.claims).length === 0) {
        yield {
          code: 'matches_all',
          message: `agent "${name}" would be every token of issuer "${matcher.issuer}"`,
          hint: 'name the claims that set its tokens apart',
          path: [...path, 'claims'],
        }
      }
      yield* checkPrefixes(matcher.claims, [...path, 'claims'])
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

/** `repo:acme*` also fits `repo:acme-evil/…`: a prefix should end where a part of the value ends. */
export function* checkPrefixes(claims: ClaimMatch, path: Path): Generator<Finding> {
  for (const [claim, patterns] of Object.entries(claims)) {
    for (const pattern of patterns) {
      if (!('prefix' in pattern) || !/[\p{L}\p{N}]$/u.test(pattern.prefix)) continue
      yield {
        severity: 'warning',
        code: 'matches_all',
        message: `"${pattern.prefix}*" also fits longer names that start with "${pattern.prefix}"`,
        hint: 'end the prefix with a delimiter, for example "/" or ":"',
        path: [...path, claim],
      }
    }
  }
}

/** A token that is two agents would be neither: the choice must not depend on the order of the file. */
function* checkOverlaps({ agents }: View): Generator<Finding> {
  const known = [...(agents ?? [])].filter((entry): entry is [string, Agent] => entry[1] !== null)
  for (const [index, [name, agent]] of known.entries()) {
    for (const [otherName, other] of known.slice(0, index)) {
      for (const [at, matcher] of agent.match.entries()) {
        const rivals = other.match.filter(({ issuer }) => issuer === matcher.issuer)
        const path: Path = ['agents', name, 'match', at]
        if (rivals.some((rival) => implies(matcher.claims, rival.claims) || implies(rival.claims, matcher.claims))) {
          yield {
            code: 'overlap',
            message: `a token of agent "${name}" would be agent "${otherName}", too`,
            hint: 'add a claim that sets them apart',
            path,
          }
        } else if (rivals.some((rival) => meet(matcher.claims, rival.claims))) {
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

function implies(inner: ClaimMatch, outer: ClaimMatch): boolean {
  return Object.entries(outer).every(([claim, allowed]) =>
    inner[claim]?.every((pattern) => allowed.some((candidate) => patternImplies(pattern, candidate))),
  )
}

function meet(a: ClaimMatch, b: ClaimMatch): boolean {
  return Object.entries(a).every(([claim, patterns]) => {
    const others = b[claim]
    return others === undefined || patterns.some((pattern) => others.some((other) => patternsMeet(pattern, other)))
  })
}
