/** The way to Snowflake, to the storage of results and to the token issuer over TLS, and what keeps it from being taken. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Emulator } from '../../emulator/index.ts'
import { type ServerCertificateOptions, TestAuthority } from '../support/certificates.ts'
import { type DriverError, NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { TestIdp } from '../support/test-idp.ts'
import { TlsFront } from '../support/tls-front.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const LARGE = 'SELECT SEQ4() AS N, RANDSTR(20, RANDOM(1)) AS T FROM TABLE(GENERATOR(ROWCOUNT => 20000)) ORDER BY N'
const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))
/** Nothing hangs: each of these ends far sooner. */
const BOUND = { timeout: 60_000 }

const own = new TestAuthority('Acme internal')
const stranger = new TestAuthority('Somebody')

interface Fault {
  readonly server?: ServerCertificateOptions
  /** What the configuration trusts. */
  readonly trusts: 'own' | 'stranger' | 'system'
  readonly reason: string
  readonly remedy: RegExp
  /** As OpenSSL or Node name it. */
  readonly code: RegExp
}

const UNSIGNED = 'no certificate authority that Icecore trusts has signed it'

/** By the name of the connection, and of the issuer. */
const FAULTS: Readonly<Record<string, Fault>> = {
  unnamed: { trusts: 'system', reason: UNSIGNED, remedy: /names the authority in ca_file of/, code: /UNABLE_TO_/ },
  otherwise: { trusts: 'stranger', reason: UNSIGNED, remedy: /names the authority in ca_file of/, code: /UNABLE_TO_/ },
  elsewhere: {
    server: { addresses: [], hosts: ['warehouse.example'] },
    trusts: 'own',
    reason: 'it was made for another host name',
    remedy: /checks the address in its configuration/,
    code: /ERR_TLS_CERT_ALTNAME_INVALID/,
  },
  expired: {
    server: { validFrom: -3, validUntil: -2 },
    trusts: 'own',
    reason: 'it has expired',
    remedy: /renews it/,
    code: /CERT_HAS_EXPIRED/,
  },
  early: {
    server: { validFrom: 2, validUntil: 3 },
    trusts: 'own',
    reason: 'it is not valid yet',
    remedy: /checks the clock/,
    code: /CERT_NOT_YET_VALID/,
  },
}

let folder: string
let gateway: TestGateway
let trustedIdp: TestIdp
const idps = new Map<string, TestIdp>()
const fronts = new Map<string, TlsFront>()

function caOf(trusts: Fault['trusts']): Readonly<Record<string, string>> {
  return trusts === 'system' ? {} : { ca_file: join(folder, `${trusts}.pem`) }
}

async function front(name: string, target: string, authority: TestAuthority, more: object = {}): Promise<TlsFront> {
  const started = await TlsFront.start({ target, identity: authority.issue(FAULTS[name]?.server), ...more })
  fronts.set(name, started)
  return started
}

/** Connections over TLS: a good one, one with a storage that is not trusted, and one for each fault. */
async function connections(emulator: Emulator): Promise<Record<string, Record<string, string>>> {
  const behind = async (name: string, authority: TestAuthority): Promise<{ from: string; to: string }> => {
    const storage = await front(`${name} storage`, emulator.storageUrl, authority)
    return { from: emulator.storageUrl, to: storage.url }
  }
  const good = await front('trusted', emulator.url, own, { renamed: await behind('trusted', own) })
  const half = await front('half', emulator.url, own, { renamed: await behind('half', stranger) })
  const entries: Record<string, Record<string, string>> = {
    trusted: { url: good.url, ...caOf('own') },
    half: { url: half.url, ...caOf('own') },
  }
  for (const [name, { trusts }] of Object.entries(FAULTS)) {
    entries[name] = { url: (await front(name, emulator.url, own)).url, ...caOf(trusts) }
  }
  return entries
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-test-'))
  await writeFile(join(folder, 'own.pem'), own.pem)
  await writeFile(join(folder, 'stranger.pem'), stranger.pem)
  trustedIdp = await TestIdp.start({ identity: own.issue() })
  for (const [name, { server }] of Object.entries(FAULTS)) {
    idps.set(name, await TestIdp.start({ identity: own.issue(server) }))
  }
  const issuers = Object.fromEntries(
    Object.entries(FAULTS).map(([name, { trusts }]) => [name, { issuer: idps.get(name)?.issuer, ...caOf(trusts) }]),
  )
  gateway = await TestGateway.start({
    connections,
    issuers: { trusted: { issuer: trustedIdp.issuer, ...caOf('own') }, ...issuers },
  })
})

after(async () => {
  await gateway.close()
  const others = [trustedIdp, ...idps.values(), ...fronts.values()]
  await Promise.all(others.map((server) => server.close()))
  await rm(folder, { recursive: true, force: true })
})

function connect(account: string, token = gateway.idp.mint(ADA)): Promise<NodeDriver> {
  return NodeDriver.connect({ accessUrl: gateway.url, account, token })
}

/** The driver's own error, shown after one log-in: a final refusal is not tried again. */
async function refusalOf(account: string, token?: string): Promise<DriverError> {
  const error = await connect(account, token).then(
    () => undefined,
    (thrown: DriverError) => thrown,
  )
  assert.ok(error instanceof Error, 'the log-in did not fail')
  return error
}

describe('TLS to Snowflake', BOUND, () => {
  it('by an authority of one’s own passes: log-in, statements, and chunks from storage', async () => {
    const driver = await connect('trusted')
    assert.equal((await driver.query(LARGE)).length, 20_000)
    assert.ok((fronts.get('trusted storage')?.requests ?? 0) > 0)
    await driver.close()
  })

  for (const [name, { reason, remedy }] of Object.entries(FAULTS)) {
    it(`is refused at log-in, for good and before anything is sent: ${name}`, async () => {
      const { message } = await refusalOf(name)
      assert.ok(message.includes(`Icecore does not trust the certificate of Snowflake's address: ${reason}.`), message)
      assert.match(message, remedy)
      assert.equal(fronts.get(name)?.requests, 0)
      const { status } = await new RawDriver(gateway.url).logIn(gateway.idp.mint(ADA), { ACCOUNT_NAME: name })
      assert.equal(status, 200, 'a driver does not try again after a 200')
    })
  }

  it('is on record with the exact reason of each refusal', async () => {
    // Of refusals of one class from one source only the first has its detail on record.
    const refusals = (await gateway.events()).flatMap((event) => (event.type === 'login.refused' ? [event.facts] : []))
    for (const { reason, code } of Object.values(FAULTS)) {
      const detail = refusals.find((facts) => facts.reason === reason)?.detail ?? ''
      assert.match(detail, /^the certificate of Snowflake's address: /)
      assert.match(detail, code)
    }
  })

  it('to a storage that is not trusted ends the fetching of chunks, and the record says why', async () => {
    const driver = await connect('half')
    assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
    await assert.rejects(driver.query(LARGE))
    assert.equal(fronts.get('half storage')?.requests, 0)
    const broken = (await gateway.events()).findLast(({ type }) => type === 'result.broken')
    assert.ok(broken?.type === 'result.broken')
    assert.match(
      broken.facts.reason,
      /does not trust the certificate of the storage of results: no certificate authority/,
    )
    assert.deepEqual(await driver.query('SELECT 2 AS A'), [{ A: 2 }], 'the session goes on')
    await driver.close()
  })
})

describe('TLS to the token issuer', BOUND, () => {
  it('by an authority of one’s own passes', async () => {
    const driver = await connect('prod', trustedIdp.mint(ADA))
    assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
    assert.ok(trustedIdp.hits.jwks > 0)
    await driver.close()
  })

  for (const [name, { reason, remedy }] of Object.entries(FAULTS)) {
    it(`is refused at log-in, for good and before anything is asked: ${name}`, async () => {
      const idp = idps.get(name)
      assert.ok(idp)
      const { message } = await refusalOf('prod', idp.mint(ADA))
      assert.ok(message.includes(`Icecore does not trust the certificate of the token issuer: ${reason}.`), message)
      assert.match(message, remedy)
      assert.deepEqual(idp.hits, { discovery: 0, jwks: 0 })
    })
  }
})

/** Runs last: the process takes the place of the gateway above. */
describe('an authority that the system trusts', BOUND, () => {
  it('is trusted without being named', async () => {
    await gateway.drain()
    const config = join(gateway.folder, 'icecore.yaml')
    const child = spawn(process.execPath, [COMMAND, 'start', '--json', '--config', config], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, SSL_CERT_FILE: join(folder, 'own.pem') },
    })
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const { gateway: url } = JSON.parse(line) as { readonly gateway: string }
      const token = idps.get('unnamed')?.mint(ADA) ?? ''
      const driver = await NodeDriver.connect({ accessUrl: url, account: 'unnamed', token })
      assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
      await driver.close()
    } finally {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    }
  })
})
