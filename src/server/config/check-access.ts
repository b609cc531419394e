/** Checks of access rules: what they name must exist, and a rule that no token can ever fit is a mistake. */
import type { AccessRule } from './actors.ts'
import { checkPatterns } from './claims.ts'
import type { Finding, Path } from './problem.ts'
import { checkReference } from './references.ts'
import type { View } from './view.ts'

/** Roles whose holder can read or grant nearly everything. */
const POWERFUL_ROLES: ReadonlySet<string> = new Set([
  'ACCOUNTADMIN',
  'SECURITYADMIN',
  'USERADMIN',
  'SYSADMIN',
  'ORGADMIN',
  'GLOBALORGADMIN',
])

export function* checkAccess(view: View): Generator<Finding> {
  const seen = new Map<string, number>()
  for (const [index, rule] of view.access.entries()) {
    if (rule === null) continue
    const path: Path = ['access', index]
    if (seen.has(rule.name)) {
      yield {
        code: 'overlap',
        message: `two access rules have the name "${rule.name}"`,
        hint: 'the record names rules: give each its own name',
        path: [...path, 'name'],
      }
    }
    seen.set(rule.name, index)
    for (const [at, name] of rule.connections.entries()) {
      yield* checkReference('connection', name, view.connections, [...path, 'connections', at])
    }
    for (const [at, role] of rule.roles.entries()) {
      if (!POWERFUL_ROLES.has(role)) continue
      yield {
        severity: 'warning',
        code: 'powerful_role',
        message: `role ${role} can read or grant nearly everything`,
        hint: 'give agents a role that was made for them',
        path: [...path, 'roles', at],
      }
    }
    yield* checkConditions(rule, view, [...path, 'when'])
  }
}

function* checkConditions({ name, when }: AccessRule, view: View, path: Path): Generator<Finding> {
  const lists = { groups: when.groups, people: when.people, agents: when.agents, issuers: when.issuers }
  if (Object.values(when).every((condition) => condition === undefined)) {
    yield {
      code: 'matches_all',
      message: `access rule "${name}" would be for everybody with a valid token`,
      hint: 'name groups, people, agents, issuers or claims, or say "anyone: true"',
      path,
    }
  }
  for (const [condition, values] of Object.entries(lists)) {
    if (values?.length !== 0) continue
    yield {
      code: 'never_matches',
      message: `access rule "${name}" can never match: its "${condition}" is empty`,
      path: [...path, condition],
    }
  }
  if (when.claims !== undefined) {
    if (Object.keys(when.claims).length === 0) {
      yield {
        code: 'matches_all',
        message: `access rule "${name}" has an empty "claims"`,
        hint: 'name a claim, or take the key out',
        path: [...path, 'claims'],
      }
    }
    yield* checkPatterns(when.claims, [...path, 'claims'])
  }
  for (const [at, person] of when.people?.entries() ?? [])
    yield* checkReference('person', person, view.people, [...path, 'people', at])
  for (const [at, agent] of when.agents?.entries() ?? [])
    yield* checkReference('agent', agent, view.agents, [...path, 'agents', at])
  for (const [at, issuer] of when.issuers?.entries() ?? [])
    yield* checkReference('issuer', issuer, view.issuers, [...path, 'issuers', at])
  yield* checkIssuersMeet({ name, when }, view, path)
}

/**
 * A token has one issuer. Each condition can hold for tokens of some issuers only, and a rule whose conditions have no
 * issuer in common never matches.
 */
function* checkIssuersMeet(
  { name, when }: Pick<AccessRule, 'name' | 'when'>,
  view: View,
  path: Path,
): Generator<Finding> {
  if (view.issuers === null || [...view.issuers.values()].includes(null)) return
  let possible = new Set(when.issuers ?? view.issuers.keys())
  // Unknown names were reported above, and nothing follows from them.
  if ([...possible].some((issuer) => !view.issuers?.has(issuer))) return
  const conditions: readonly (readonly [string, ReadonlySet<string> | null])[] = [
    ['groups', when.groups && withGroups(view)],
    ['people', when.people && issuersOf(when.people, view.people, (person) => person.identities)],
    ['agents', when.agents && issuersOf(when.agents, view.agents, (agent) => agent.match)],
  ].map(([condition, issuers]) => [condition as string, (issuers as ReadonlySet<string> | undefined) ?? null])
  for (const [condition, issuers] of conditions) {
    if (issuers === null || possible.size === 0) continue
    possible = new Set([...possible].filter((issuer) => issuers.has(issuer)))
    if (possible.size > 0) continue
    const hint =
      condition === 'groups'
        ? 'give the issuer a "groups" section, or the rule another condition'
        : `no issuer can prove its "${condition}" together with the other conditions`
    yield {
      code: 'never_matches',
      message: `access rule "${name}" can never match`,
      hint,
      path: [...path, condition],
      atKey: true,
    }
  }
}

function withGroups({ issuers }: View): ReadonlySet<string> {
  return new Set([...(issuers ?? [])].filter(([, issuer]) => issuer?.groups !== undefined).map(([name]) => name))
}

/** Issuers at which one of the named entries can appear; null when that cannot be told. */
function issuersOf<T>(
  names: readonly string[],
  entries: ReadonlyMap<string, T | null> | null,
  identitiesOf: (entry: T) => readonly { readonly issuer: string }[],
): ReadonlySet<string> | null {
  const found = new Set<string>()
  for (const name of names) {
    const entry = entries?.get(name)
    if (entry === undefined || entry === null) return null
    for (const { issuer } of identitiesOf(entry)) found.add(issuer)
  }
  return found
}
