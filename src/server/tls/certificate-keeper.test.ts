import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import {
  type ServerCertificateOptions,
  type ServerIdentity,
  TestAuthority,
} from '../../../test/support/certificates.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../../lib/log.ts'
import { CertificateKeeper } from './certificate-keeper.ts'

const authority = new TestAuthority('Acme internal')
const DAY_MS = 86_400_000
const LOOK_MS = 10_000

let folder: string
let clock: FakeClock
let lines: string[]
const keepers: CertificateKeeper[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-tls-'))
  clock = new FakeClock(Date.now())
  lines = []
})
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.close()
  await rm(folder, { recursive: true })
})

let writes = 0

/** Each at a time of its own: two in one tick of the file system's clock could not be told apart. */
async function write({ cert, key }: Partial<ServerIdentity>): Promise<void> {
  for (const [name, text] of Object.entries({ 'cert.pem': cert, 'key.pem': key })) {
    if (text === undefined) continue
    writes += 1
    await writeFile(join(folder, name), text, { mode: 0o600 })
    await utimes(join(folder, name), writes, writes)
  }
}

async function makePipe(name: string): Promise<void> {
  await rm(join(folder, name))
  await promisify(execFile)('mkfifo', ['-m', '600', join(folder, name)])
}

async function open(host: string | null = '127.0.0.1'): Promise<CertificateKeeper> {
  const note = (event: string): void => {
    lines.push(event)
  }
  const log: Log = { info: note, warn: note, error: note }
  const files = { certificate: join(folder, 'cert.pem'), privateKey: `\${file:${join(folder, 'key.pem')}}` }
  const keeper = await CertificateKeeper.open(
    { listener: 'listen.driver', files, host: () => host },
    { clock, log, sources: { environment: {} } },
  )
  keepers.push(keeper)
  return keeper
}

function issue(options: ServerCertificateOptions = {}): ServerIdentity {
  return authority.issue({ validUntil: 90, ...options })
}

/** The files are looked at, and what that leads to is done. */
async function look(): Promise<void> {
  clock.advance(LOOK_MS)
  await until(() => clock.waiting > 0)
}

describe('a certificate at the start', () => {
  it('is used, and says until when', async () => {
    await write(issue())
    const keeper = await open()
    const { failure, warnings, notAfter, listener } = keeper.state()
    assert.deepEqual([listener, failure, warnings], ['listen.driver', null, []])
    assert.ok(Math.abs(notAfter - clock.now() - 90 * DAY_MS) < 5000)
    assert.deepEqual(lines, ['certificate.used'])
  })

  const other = issue()
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' },
  })
  const refused: readonly (readonly [string, (good: ServerIdentity) => Promise<unknown>, RegExp])[] = [
    ['is missing', () => rm(join(folder, 'cert.pem')), /cert\.pem cannot be used: there is no such file/],
    ['is something else', () => write({ cert: 'hello' }), /it is no certificate in PEM/],
    ['is a pipe', () => makePipe('cert.pem'), /it is not a file/],
    ['has a pipe for a key', () => makePipe('key.pem'), /key\.pem\} cannot be read: it is not a file/],
    ['is huge', () => write({ cert: 'a'.repeat(300_000) }), /larger than 262144 bytes/],
    ['has no key', () => rm(join(folder, 'key.pem')), /key\.pem\} cannot be read: there is no such file/],
    ['has another’s key', () => write({ key: other.key }), /is not the one that it was made for/],
    ['has no key but itself', ({ cert }) => write({ key: cert }), /no private key in PEM/],
    ['has an encrypted key', () => write({ key: encrypted.privateKey }), /key\.pem\} is encrypted/],
    [
      'has a broken one behind it',
      ({ cert }) => write({ cert: `${cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` }),
      /TLS does not take it/,
    ],
    [
      'has a key that the group may read',
      () => chmod(join(folder, 'key.pem'), 0o640),
      /others than its owner may read/,
    ],
    [
      'has a key that everybody may read',
      () => chmod(join(folder, 'key.pem'), 0o604),
      /others than its owner may read/,
    ],
  ]
  for (const [what, spoil, message] of refused) {
    it(`is refused in plain words where it ${what}`, async () => {
      const good = issue()
      await write(good)
      await spoil(good)
      await assert.rejects(open(), (error: Error & { readonly code: string }) => {
        assert.match(error.message, message)
        assert.match(error.code, /^ICE_(?:CERTIFICATE_INVALID|SECRET_UNREADABLE)$/)
        assert.doesNotMatch(error.message, /PRIVATE KEY/)
        return true
      })
    })
  }

  for (const [what, times, failure] of [
    ['has expired', { validFrom: -3, validUntil: -2 }, /is refused by clients: it expired on \d{4}-/],
    ['is for later', { validFrom: 2, validUntil: 30 }, /is refused by clients: it is not valid before \d{4}-/],
  ] as const) {
    it(`is used, and says so, where it ${what}: the clock may be wrong`, async () => {
      await write(issue(times))
      assert.match((await open()).state().failure ?? '', failure)
      assert.deepEqual(lines, ['certificate.used', 'certificate.refused'])
    })
  }

  it('warns where it is for another host than drivers are sent to', async () => {
    await write(issue({ hosts: ['icecore.example'] }))
    assert.deepEqual((await open('icecore.example')).state().warnings, [])
    const [warning] = (await open('elsewhere.example')).state().warnings
    assert.match(warning ?? '', /is not for elsewhere\.example/)
    assert.deepEqual(lines, ['certificate.used', 'certificate.used', 'certificate.otherHost'])
  })
})

describe('a certificate that has changed', () => {
  it('takes the place of the old one at the next look, and not before', async () => {
    await write(issue())
    const keeper = await open()
    const before = keeper.state().fingerprint
    const taken: string[] = []
    keeper.onChange(({ leaf }) => taken.push(leaf.fingerprint256))
    await look()
    assert.deepEqual(taken, [], 'nothing has changed')
    await write(issue())
    assert.equal(keeper.state().fingerprint, before)
    await look()
    assert.deepEqual(taken, [keeper.state().fingerprint])
    assert.notEqual(keeper.state().fingerprint, before)
  })

  it('is seen where a link is led elsewhere, as Kubernetes does', async () => {
    await write(issue())
    await rename(join(folder, 'cert.pem'), join(folder, 'cert-1.pem'))
    await rename(join(folder, 'key.pem'), join(folder, 'key-1.pem'))
    await symlink('cert-1.pem', join(folder, 'cert.pem'))
    await symlink('key-1.pem', join(folder, 'key.pem'))
    const keeper = await open()
    const before = keeper.state().fingerprint
    const next = issue()
    await writeFile(join(folder, 'cert-2.pem'), next.cert)
    await writeFile(join(folder, 'key-2.pem'), next.key, { mode: 0o600 })
    for (const name of ['cert', 'key']) {
      await symlink(`${name}-2.pem`, join(folder, 'next'))
      await rename(join(folder, 'next'), join(folder, `${name}.pem`))
    }
    await look()
    assert.notEqual(keeper.state().fingerprint, before)
  })

  it('is read at once when told to', async () => {
    await write(issue())
    const keeper = await open()
    const before = keeper.state().fingerprint
    await write(issue())
    await keeper.reload()
    assert.notEqual(keeper.state().fingerprint, before)
  })

  const bad: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['half of a pair', () => write({ cert: issue().cert }), /not the one that it was made for/],
    ['half of a file', () => write({ cert: issue().cert.slice(0, 200) }), /no certificate in PEM/],
    ['one that has expired', () => write(issue({ validFrom: -3, validUntil: -2 })), /it expired on/],
    ['one that is for later', () => write(issue({ validFrom: 2, validUntil: 30 })), /not valid before/],
    ['none', () => rm(join(folder, 'cert.pem')), /no such file/],
    ['a key that others may read', () => chmod(join(folder, 'key.pem'), 0o644), /others than its owner/],
  ]
  for (const [what, spoil, reason] of bad) {
    it(`keeps the old one where the new is ${what}: said once, shown all along, and mended by a good one`, async () => {
      await write(issue())
      const keeper = await open()
      const before = keeper.state().fingerprint
      await spoil()
      await look()
      await look()
      assert.equal(keeper.state().fingerprint, before)
      const { failure, warnings } = keeper.state()
      assert.equal(failure, null, 'the old one still works')
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', /^The new certificate of listen\.driver is not used: /)
      assert.match(warnings[0] ?? '', reason)
      assert.equal(lines.filter((line) => line === 'certificate.notUsed').length, 1)
      await rm(join(folder, 'key.pem'))
      await write(issue())
      await look()
      assert.deepEqual(keeper.state().warnings, [])
      assert.notEqual(keeper.state().fingerprint, before)
    })
  }
})

describe('a certificate that grows old', () => {
  it('is warned of from 14 days on, once a day, and fails when it has expired', async () => {
    await write(issue({ validUntil: 15 }))
    const keeper = await open()
    assert.deepEqual(keeper.state().warnings, [])
    clock.stepWall(DAY_MS + LOOK_MS)
    await look()
    await look()
    assert.match(
      keeper.state().warnings[0] ?? '',
      /^The certificate of listen\.driver expires on \d{4}-\d\d-\d\d \d\d:\d\d\.$/,
    )
    assert.deepEqual(lines, ['certificate.used', 'certificate.expires'])
    clock.stepWall(DAY_MS)
    await look()
    assert.deepEqual(lines.slice(2), ['certificate.expires'])
    clock.stepWall(14 * DAY_MS)
    await look()
    assert.match(keeper.state().failure ?? '', /expired on/)
    assert.deepEqual(lines.slice(3), ['certificate.refused'])
    await write(issue())
    await look()
    assert.deepEqual([keeper.state().failure, keeper.state().warnings], [null, []])
  })
})
