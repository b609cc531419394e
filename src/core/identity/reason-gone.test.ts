import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type KnownPrincipals, type Principal, reasonGone } from './index.ts'

const NOW = 1_000

const BOTH: Principal = {
  id: 'agent:claude+person:alice',
  displayName: 'claude for Alice',
  human: { person: 'alice', issuer: 'okta', subject: 'u-1', email: null },
  agent: { agent: 'claude', issuer: 'okta', clientId: 'claude-code', owners: ['alice'] },
  workload: null,
  delegation: [],
  groups: { status: 'known', names: [] },
  token: { issuerName: 'okta', issuer: 'https://okta.example', id: 'j', issuedAt: 0, expiresAt: 1, audience: [] },
  claims: {},
}
const STRANGER: Principal = {
  ...BOTH,
  human: { person: null, issuer: 'okta', subject: 'u-2', email: null },
  agent: { agent: null, issuer: 'okta', clientId: 'curl', owners: [] },
}
const PERSON = { identities: [{ issuer: 'okta', subject: 'u-1' }] }
const AGENT = { identities: [{ issuer: 'okta', clientId: 'claude-code' }], owners: ['alice'], purpose: 'reports' }
const KNOWN: KnownPrincipals = {
  issuers: { okta: 'https://okta.example' },
  people: { alice: PERSON },
  agents: { claude: AGENT },
}

describe('reasonGone', () => {
  const cases: readonly (readonly [string, Principal, Partial<KnownPrincipals>, string | null])[] = [
    ['nothing changed', BOTH, {}, null],
    ['the issuer is gone', BOTH, { issuers: {} }, 'its issuer is no longer configured'],
    [
      'the issuer has another address',
      BOTH,
      { issuers: { okta: 'https://other.example' } },
      'its issuer is no longer configured',
    ],
    ['the person is gone', BOTH, { people: {} }, 'its person is no longer configured'],
    [
      'the identity is linked to somebody else',
      BOTH,
      { people: { alice: { identities: [] }, eve: PERSON } },
      'its person is no longer configured',
    ],
    ['the agent is gone', BOTH, { agents: {} }, 'its agent is no longer configured'],
    [
      'the agent is known by another issuer only',
      BOTH,
      { agents: { claude: { ...AGENT, identities: [{ issuer: 'entra' }] } } },
      'its agent is no longer configured',
    ],
    ['the agent has expired', BOTH, { agents: { claude: { ...AGENT, expires: NOW } } }, 'its agent has expired'],
    ['the agent expires later', BOTH, { agents: { claude: { ...AGENT, expires: NOW + 1 } } }, null],
    ['nobody was registered', STRANGER, { people: {}, agents: {} }, null],
    [
      'a key that every object has',
      { ...BOTH, agent: { ...BOTH.agent!, agent: 'toString' } },
      {},
      'its agent is no longer configured',
    ],
  ]
  for (const [name, principal, change, reason] of cases) {
    test(name, () => assert.equal(reasonGone(principal, { ...KNOWN, ...change }, NOW), reason))
  }
})
