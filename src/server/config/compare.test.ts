import assert from 'node:assert/strict'
import { it } from 'node:test'
import { compareConfigs, keepFixed, parseConfig } from './index.ts'
import type { Config } from './schema.ts'

const TEXT = `version: 1
data: /data
issuers: {idp: {issuer: 'https://idp.example', audiences: [icecore], proves: human}}
connections: {prod: {url: 'https://acme.example', account: acme, user: ICECORE, role: ANALYST, credential: {type: key_pair, private_key: '\${exec:fetch --token=abc}'}}}
access: [{name: all, when: {anyone: true}, connections: [prod], roles: [ANALYST]}]
recording: {key: '\${env:KEY}'}
`

function config(...changes: readonly (readonly [string, string])[]): Config {
  const loaded = parseConfig(
    '/icecore.yaml',
    changes.reduce((text, [from, to]) => text.replace(from, to), TEXT),
    0,
  )
  assert.ok(loaded.ok, JSON.stringify(loaded))
  return loaded.config
}

it('tells what is another, by its path, and whether it holds at once', () => {
  const after = config(
    ['data: /data', 'data: /other'],
    ['roles: [ANALYST]', 'roles: [ANALYST, OTHER]'],
    ['[icecore]', '[ice]'],
  )
  assert.deepEqual(compareConfigs(config(), config()), [])
  assert.deepEqual(compareConfigs(config(), after), [
    { path: 'data', from: '"/data"', to: '"/other"', live: false },
    { path: 'issuers.idp.audiences', from: '["icecore"]', to: '["ice"]', live: true },
    { path: 'access[0].roles', from: '["ANALYST"]', to: '["ANALYST","OTHER"]', live: true },
  ])
})

it('tells that a reference to a secret is another, and not which', () => {
  const changes = compareConfigs(config(), config(['--token=abc', '--token=xyz'], ['env:KEY', 'env:OTHER']))
  assert.deepEqual(
    changes.map(({ path, from, to }) => [path, from, to]),
    [
      ['connections.prod.credential.private_key', '"[reference]"', '"[reference]"'],
      ['recording.key', '"[reference]"', '"[reference]"'],
    ],
  )
})

it('keeps what cannot change in a running process', () => {
  const kept = keepFixed(config(), config(['data: /data', 'data: /other'], ['[icecore]', '[ice]']))
  assert.equal(kept.data, '/data')
  assert.deepEqual(kept.issuers.idp?.audiences, ['ice'])
})
