/** The doors over TLS: official drivers that trust a private authority, several listeners and proxies before them. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import type { Readiness } from '../../src/doors/ops/index.ts'
import { TestAuthority } from '../support/certificates.ts'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { makeWorld, recordedEvents, removeWorld, TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const ROWS = 20_000
const LARGE = `SELECT SEQ4() AS N, RANDSTR(20, RANDOM(1)) AS T FROM TABLE(GENERATOR(ROWCOUNT => ${ROWS})) ORDER BY N`
/** The example that the documents name. */
const PROGRAM = join(import.meta.dirname, '..', '..', 'examples', 'node', 'query.mjs')
/** Nothing hangs: each of these ends far sooner. */
const BOUND = { timeout: 60_000 }

const own = new TestAuthority('Acme internal')
const stranger = new TestAuthority('Somebody')
setDefaultCACertificates([...getCACertificates('default'), own.pem])

async function writeIdentity(folder: string, options: Parameters<TestAuthority['issue']>[0] = {}): Promise<string> {
  const { cert, key } = own.issue({ validUntil: 90, hosts: ['localhost'], ...options })
  await writeFile(join(folder, 'tls.pem'), cert)
  await writeFile(join(folder, 'tls.key'), key, { mode: 0o600 })
  return "tls: {certificate: tls.pem, private_key: '${file:tls.key}'}"
}

function openings(events: readonly RecordedEvent[]) {
  return events.flatMap((event) => (event.type === 'session.opened' ? [event.facts.network] : []))
}

describe('an official driver over TLS', BOUND, () => {
  let gateway: TestGateway
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'icecore-test-'))
    await writeFile(join(folder, 'own.pem'), own.pem)
    await writeFile(join(folder, 'stranger.pem'), stranger.pem)
    gateway = await TestGateway.start({
      listen: async (to) =>
        `{driver: {port: 0, ${await writeIdentity(to)}}, ops: {port: 0, ${await writeIdentity(to)}}}`,
    })
  })
  after(async () => {
    await gateway.close()
    await rm(folder, { recursive: true })
  })

  /** A program that knows the authority in that file besides the world's. */
  async function ask(sql: string, authority: string): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [PROGRAM, sql], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(folder, authority),
        ICECORE_URL: gateway.url,
        ICECORE_CONNECTION: 'prod',
        ICECORE_TOKEN: gateway.idp.mint(ADA),
        SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
      },
    })
    const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
    return { code: code as number | null, out, err }
  }

  it('that trusts the authority gets its rows, those in chunks as well', async () => {
    const { code, out, err } = await ask(LARGE, 'own.pem')
    assert.equal(code, 0, err)
    assert.match(out, new RegExp(`│ ${ROWS - 1} +│ ${ROWS - 1} +│`))
    const chunks = (await gateway.events()).filter(
      ({ type, facts }) => type === 'result.batch' && 'part' in facts && facts.part === 'chunk',
    )
    assert.ok(chunks.length > 0)
  })

  it('that does not trust it sends nothing', async () => {
    const before = (await gateway.events()).length
    const { code, err } = await ask('SELECT 1', 'stranger.pem')
    assert.equal(code, 1)
    assert.match(err, /certificate|unable to|network/i)
    assert.equal((await gateway.events()).length, before)
  })

  it('whose handshake fails is on record with the reason', async () => {
    const { port } = new URL(gateway.url)
    const options = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const socket = connect({ host: '127.0.0.1', port: Number(port), ...options }).on('error', () => undefined)
    await new Promise((resolve) => socket.once('close', resolve))
    const find = async () => (await gateway.events()).find(({ type }) => type === 'request.refused')
    await until(async () => (await find()) !== undefined)
    const refusal = await find()
    assert.ok(refusal?.type === 'request.refused')
    const { icecore, reason, network } = refusal.facts
    assert.deepEqual([icecore, network.address], ['ICE_TRANSPORT_REFUSED', '127.0.0.1'])
    assert.match(reason, /the TLS handshake failed \(ERR_SSL_UNSUPPORTED_PROTOCOL\)/)
  })

  it('that speaks plain HTTP is told to use https, in its own form', async () => {
    const { status, json } = await new RawDriver(gateway.url.replace('https', 'http')).logIn(gateway.idp.mint(ADA))
    assert.deepEqual([status, json.success], [400, false])
    assert.match(json.message ?? '', /use https/)
  })

  it('has health and readiness over TLS as well', async () => {
    assert.match(gateway.opsUrl, /^https:/)
    assert.deepEqual(await (await fetch(`${gateway.opsUrl}/readyz`)).json(), { ready: true, reasons: [], warnings: [] })
    const plain = await fetch(`${gateway.opsUrl.replace('https', 'http')}/readyz`)
    assert.equal(plain.status, 400)
    assert.match(await plain.text(), /use https/)
  })

  it('goes on while the certificate is changed, and new connections see the new one', async () => {
    const seen = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(gateway.url)
        const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => {
          resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
          socket.destroy()
        }).on('error', reject)
      })
    const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
    const old = await seen()
    await writeIdentity(gateway.folder)
    await gateway.reload()
    assert.notEqual(await seen(), old)
    assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
    await chmod(join(gateway.folder, 'tls.key'), 0o644)
    const good = await seen()
    await gateway.reload()
    assert.equal(await seen(), good)
    const { ready, warnings } = (await (await fetch(`${gateway.opsUrl}/readyz`)).json()) as Readiness
    assert.equal(ready, true)
    assert.match(
      warnings[0] ?? '',
      /^The new certificate of listen\.driver is not used: .*others than its owner may read/,
    )
    await driver.close()
  })
})

describe('a certificate that no client takes', BOUND, () => {
  it('makes the gateway unready, with the reason', async () => {
    const gateway = await TestGateway.start({
      listen: async (to) =>
        `{driver: {port: 0, ${await writeIdentity(to, { validFrom: -3, validUntil: -2 })}}, ops: {port: 0}}`,
    })
    const answer = await fetch(`${gateway.opsUrl}/readyz`)
    const { ready, reasons } = (await answer.json()) as Readiness
    assert.deepEqual([answer.status, ready], [503, false])
    assert.match(reasons[0] ?? '', /^The certificate of listen\.driver is refused by clients: it expired on/)
    await gateway.close()
  })
})

describe('several listeners', BOUND, () => {
  let gateway: TestGateway
  let port: number
  before(async () => {
    port = await freePort()
    gateway = await TestGateway.start({
      listen: async (to) =>
        `{driver: [{port: 0}, {host: localhost, port: ${port}, ${await writeIdentity(to)}}, {port: 0, public_url: 'https://icecore.example/'}], ops: [{port: 0}, {port: 0}]}`,
    })
  })
  after(() => gateway.close())

  it('name themselves', () => {
    const { driver, ops } = gateway.listeners
    assert.deepEqual([driver.length, ops.length, driver[1]], [3, 2, `https://localhost:${port}`])
    assert.equal(gateway.url, driver[0])
  })

  it('serve one session together, each with links that lead to itself', async () => {
    const [plain = '', tls = '', behind = ''] = gateway.listeners.driver
    const first = new RawDriver(plain)
    await first.logIn(gateway.idp.mint(ADA))
    for (const [url, origin] of [
      [plain, plain],
      [tls, tls],
      [behind, 'https://icecore.example'],
    ] as const) {
      const driver = new RawDriver(url)
      driver.token = first.token
      const { json } = await driver.query(LARGE)
      const { chunks, chunkHeaders } = json.data
      assert.ok(chunks.length > 0)
      for (const chunk of chunks) assert.equal(new URL(chunk.url).origin, origin)
      assert.ok(chunks[0].url.startsWith(`${origin}/chunks/icc_`), 'one slash')
      if (origin === url) assert.equal((await fetch(chunks[0].url, { headers: chunkHeaders })).status, 200)
    }
  })

  it('make no link of what the client says its host is', async () => {
    const driver = new RawDriver(gateway.url)
    await driver.logIn(gateway.idp.mint(ADA))
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      authorization: `Snowflake Token="${driver.token}"`,
      'content-type': 'application/json',
    }
    const sent = request(`${gateway.url}/queries/v1/query-request?requestId=${crypto.randomUUID()}`, {
      method: 'POST',
      headers,
    })
    const [answer] = await once(sent.end(JSON.stringify({ sqlText: LARGE })), 'response')
    const whole = await text(answer)
    assert.ok(whole.includes(`${gateway.url}/chunks/`))
    assert.ok(!whole.includes('evil.example'))
  })
})

describe('proxies', BOUND, () => {
  async function networks(config: string, listener: string, headers: Readonly<Record<string, string>>) {
    const gateway = await TestGateway.start({
      config,
      listen: () => `{driver: {port: 0${listener}}, ops: {port: 0${listener}}}`,
    })
    const body = {
      data: { CLIENT_APP_ID: 'JavaScript', ACCOUNT_NAME: 'prod', AUTHENTICATOR: 'OAUTH', TOKEN: gateway.idp.mint(ADA) },
    }
    const { json } = await new RawDriver(gateway.url).post('/session/v1/login-request', body, headers)
    const ops = await fetch(`${gateway.opsUrl}/healthz`)
    const events = await gateway.events()
    await gateway.close()
    return { json, ops: ops.status, events, opened: openings(events)[0] }
  }
  const CLAIM = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', forwarded: 'for=192.0.2.66' }

  it('that nobody trusts say nothing that is believed', async () => {
    const { opened } = await networks('', '', CLAIM)
    assert.deepEqual([opened?.address, opened?.via], ['127.0.0.1', undefined])
  })

  it('that are trusted say who their client is, and the client says nothing', async () => {
    const { opened } = await networks('trusted_proxies: [127.0.0.0/8]', '', CLAIM)
    assert.deepEqual([opened?.address, opened?.via], ['203.0.113.9', ['127.0.0.1']])
  })

  it('say it in the header that the configuration names', async () => {
    const { opened } = await networks('trusted_proxies: [127.0.0.0/8]\nforwarded_header: forwarded', '', CLAIM)
    assert.deepEqual([opened?.address, opened?.via], ['192.0.2.66', ['127.0.0.1']])
  })

  const BEHIND = `, plain_http: behind_proxy`
  const LINKS = 'public_url: https://icecore.example\n'

  it('are the only ones let in where TLS ends before Icecore', async () => {
    const { json, ops, events } = await networks(`${LINKS}trusted_proxies: [10.9.9.9]`, BEHIND, CLAIM)
    assert.deepEqual([json.success, json.code, ops], [false, '390100', 403])
    assert.match(json.message ?? '', /it did not come through a trusted proxy/)
    const refusal = events.find(({ type }) => type === 'request.refused')
    assert.ok(refusal?.type === 'request.refused')
    assert.deepEqual([refusal.facts.icecore, refusal.facts.network.address], ['ICE_TRANSPORT_REFUSED', '127.0.0.1'])
  })

  it('are let in', async () => {
    const { json, ops, opened } = await networks(`${LINKS}trusted_proxies: [127.0.0.1]`, BEHIND, CLAIM)
    assert.deepEqual([json.success, ops, opened?.address], [true, 200, '203.0.113.9'])
  })
})

describe('icecore start', BOUND, () => {
  it('does not open a door beyond this machine without TLS, and says what to write', async () => {
    const world = await makeWorld({ listen: () => '{driver: {host: 0.0.0.0, port: 0}, ops: {port: 0}}' })
    const gateway = new GatewayProcess(world.config)
    await assert.rejects(
      gateway.start(),
      /icecore\.yaml:3:25: error: the driver listener would be open beyond this machine.*hint: give it "tls:/s,
    )
    await removeWorld(world)
  })

  it('does not start with a key that others may read, and says how to mend that', async () => {
    const world = await makeWorld({
      listen: async (to) => `{driver: {port: 0, ${await writeIdentity(to)}}, ops: {port: 0}}`,
    })
    await chmod(join(world.folder, 'tls.key'), 0o640)
    const gateway = new GatewayProcess(world.config)
    await assert.rejects(gateway.start(), /others than its owner may read or change it.*chmod 600/s)
    await chmod(join(world.folder, 'tls.key'), 0o600)
    await gateway.start()
    assert.equal(await gateway.stop('SIGTERM'), 0)
    assert.equal((await recordedEvents(world)).filter(({ type }) => type === 'gateway.started').length, 1)
    await removeWorld(world)
  })

  it('reads certificates again on SIGHUP, and goes on', async () => {
    const world = await makeWorld({
      listen: async (to) => `{driver: {port: 0, ${await writeIdentity(to)}}, ops: {port: 0}}`,
    })
    const gateway = new GatewayProcess(world.config)
    await gateway.start()
    const used = (): number => gateway.errors.split('certificate.used').length - 1
    await until(() => used() === 1)
    await writeIdentity(world.folder)
    process.kill(gateway.pid, 'SIGHUP')
    await until(() => used() === 2)
    const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: world.idp.mint(ADA) })
    assert.deepEqual(await driver.query('SELECT 1 AS A'), [{ A: 1 }])
    await driver.close()
    assert.equal(await gateway.stop('SIGTERM'), 0)
    await removeWorld(world)
  })
})
