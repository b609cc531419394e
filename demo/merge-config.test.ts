import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { parseConfig } from '../src/server/config/index.ts'
import { demoConfig } from './demo-config.ts'
import { DemoProblem } from './demo-problem.ts'
import { mergeConfig, UnreadableConfig } from './merge-config.ts'

const OWN = demoConfig({
  gatewayPort: 0,
  issuer: 'http://127.0.0.1:1001',
  warehouse: 'http://127.0.0.1:1002',
  account: 'EMULATOR',
  user: 'ICECORE',
})

function merge(text: string): { readonly config: ReturnType<typeof parseConfig>; readonly keptOwn: readonly string[] } {
  const merged = mergeConfig(OWN, { file: '/home/tester/over.yaml', text })
  return { config: parseConfig('/demo/icecore.yaml', merged.text, 0), keptOwn: merged.keptOwn }
}

function use(text: string): Extract<ReturnType<typeof parseConfig>, { ok: true }> {
  const { config } = merge(text)
  assert.ok(config.ok, JSON.stringify(config))
  return config
}

describe('mergeConfig', () => {
  it('changes nothing with an empty file', () => {
    assert.deepEqual(parse(mergeConfig(OWN, { file: 'x', text: '' }).text), parse(OWN))
    assert.deepEqual(use('').warnings, [])
  })

  it('adds entries by name and changes single keys of those that are there', () => {
    const { config } = use(`
people: {cleo: {identities: [{issuer: demo-idp, subject: cleo}]}, ada: {name: Ada Lovelace}}
agents: {coding-agent: {purpose: Tests}}
connections: {demo: {role: SYSADMIN}}
limits: {sessions_per_principal: 2}
sessions: {token_life: 10s}
`)
    assert.deepEqual(Object.keys(config.people), ['ada', 'ben', 'cleo'])
    assert.equal(config.people.ada?.name, 'Ada Lovelace')
    assert.equal(config.people.ada?.identities[0]?.subject, 'ada')
    assert.equal(config.agents['coding-agent']?.purpose, 'Tests')
    assert.equal(config.connections.demo?.role, 'SYSADMIN')
    assert.equal(config.connections.demo?.warehouse, 'COMPUTE_WH')
    assert.equal(config.limits.sessions_per_principal, 2)
    assert.equal(config.sessions.token_life, 10_000)
  })

  it('tells access rules apart by name', () => {
    const { config } = use(`
access:
  - {name: analysts, when: {groups: [nobody]}, connections: [demo], roles: [ANALYST]}
  - {name: interns, when: {groups: [interns]}, connections: [demo], roles: [PUBLIC]}
`)
    assert.deepEqual(
      config.access.map(({ name, when }) => [name, when.groups]),
      [
        ['analysts', ['nobody']],
        ['interns', ['interns']],
      ],
    )
  })

  it('puts entries without an address at the demo’s own', () => {
    const { config } = use(`
connections: {second: {role: PUBLIC}, third: {role: PUBLIC}}
issuers: {ci: {audiences: [ci], proves: workload}}
`)
    const { demo, second, third } = config.connections
    assert.equal(second?.url, 'http://127.0.0.1:1002')
    assert.deepEqual(second?.credential, demo?.credential)
    assert.deepEqual(third?.credential, demo?.credential)
    assert.equal(config.issuers.ci?.issuer, 'http://127.0.0.1:1001')
  })

  it('counts relative paths from the user’s file', () => {
    const { config } = use(`
connections:
  real: {url: https://acme.snowflakecomputing.com, account: acme, user: ICE, role: R,
         credential: {type: key_pair, private_key: "\${file:keys/a.p8}"}, ca_file: ca.pem}
`)
    assert.equal(config.connections.real?.credential.private_key, `\${file:/home/tester/keys/a.p8}`)
    assert.equal(config.connections.real?.ca_file, '/home/tester/ca.pem')
    assert.equal(config.connections.demo?.credential.private_key, `\${file:/demo/keys/warehouse.p8}`)
  })

  it('keeps issuer, key, data and addresses of the demo, and says so', () => {
    const { config, keptOwn } = merge(`
version: 1
data: /var/lib/icecore
listen: {driver: {port: 443}}
recording: {key: "\${file:mine.key}", low_water: 1MiB}
issuers: {demo-idp: {issuer: https://evil.example, clock_skew: 0s}}
connections: {demo: {url: https://evil.example}}
`)
    assert.deepEqual(keptOwn, ['data', 'recording.key', 'listen', 'issuers.demo-idp.issuer', 'connections.demo.url'])
    assert.ok(config.ok)
    assert.equal(config.config.data, '/demo')
    assert.equal(config.config.recording.key, `\${file:/demo/keys/record.key}`)
    assert.equal(config.config.recording.low_water, 1024 * 1024)
    assert.equal(config.config.issuers['demo-idp']?.issuer, 'http://127.0.0.1:1001')
    assert.equal(config.config.issuers['demo-idp']?.clock_skew, 0)
    assert.equal(config.config.connections.demo?.url, 'http://127.0.0.1:1002')
  })

  it('leaves what nobody knows to the check of the whole', () => {
    for (const text of ['acces: []', 'people: []', 'people: {ada: {nam: x}}', 'connections: {x: 1}']) {
      assert.equal(merge(text).config.ok, false, text)
    }
  })

  it('refuses what is no mapping in YAML', () => {
    for (const text of ['access: [', 'x: 1\nx: 2', 'x: &a 1\ny: *a']) assert.throws(() => merge(text), UnreadableConfig)
    for (const text of ['- a', 'just words']) assert.throws(() => merge(text), DemoProblem)
  })
})
