import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type Agents,
  type Claims,
  type IssuerIdentity,
  isRefusal,
  makePrincipal,
  type People,
  type Principal,
  type Refusal,
} from './index.ts'

const NOW = Date.UTC(2026, 0, 1)
const OKTA: IssuerIdentity = {
  name: 'okta',
  issuer: 'https://acme.okta.example',
  proves: [{ kind: 'human' }],
  subjectClaim: 'sub',
  clientIdClaims: ['azp', 'client_id'],
  act: 'agent',
  maxDelegationDepth: 3,
  groups: { claim: 'groups', required: false, maxGroups: 3 },
}
const GITHUB: IssuerIdentity = { ...OKTA, name: 'github', issuer: 'https://ci.example', proves: [{ kind: 'workload' }] }
const AGENTS_IDP: IssuerIdentity = {
  ...OKTA,
  name: 'agents',
  issuer: 'https://ag.example',
  proves: [{ kind: 'agent' }],
}

const PEOPLE: People = {
  alice: {
    displayName: 'Alice Ahn',
    identities: [
      { issuer: 'okta', subject: 'u-alice' },
      { issuer: 'entra', subject: 'oid-alice' },
    ],
  },
  bob: { identities: [{ issuer: 'okta', subject: 'u-bob' }] },
}
const AGENTS: Agents = {
  claude: {
    identities: [
      { issuer: 'okta', clientId: ['claude-code', 'claude-*'] },
      { issuer: 'agents', clientId: 'claude-code' },
    ],
    owners: ['alice'],
    purpose: 'Writes reports',
    expires: NOW + 1,
  },
  nightly: {
    identities: [{ issuer: 'github', claims: { repository_id: '42', ref: 'refs/heads/main' } }],
    owners: ['bob'],
    purpose: 'Builds the marts',
  },
  old: { identities: [{ issuer: 'okta', clientId: 'old-bot' }], owners: ['bob'], purpose: 'Retired', expires: NOW },
}

function make(claims: Claims, issuer = OKTA, registry: { people?: People; agents?: Agents } = {}): Principal | Refusal {
  const usual = { iss: issuer.issuer, sub: 'u-alice', aud: 'icecore', iat: NOW / 1000, exp: NOW / 1000 + 600 }
  const token = { claims: { ...usual, ...claims }, id: 'j-1' }
  return makePrincipal(token, issuer, registry.people ?? PEOPLE, registry.agents ?? AGENTS, NOW)
}

function principal(...given: Parameters<typeof make>): Principal {
  const made = make(...given)
  assert(!isRefusal(made), isRefusal(made) ? made.detail : '')
  return made
}

function refusal(...given: Parameters<typeof make>): Refusal {
  const made = make(...given)
  assert(isRefusal(made), 'it made a principal')
  return made
}

describe('who acts', () => {
  const cases: readonly (readonly [string, Parameters<typeof make>, string, string])[] = [
    ['a registered person', [{}], 'person:alice', 'Alice Ahn'],
    [
      'the same person at another issuer',
      [{ sub: 'oid-alice' }, { ...OKTA, name: 'entra' }],
      'person:alice',
      'Alice Ahn',
    ],
    ['a person without a name', [{ sub: 'u-bob' }], 'person:bob', 'bob'],
    ['a person nobody registered', [{ sub: 'u|1+2' }], 'human:okta|u%7C1%2B2', 'u|1+2'],
    ['the subject of a person at a foreign issuer', [{}, { ...OKTA, name: 'evil' }], 'human:evil|u-alice', 'u-alice'],
    [
      'a person behind a registered agent',
      [{ azp: 'claude-code' }],
      'agent:claude+person:alice',
      'claude for Alice Ahn',
    ],
    ['a prefix of client ids', [{ azp: 'claude-7', sub: 'x' }], 'agent:claude+human:okta|x', 'claude for x'],
    ['a person behind unknown software', [{ azp: 'dbt' }], 'client:okta|dbt+person:alice', 'Alice Ahn'],
    [
      'the first client-id claim',
      [{ client_id: 'dbt', azp: 'dbeaver' }],
      'client:okta|dbeaver+person:alice',
      'Alice Ahn',
    ],
    [
      'an actor goes before the client',
      [{ azp: 'dbt', act: { sub: 'claude-code' } }],
      'agent:claude+person:alice',
      'claude for Alice Ahn',
    ],
    [
      'an actor nobody registered',
      [{ azp: 'claude-code', act: { sub: 'dbt' } }],
      'actor:okta|dbt+person:alice',
      'Alice Ahn',
    ],
    ['an agent for itself', [{ sub: 'claude-code' }, AGENTS_IDP], 'agent:claude', 'claude'],
    ['an agent by its client id', [{ sub: 'uuid-1', azp: 'claude-code' }, AGENTS_IDP], 'agent:claude', 'claude'],
    ['an agent nobody registered', [{ sub: 'uuid-1', azp: 'dbt' }, AGENTS_IDP], 'client:agents|uuid-1', 'uuid-1'],
    ['a workload', [{ sub: 'repo:acme/x' }, GITHUB], 'workload:github|repo%3Aacme%2Fx', 'repo:acme/x'],
    [
      'a workload that is an agent',
      [{ sub: 's', repository_id: '42', ref: 'refs/heads/main' }, GITHUB],
      'agent:nightly+workload:github|s',
      'nightly for s',
    ],
    [
      'a workload of another branch',
      [{ sub: 's', repository_id: '42', ref: 'refs/heads/dev' }, GITHUB],
      'workload:github|s',
      's',
    ],
    ['a workload whose client is itself', [{ sub: 's', azp: 's' }, GITHUB], 'workload:github|s', 's'],
    [
      'another subject claim',
      [
        { sub: 'x', oid: 'u-bob' },
        { ...OKTA, subjectClaim: 'oid' },
      ],
      'person:bob',
      'bob',
    ],
  ]
  for (const [name, given, id, displayName] of cases) {
    test(name, () => {
      const made = principal(...given)
      assert.deepEqual([made.id, made.displayName], [id, displayName])
    })
  }

  test('human, agent and workload are kept apart', () => {
    const delegated = principal({ azp: 'claude-code', email: 'alice@acme.example' })
    assert.deepEqual(delegated.human, {
      person: 'alice',
      issuer: 'okta',
      subject: 'u-alice',
      email: 'alice@acme.example',
    })
    assert.deepEqual(delegated.agent, { agent: 'claude', issuer: 'okta', clientId: 'claude-code', owners: ['alice'] })
    assert.equal(delegated.workload, null)
    const job = principal({ sub: 's', repository_id: '42', ref: 'refs/heads/main' }, GITHUB)
    assert.equal(job.human, null)
    assert.deepEqual(job.workload, { issuer: 'github', subject: 's' })
    assert.deepEqual(job.agent, { agent: 'nightly', issuer: 'github', clientId: null, owners: ['bob'] })
    const alone = principal({ sub: 'claude-code' }, AGENTS_IDP)
    assert.deepEqual([alone.human, alone.workload, alone.agent?.agent], [null, null, 'claude'])
  })

  test('an e-mail address links nobody, and one that could deceive is not shown', () => {
    const stranger = principal({
      sub: 'stranger',
      email: 'alice@acme.example',
      name: 'alice',
      preferred_username: 'alice',
    })
    assert.equal(stranger.human?.person, null)
    for (const email of ['a\n@b', `${'x'.repeat(320)}@b`, 7, '', '\u202ea@b']) {
      assert.equal(principal({ email }).human?.email, null)
    }
  })

  test('what is said of the client changes nothing', () => {
    const claims = {
      client_name: 'claude-code',
      agent: 'claude',
      sub: 'u-bob',
      repository_id: '42',
      ref: 'refs/heads/main',
    }
    assert.equal(principal(claims).id, 'person:bob')
  })

  test('the first kind that fits decides', () => {
    const proves = [
      { kind: 'workload', when: { idtyp: 'app' } },
      { kind: 'human', when: { scp: 'query*' } },
    ] as const
    const issuer = { ...OKTA, proves }
    assert.equal(principal({ idtyp: 'app', scp: 'query' }, issuer).id, 'workload:okta|u-alice')
    assert.equal(principal({ scp: 'query.run' }, issuer).id, 'person:alice')
    assert.match(refusal({}, issuer).detail, /fits no kind/)
  })

  test('facts of the token', () => {
    assert.deepEqual(principal({ aud: ['a', 'b'] }).token, {
      issuerName: 'okta',
      issuer: OKTA.issuer,
      id: 'j-1',
      issuedAt: NOW / 1000,
      expiresAt: NOW / 1000 + 600,
      audience: ['a', 'b'],
    })
  })
})

describe('who is refused', () => {
  const nested = (depth: number): unknown => (depth === 0 ? undefined : { sub: `a${depth}`, act: nested(depth - 1) })
  const twice: People = { ...PEOPLE, mallory: { identities: [{ issuer: 'okta', subject: 'u-alice' }] } }
  const rival: Agents = {
    ...AGENTS,
    rival: { ...AGENTS.nightly!, identities: [{ issuer: 'okta', clientId: 'claude-code' }] },
  }
  const cases: readonly (readonly [string, Parameters<typeof make>, RegExp])[] = [
    ['an expired agent', [{ azp: 'old-bot' }], /the agent old expired at 2026-01-01T00:00:00.000Z/],
    ['an agent that expired as actor', [{ act: { sub: 'old-bot' } }], /the agent old expired/],
    ['a subject of two people', [{}, OKTA, { people: twice }], /several people: alice, mallory/],
    ['a client of two agents', [{ azp: 'claude-code' }, OKTA, { agents: rival }], /several agents: claude, rival/],
    ['another issuer', [{ iss: 'https://other.example' }], /iss is "https:\/\/other\.example"/],
    ['no iat', [{ iat: undefined }], /iat/],
    ['no exp', [{ exp: '7' }], /exp/],
    ['no aud', [{ aud: undefined }], /aud/],
    ['an aud with a control character', [{ aud: ['a\nb'] }], /aud/],
    ['no subject', [{ oid: undefined }, { ...OKTA, subjectClaim: 'oid' }], /subject \(claim oid\) is nothing/],
    ['a client id that is a list', [{ azp: ['claude-code'] }], /client id is \["claude-code"\]/],
    ['a second client id that is no text', [{ azp: 'a', client_id: 7 }], /client id is 7/],
    ['a client id with a zero-width space', [{ azp: 'claude\u200b-code' }], /client id is/],
    ['a program by subject', [{ sub: 'svc', client_id: 'svc' }], /its subject is the client/],
    [
      'a program by subject behind another subject claim',
      [
        { sub: 'svc', azp: 'svc', oid: 'o' },
        { ...OKTA, subjectClaim: 'oid' },
      ],
      /its subject is the client/,
    ],
    ['act, where the issuer may not', [{ act: { sub: 'a' } }, { ...OKTA, act: 'refuse' }], /carries act/],
    ['act that is too deep', [{ act: nested(4) }], /more than 3 deep/],
    ['act that is no object', [{ act: 'claude-code' }], /not an object/],
    ['act that is null', [{ act: null }], /not an object/],
    ['act without a subject', [{ act: {} }], /no usable sub/],
    ['act with a control character', [{ act: { sub: 'a\u0007' } }], /no usable sub/],
    ['a bad actor further in', [{ act: { sub: 'a', act: { sub: 7 } } }], /no usable sub/],
    ['act with an issuer that is no text', [{ act: { sub: 'a', iss: 7 } }], /unusable iss/],
    ['an actor of another issuer', [{ act: { sub: 'claude-code', iss: 'https://other.example' } }], /another issuer/],
    ['an agent that acts for an agent', [{ act: { sub: 'a' } }, AGENTS_IDP], /an agent itself/],
    [
      'unknown groups where they are required',
      [{}, { ...OKTA, groups: { ...OKTA.groups, required: true } }],
      /no claim groups/,
    ],
  ]
  for (const [name, given, detail] of cases) {
    test(name, () => assert.match(refusal(...given).detail, detail))
  }

  test('an agent is good until the instant at which it expires', () => {
    assert.equal(principal({ azp: 'claude-code' }).agent?.agent, 'claude')
    assert.equal(refusal({ azp: 'old-bot' }).refused, 'agent expired')
  })

  test('no groups where they are required is a class of its own; an empty list is no such case', () => {
    const required = { ...OKTA, groups: { ...OKTA.groups, required: true } }
    assert.equal(refusal({}, required).refused, 'groups unknown')
    assert.deepEqual(principal({ groups: [] }, required).groups, { status: 'known', names: [] })
  })
})

describe('delegation', () => {
  test('the chain is kept, outermost first, and only the outermost decides', () => {
    const act = { sub: 'dbt', act: { sub: 'claude-code', iss: 'https://elsewhere.example' } }
    const made = principal({ act })
    assert.deepEqual(made.delegation, [
      { subject: 'dbt', issuer: null },
      { subject: 'claude-code', issuer: 'https://elsewhere.example' },
    ])
    assert.equal(made.agent?.agent, null)
  })

  test('an agent known by claims alone does not stand for an actor it does not name', () => {
    const agents: Agents = { bot: { ...AGENTS.nightly!, identities: [{ issuer: 'okta', claims: { azp: 'bot' } }] } }
    assert.equal(principal({ azp: 'bot' }, OKTA, { agents }).agent?.agent, 'bot')
    assert.equal(principal({ azp: 'bot', act: { sub: 'other' } }, OKTA, { agents }).agent?.agent, null)
  })

  test('client id and claims must both fit, and an identity that asks nothing never fits', () => {
    const bot = (identity: object): Agents => ({
      bot: { ...AGENTS.nightly!, identities: [{ issuer: 'okta', ...identity }] },
    })
    const fits = (identity: object): boolean =>
      principal({ azp: 'bot', tier: 1 }, OKTA, { agents: bot(identity) }).agent?.agent === 'bot'
    assert.equal(fits({ clientId: 'bot', claims: { tier: 1 } }), true)
    assert.equal(fits({ clientId: 'bot', claims: { tier: '1' } }), false)
    assert.equal(fits({ clientId: 'other', claims: { tier: 1 } }), false)
    assert.equal(fits({ claims: {} }), false)
    assert.equal(fits({ clientId: [] }), false)
    assert.equal(fits({}), false)
  })
})

describe('claims kept for rules', () => {
  test('are the verified ones, without those that are too large', () => {
    const made = principal({ tier: 1, huge: 'x'.repeat(5000), 'bad\nname': 1 })
    assert.equal(made.claims.tier, 1)
    assert(!('huge' in made.claims) && !('bad\nname' in made.claims))
  })

  test('a claim called __proto__ stays a claim', () => {
    const claims = JSON.parse('{"__proto__":{"tier":1}}') as Claims
    assert.equal(principal(claims).claims.tier, undefined)
  })
})

test('two principals never have the same id', () => {
  const name = fc.constantFrom('okta', 'github', 'a', 'b')
  const text = fc.string({ unit: fc.constantFrom('a', '|', '+', ':', '%', '/', 'é'), minLength: 1, maxLength: 6 })
  const actor = fc.record({ name, sub: text, azp: fc.option(text, { nil: undefined }), workload: fc.boolean() })
  const key = (from: {
    name: string
    sub: string
    azp?: string | undefined
    workload: boolean
  }): readonly unknown[] => {
    const issuer = { ...OKTA, name: from.name, proves: [{ kind: from.workload ? 'workload' : 'human' }] } as const
    const made = make({ sub: from.sub, azp: from.azp }, issuer, { people: {}, agents: {} })
    if (isRefusal(made)) return []
    return [made.id, JSON.stringify([from.workload, from.name, from.sub, made.agent?.clientId])]
  }
  fc.assert(
    fc.property(actor, actor, (one, other) => {
      const [[oneId, oneKey], [otherId, otherKey]] = [key(one), key(other)]
      return oneId === undefined || otherId === undefined || (oneId === otherId) === (oneKey === otherKey)
    }),
    { numRuns: 500 },
  )
})
