import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type AccessCondition,
  type AccessRule,
  decideAccess,
  type Groups,
  mayUseRole,
  type Principal,
} from './index.ts'

const KNOWN: Groups = { status: 'known', names: ['analysts', 'staff'] }
const UNKNOWN: Groups = { status: 'unknown', reason: 'the token leaves groups out (_claim_names)' }

const ALICE: Principal = {
  id: 'agent:claude+person:alice',
  displayName: 'claude for Alice',
  human: { person: 'alice', issuer: 'okta', subject: 'u-1', email: 'alice@acme.example' },
  agent: { agent: 'claude', issuer: 'okta', clientId: 'claude-code', owners: ['alice'] },
  workload: null,
  delegation: [],
  groups: KNOWN,
  token: {
    issuerName: 'okta',
    issuer: 'https://okta.example',
    id: 'j',
    issuedAt: 0,
    expiresAt: 1,
    audience: ['icecore'],
  },
  claims: { scp: ['query'], tier: 1, email: 'alice@acme.example' },
}
const STRANGER: Principal = {
  ...ALICE,
  id: 'human:okta|u-2',
  human: { person: null, issuer: 'okta', subject: 'u-2', email: 'alice@acme.example' },
  agent: { agent: null, issuer: 'okta', clientId: 'claude', owners: [] },
}

const rule = (when: AccessCondition, changes: Partial<AccessRule> = {}): AccessRule => ({
  name: 'rule',
  when,
  connections: ['prod'],
  roles: ['ANALYST', 'REPORTER'],
  ...changes,
})
const prod = { connection: 'prod', role: null }

describe('a condition', () => {
  const cases: readonly (readonly [string, AccessCondition, Principal, boolean])[] = [
    ['anyone', { anyone: true }, STRANGER, true],
    ['nothing asked is nobody', {}, ALICE, false],
    ['one of the groups', { groups: ['admins', 'staff'] }, ALICE, true],
    ['none of the groups', { groups: ['admins'] }, ALICE, false],
    ['groups in another case', { groups: ['Staff'] }, ALICE, false],
    ['no groups named', { groups: [] }, ALICE, false],
    ['known to have no groups', { groups: ['staff'] }, { ...ALICE, groups: { status: 'known', names: [] } }, false],
    ['unknown groups', { groups: ['staff'] }, { ...ALICE, groups: UNKNOWN }, false],
    ['unknown groups, not asked for', { people: ['alice'] }, { ...ALICE, groups: UNKNOWN }, true],
    ['anyone in a group', { anyone: true, groups: ['admins'] }, ALICE, false],
    ['a person', { people: ['bob', 'alice'] }, ALICE, true],
    ['another person', { people: ['bob'] }, ALICE, false],
    ['a stranger with the same e-mail', { people: ['alice'] }, STRANGER, false],
    ['a person who is no entry', { people: ['null'] }, STRANGER, false],
    ['no human at all', { people: ['alice'] }, { ...ALICE, human: null }, false],
    ['an agent', { agents: ['claude'] }, ALICE, true],
    ['software that calls itself like the agent', { agents: ['claude'] }, STRANGER, false],
    ['no agent at all', { agents: ['claude'] }, { ...ALICE, agent: null }, false],
    ['an agent for a person', { agents: ['claude'], people: ['alice'] }, ALICE, true],
    ['an agent for another person', { agents: ['claude'], people: ['bob'] }, ALICE, false],
    ['an issuer', { issuers: ['okta'] }, ALICE, true],
    ['an issuer by its URL', { issuers: ['https://okta.example'] }, ALICE, false],
    ['a claim', { claims: { tier: 1 } }, ALICE, true],
    ['a claim of another type', { claims: { tier: '1' } }, ALICE, false],
    ['a list claim', { claims: { scp: { contains: 'query' } } }, ALICE, true],
    ['a list claim as a text', { claims: { scp: 'query' } }, ALICE, false],
    ['no claims named', { claims: {} }, ALICE, false],
    [
      'all together',
      { groups: ['staff'], people: ['alice'], agents: ['claude'], issuers: ['okta'], claims: { tier: 1 } },
      ALICE,
      true,
    ],
    [
      'all but one',
      { groups: ['staff'], people: ['alice'], agents: ['claude'], issuers: ['entra'], claims: { tier: 1 } },
      ALICE,
      false,
    ],
  ]
  for (const [name, when, principal, allowed] of cases) {
    test(`${name}: ${allowed}`, () => assert.equal(decideAccess([rule(when)], principal, prod).allowed, allowed))
  }
})

describe('connection and role', () => {
  const rules = [
    rule({ people: ['alice'] }, { name: 'first', roles: ['ANALYST'] }),
    rule({ groups: ['staff'] }, { name: 'second', roles: ['REPORTER', 'lower'] }),
    rule({ people: ['alice'] }, { name: 'dev', connections: ['dev', 'test'], roles: ['OWNER'] }),
    rule({ people: ['bob'] }, { name: 'bob', roles: ['ADMIN'] }),
  ]
  const decide = (connection: string, role: string | null) => decideAccess(rules, ALICE, { connection, role })

  test('no role asked: the first role of the first rule', () => {
    assert.deepEqual(decide('prod', null), { allowed: true, rule: 'first', role: 'ANALYST' })
  })

  test('a role asked: the first rule that gives it', () => {
    assert.deepEqual(decide('prod', 'REPORTER'), { allowed: true, rule: 'second', role: 'REPORTER' })
    assert.deepEqual(decide('prod', 'lower'), { allowed: true, rule: 'second', role: 'lower' })
    assert.deepEqual(decide('test', 'OWNER'), { allowed: true, rule: 'dev', role: 'OWNER' })
  })

  const refused: readonly (readonly [string, string | null, string, RegExp])[] = [
    ['prod', 'ADMIN', 'role not allowed', /\(first, second\) do not give "ADMIN"/],
    ['prod', 'OWNER', 'role not allowed', /"OWNER"/],
    ['prod', 'LOWER', 'role not allowed', /"LOWER"/],
    ['prod', 'analyst', 'role not allowed', /"analyst"/],
    ['prod', '', 'role not allowed', /""/],
    ['PROD', null, 'connection not allowed', /no access rule fits/],
    ['prod2', null, 'connection not allowed', /no access rule fits/],
    ['', null, 'connection not allowed', /no access rule fits/],
  ]
  for (const [connection, role, reason, detail] of refused) {
    test(`${connection || 'no connection'} with ${role ?? 'no role'}: ${reason}`, () => {
      const decision = decide(connection, role)
      assert(!decision.allowed)
      assert.equal(decision.reason, reason)
      assert.match(decision.detail, detail)
    })
  }

  test('no rules: nobody', () => {
    assert.equal(decideAccess([], ALICE, prod).allowed, false)
  })

  test('a rule without roles gives nothing', () => {
    const decision = decideAccess([rule({ anyone: true }, { roles: [] })], ALICE, prod)
    assert(!decision.allowed && decision.reason === 'role not allowed')
  })

  test('USE ROLE may go where any rule for the connection leads', () => {
    assert.equal(mayUseRole(rules, ALICE, 'prod', 'REPORTER'), true)
    assert.equal(mayUseRole(rules, ALICE, 'prod', 'OWNER'), false)
    assert.equal(mayUseRole(rules, ALICE, 'dev', 'OWNER'), true)
    assert.equal(mayUseRole(rules, STRANGER, 'prod', 'ANALYST'), false)
  })
})

describe('unknown groups', () => {
  const principal = { ...ALICE, groups: UNKNOWN }
  const rules = [
    rule({ groups: ['admins'] }, { name: 'admins', roles: ['ADMIN'] }),
    rule({ groups: ['staff'], people: ['bob'] }, { name: 'bob' }),
    rule({ people: ['alice'] }, { name: 'alice', roles: ['ANALYST'] }),
  ]

  test('are named as the reason, with the rules that could have fitted', () => {
    const decision = decideAccess(rules.slice(0, 2), principal, prod)
    assert(!decision.allowed)
    assert.equal(decision.reason, 'groups unknown')
    assert.match(decision.detail, /_claim_names.* ask for a group: admins$/)
  })

  test('do not hinder a rule that asks for none', () => {
    assert.deepEqual(decideAccess(rules, principal, prod), { allowed: true, rule: 'alice', role: 'ANALYST' })
  })

  test('are no reason at a connection whose rules ask for none', () => {
    const decision = decideAccess(rules, principal, { connection: 'dev', role: null })
    assert(!decision.allowed && decision.reason === 'connection not allowed')
  })
})
