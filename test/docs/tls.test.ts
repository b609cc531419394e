import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/server/config/index.ts'
import { followDocument } from './follow-document.ts'
import { readSteps } from './read-steps.ts'

const text = await readFile(new URL('../../docs/guides/tls.md', import.meta.url), 'utf8')
const example = await readFile(new URL('../../examples/icecore.yaml', import.meta.url), 'utf8')
const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' })
const skip = /^OpenSSL 3/.test(openssl.stdout ?? '') ? false : 'OpenSSL 3 is not here'

describe('docs/guides/tls.md, followed word by word', { skip }, () => followDocument(readSteps(text)))

describe('docs/guides/tls.md', () => {
  const configs = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, body = '']) => body)

  it('shows configurations that pass the check', () => {
    assert.equal(configs.length, 2)
    for (const config of configs) {
      const loaded = parseConfig('/etc/icecore.yaml', `${example}\n${config}`, Date.parse('2026-01-01'))
      assert.ok(loaded.ok, JSON.stringify(loaded))
      assert.deepEqual(loaded.warnings, [])
    }
  })
})
