import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { TestAuthority } from '../../../test/support/certificates.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { until } from '../../../test/support/until.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { createListener, type Listener } from '../listener.ts'
import { CertificateKeeper } from './certificate-keeper.ts'

const authority = new TestAuthority('Acme internal')
const HANDSHAKE_MS = 300
/** Nothing hangs: each of these ends far sooner. */
const BOUND = { timeout: 20_000 }
const REQUEST = 'GET / HTTP/1.1\r\nhost: icecore\r\n\r\n'

let folder: string
let keeper: CertificateKeeper
let listener: Listener
let refused: string[]
let clock: FakeClock
let writes = 0

async function writeCertificate(): Promise<void> {
  writes += 1
  for (const [name, pem] of Object.entries(authority.issue())) {
    await writeFile(join(folder, `${name}.pem`), pem, { mode: 0o600 })
    await utimes(join(folder, `${name}.pem`), writes, writes)
  }
}

async function listen(connections = 10): Promise<Listener> {
  const options = {
    host: '127.0.0.1',
    port: 0,
    certificate: keeper,
    admits: null,
    handshake: HANDSHAKE_MS,
    connections,
  }
  const refuse = (error: Error & { code?: string }, socket: Socket): void => {
    refused.push(error.code ?? '')
    if (error.code === 'ICE_TRANSPORT_REFUSED') socket.end(`HTTP/1.1 400 Bad Request\r\n\r\n${error.message}`)
    else socket.destroy()
  }
  return createListener(options, { register: (app) => app.get('/', async () => 'hello'), refuse }, clock)
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icecore-tls-'))
})
after(() => rm(folder, { recursive: true }))

beforeEach(async () => {
  refused = []
  clock = new FakeClock(Date.now())
  await writeCertificate()
  const files = { certificate: join(folder, 'cert.pem'), privateKey: `\${file:${join(folder, 'key.pem')}}` }
  const tools = { clock, log: silentLog, sources: { environment: {} } }
  keeper = await CertificateKeeper.open({ listener: 'listen.driver', files, host: () => null }, tools)
  listener = await listen()
})
afterEach(async () => {
  const closed = listener.close()
  clock.advance(2_000)
  await closed
  await keeper.close()
})

function port(): number {
  return Number(new URL(listener.url).port)
}

async function shake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: port(), ca: authority.pem, ...options })
  await once(socket, 'secureConnect')
  // What ends a connection later is for the test that asks.
  return socket.on('error', () => undefined)
}

function plain(): Socket {
  return connectPlain(port(), '127.0.0.1').on('error', () => undefined)
}

async function ask(socket: TLSSocket): Promise<string> {
  socket.write(REQUEST)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString()
}

describe('a TLS listener', BOUND, () => {
  it('says https in its address, and answers', async () => {
    assert.match(listener.url, /^https:\/\/127\.0\.0\.1:\d+$/)
    const [answer] = await once(request(listener.url, { ca: authority.pem }).end(), 'response')
    assert.equal(await text(answer), 'hello')
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`speaks ${version} with HTTP/1.1`, async () => {
      const socket = await shake({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] })
      assert.deepEqual([socket.getProtocol(), socket.alpnProtocol], [version, 'http/1.1'])
      assert.match(await ask(socket), /^HTTP\/1\.1 200 OK/)
      socket.destroy()
    })
  }

  const failures: readonly (readonly [string, ConnectionOptions, RegExp])[] = [
    [
      'TLS 1.1',
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    ],
    ['HTTP/2 alone', { ALPNProtocols: ['h2'] }, /NO_APPLICATION_PROTOCOL/],
    ['a cipher without authentication', { maxVersion: 'TLSv1.2', ciphers: 'aNULL@SECLEVEL=0' }, /HANDSHAKE_FAILURE/],
  ]
  for (const [what, options, code] of failures) {
    it(`does not speak ${what}`, async () => {
      await assert.rejects(shake(options), ({ code: found }: { code?: string }) => code.test(found ?? ''))
      await until(() => refused.length > 0)
      assert.match(refused[0] ?? '', /^ERR_SSL_/)
    })
  }

  it('does not renegotiate', async () => {
    const socket = await shake({ maxVersion: 'TLSv1.2' })
    const failed = once(socket, 'error')
    assert.ok(socket.renegotiate({}, () => undefined))
    const [{ code }] = (await failed) as [NodeJS.ErrnoException]
    assert.equal(code, 'ERR_SSL_NO_RENEGOTIATION')
  })

  it('tells a client of plain HTTP to use https', async () => {
    const answer = await text(plain().end(REQUEST))
    assert.match(answer, /^HTTP\/1\.1 400 .*use https\.$/s)
    assert.deepEqual(refused, ['ICE_TRANSPORT_REFUSED'])
  })

  it('ends a connection that says nothing', async () => {
    const silent = plain()
    const closed = once(silent, 'close')
    await once(silent, 'connect')
    await until(() => clock.waiting === 2)
    clock.advance(HANDSHAKE_MS - 1)
    assert.equal(silent.closed, false)
    clock.advance(1)
    await closed
  })

  it('ends a handshake that is begun and not done', async () => {
    const slow = plain()
    const closed = once(slow, 'close')
    const begun = performance.now()
    // The head of a record of 512 bytes that never comes.
    slow.write(Buffer.from([22, 3, 1, 2, 0]))
    await closed
    assert.ok(performance.now() - begun >= HANDSHAKE_MS - 50)
    await until(() => refused.length > 0)
    assert.deepEqual(refused, ['ERR_TLS_HANDSHAKE_TIMEOUT'])
  })

  it('holds the number of connections, those in their handshake included', async () => {
    const bounded = await listen(2)
    const at = { host: '127.0.0.1', port: Number(new URL(bounded.url).port) }
    const silent = connectPlain(at)
    await once(silent, 'connect')
    const first = await shake(at)
    await assert.rejects(shake(at))
    silent.destroy()
    // The server has to see that it is gone.
    await until(() =>
      shake(at).then(
        (socket) => socket.destroy() !== undefined,
        () => false,
      ),
    )
    assert.match(await ask(first), /200 OK/)
    first.destroy()
    await bounded.close()
  })
})

describe('a new certificate', BOUND, () => {
  it('is shown to new connections, and old ones live on', async () => {
    const old = await shake({ maxVersion: 'TLSv1.2' })
    const { fingerprint } = keeper.state()
    assert.equal(old.getPeerX509Certificate()?.fingerprint256, fingerprint)
    const ticket = old.getSession()
    assert.ok(ticket)
    const comeBack = async (): Promise<boolean> => {
      const socket = await shake({ maxVersion: 'TLSv1.2', session: ticket })
      const reused = socket.isSessionReused()
      socket.destroy()
      return reused
    }
    assert.equal(await comeBack(), true)
    await writeCertificate()
    await keeper.reload()
    const fresh = await shake()
    assert.notEqual(keeper.state().fingerprint, fingerprint)
    assert.equal(fresh.getPeerX509Certificate()?.fingerprint256, keeper.state().fingerprint)
    assert.match(await ask(old), /200 OK/)
    assert.equal(await comeBack(), false, 'who comes back with a ticket sees the new one, too')
    for (const socket of [old, fresh]) socket.destroy()
  })
})

describe('a listener that closes', BOUND, () => {
  it('does not wait for who says nothing', async () => {
    const silent = plain()
    await once(silent, 'connect')
    const closed = listener.close()
    await until(() => clock.waiting === 3)
    clock.advance(2_000)
    await closed
    listener = await listen()
  })
})

it('the limits hold by the system’s clock, too', BOUND, async () => {
  const options = { host: '127.0.0.1', port: 0, certificate: keeper, admits: null, handshake: 100, connections: 10 }
  const real = await createListener(options, { register: () => undefined }, systemClock)
  const silent = connectPlain(Number(new URL(real.url).port), '127.0.0.1')
  await once(silent, 'close')
  await real.close()
})
