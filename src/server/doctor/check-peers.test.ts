import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { TestAuthority } from '../../../test/support/certificates.ts'
import type { Config } from '../config/index.ts'
import { checkListenerCertificates } from './check-peers.ts'

const authority = new TestAuthority('Test authority')
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-doctor-'))
})
after(() => rm(folder, { recursive: true }))

async function examine(validUntil: number, keyOf: 'own' | 'other' = 'own') {
  const { cert, key } = authority.issue({ validFrom: -30, validUntil })
  const certificate = join(folder, 'server.pem')
  const privateKey = join(folder, 'server.key')
  await writeFile(certificate, cert)
  await writeFile(privateKey, keyOf === 'own' ? key : authority.issue({ validFrom: -1, validUntil: 1 }).key, {
    mode: 0o600,
  })
  const tls = { certificate, private_key: `\${file:${privateKey}}` }
  const listen = {
    driver: [
      { host: '0.0.0.0', port: 0, tls },
      { host: '127.0.0.1', port: 0 },
    ],
    ops: [],
  }
  const findings = checkListenerCertificates({ listen } as unknown as Config, { environment: {} }, Date.now())
  const found: { readonly name: string | null; readonly result: string; readonly evidence: string }[] = []
  for await (const finding of findings) found.push(finding)
  return found
}

describe('the certificates of listeners', () => {
  for (const [what, days, result] of [
    ['good for long', 90, 'ok'],
    ['soon to expire', 3, 'warning'],
    ['expired', -1, 'problem'],
  ] as const) {
    it(`that are ${what} are ${result}, and a listener without one is left out`, async () => {
      const [finding, ...others] = await examine(days)
      assert.deepEqual([finding?.name, finding?.result, others.length], ['listen.driver[0]', result, 0])
    })
  }

  it('whose key is another one are a problem', async () => {
    const [finding] = await examine(90, 'other')
    assert.equal(finding?.result, 'problem')
    assert.match(finding?.evidence ?? '', /not the one that it was made for/)
  })
})
