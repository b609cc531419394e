import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isIcecoreError } from '../errors.ts'
import { type Config, parseConfig } from './config/index.ts'
import { DEMO_AUDIENCE, DEMO_KEY_PREFIX, DEMO_MARKER, DEMO_PEM_HEAD, refuseDemoKeys } from './demo-keys.ts'

const PEM = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-demo-keys-'))
  await mkdir(join(folder, 'data'))
  await mkdir(join(folder, 'demo-data'))
  const files = {
    [`demo-data/${DEMO_MARKER}`]: '',
    'own.key': randomBytes(32).toString('base64'),
    'demo.key': Buffer.concat([DEMO_KEY_PREFIX, randomBytes(16)]).toString('base64'),
    'own.p8': PEM,
    'demo.p8': `${DEMO_PEM_HEAD}\n${PEM}`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
})
after(() => rm(folder, { recursive: true }))

interface Parts {
  readonly data?: string
  readonly audience?: string
  readonly recordKey?: string
  readonly privateKey?: string
}

function config(parts: Parts): Config {
  const { data = 'data', audience = 'api://icecore' } = parts
  const { recordKey = `\${file:own.key}`, privateKey = `\${file:own.p8}` } = parts
  const text = `
version: 1
data: ${data}
issuers:
  idp: {issuer: "https://idp.example", audiences: ["${audience}"], proves: human}
connections:
  main:
    url: https://acme.snowflakecomputing.com
    account: acme
    user: ICECORE
    role: ANALYST
    credential: {type: key_pair, private_key: "${privateKey}"}
access:
  - {name: all, when: {anyone: true}, connections: [main], roles: [ANALYST]}
recording: {key: "${recordKey}"}
`
  const loaded = parseConfig(join(folder, 'icecore.yaml'), text, 0)
  assert.ok(loaded.ok, JSON.stringify(loaded))
  return loaded.config
}

describe('refuseDemoKeys', () => {
  const key = Buffer.concat([DEMO_KEY_PREFIX, Buffer.alloc(16)]).toString('base64')
  const environment = { DEMO_KEY: key, OWN_KEY: Buffer.alloc(32, 7).toString('base64') }

  const refused: readonly (readonly [string, Parts, RegExp])[] = [
    ['a folder that the demo made', { data: 'demo-data' }, /data folder .*demo-data cannot be used/],
    ['the demo’s issuer', { audience: DEMO_AUDIENCE }, /issuer idp cannot be used/],
    ['the demo’s record key in a file', { recordKey: `\${file:demo.key}` }, /demo\.key\} cannot be used/],
    ['the demo’s record key in the environment', { recordKey: `\${env:DEMO_KEY}` }, /DEMO_KEY\} cannot be used/],
    ['the demo’s warehouse key', { privateKey: `\${file:demo.p8}` }, /demo\.p8\} cannot be used/],
  ]
  for (const [name, parts, message] of refused) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(refuseDemoKeys(config(parts), { environment }), (error) => {
        assert.ok(isIcecoreError(error))
        assert.match(error.message, message)
        assert.match(error.hint ?? '', /icecore init/)
        return true
      })
    })
  }

  it('lets keys of one’s own pass, from files, the environment and commands', async () => {
    await refuseDemoKeys(config({}), { environment })
    await refuseDemoKeys(config({ recordKey: `\${env:OWN_KEY}` }), { environment })
    await refuseDemoKeys(config({ privateKey: `\${exec:no-such-command}` }), { environment })
  })
})
