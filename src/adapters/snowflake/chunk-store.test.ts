import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isIcecoreError } from '../../errors.ts'
import type { ChunkBody, UpstreamConnector, UpstreamSession } from '../../gate/ports.ts'
import type { Loosening } from './connection.ts'
import { connect, connectionTo, LOGIN } from './testing/connect.ts'
import { drop, hang, type Reply, ScriptedUpstream, status } from './testing/scripted-upstream.ts'
import type { SkippingClock } from './testing/skipping-clock.ts'

const CHUNK = '["a","b"],["c",null]'
const PATH = '/results/chunk_0'

let upstream: ScriptedUpstream
let connector: UpstreamConnector
let clock: SkippingClock
let session: UpstreamSession

async function open(loosen: Loosening = {}): Promise<void> {
  ;({ connector, clock } = connect(connectionTo(upstream.url, { loosen })))
  session = await connector.open(LOGIN)
}

beforeEach(async () => {
  upstream = await ScriptedUpstream.start()
  await open()
})

afterEach(async () => {
  await connector.close()
  await upstream.close()
})

function openChunk(
  url = `${upstream.url}${PATH}?sig=SECRET`,
  headers: Readonly<Record<string, string>> = {},
): Promise<ChunkBody> {
  return session.openChunk({ url, headers })
}

async function read(): Promise<string> {
  return (await buffer((await openChunk()).bytes)).toString()
}

const body =
  (text: string | Buffer, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) => {
    response.writeHead(200, { 'content-length': String(Buffer.byteLength(text)), ...headers }).end(text)
  }

const cut =
  (headers: Readonly<Record<string, string>>, text = CHUNK.slice(0, 9)): Reply =>
  (response) => {
    response.writeHead(200, headers)
    response.write(text)
    setImmediate(() => response.destroy())
  }

describe('a result chunk', () => {
  it('streams as it lies there, with the storage headers and no token', async () => {
    upstream.script(PATH, body(CHUNK))
    const chunk = await openChunk(undefined, { 'x-amz-key': 'K' })
    assert.equal(chunk.encoding, 'identity')
    assert.equal(chunk.length, CHUNK.length)
    assert.equal((await buffer(chunk.bytes)).toString(), CHUNK)
    const [request] = upstream.seen(PATH)
    assert.equal(request?.headers['x-amz-key'], 'K')
    assert.equal(request?.headers.authorization, undefined)
    assert.deepEqual(request?.query, { sig: 'SECRET' })
    assert.equal(clock.openLimits, 0)
  })

  it('stays gzip', async () => {
    const packed = gzipSync(CHUNK)
    upstream.script(PATH, body(packed, { 'content-encoding': 'gzip' }))
    const chunk = await openChunk()
    assert.equal(chunk.encoding, 'gzip')
    assert.equal(chunk.length, packed.length)
    assert.equal(gunzipSync(await buffer(chunk.bytes)).toString(), CHUNK)
  })

  it('may come in HTTP chunks, without a length', async () => {
    upstream.script(PATH, (response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' })
      response.write(CHUNK.slice(0, 5))
      response.end(CHUNK.slice(5))
    })
    assert.equal(await read(), CHUNK)
  })

  it('is opened again while no byte has come', async () => {
    upstream.script(PATH, status(503), drop, body(CHUNK))
    assert.equal(await read(), CHUNK)
    assert.equal(upstream.seen(PATH).length, 3)
  })

  it('tells an expired link from storage that is away', async () => {
    upstream.script(PATH, status(403))
    await assert.rejects(openChunk(), (error) => {
      assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
      return error.details.status === 403
    })
    assert.equal(upstream.seen(PATH).length, 1)
    upstream.script(PATH, ...Array<Reply>(7).fill(status(500)))
    await assert.rejects(openChunk(), (error) => isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
    assert.equal(upstream.seen(PATH).length, 8)
  })

  const broken: readonly (readonly [string, Reply])[] = [
    ['breaks before its length', cut({ 'content-length': String(CHUNK.length) })],
    ['breaks between HTTP chunks', cut({ 'transfer-encoding': 'chunked' })],
  ]
  for (const [name, reply] of broken) {
    it(`ends with an error when it ${name}, and is not sent for again`, async () => {
      upstream.script(PATH, reply)
      await assert.rejects(read(), (error) => isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
      assert.equal(upstream.seen(PATH).length, 1)
    })
  }

  it('that is longer than its length says never comes whole and clean', async () => {
    upstream.script(PATH, (response) => {
      // Written past Node's own server, which would not let itself be used so.
      response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n${CHUNK}`)
    })
    const outcome = await read().catch((error: unknown) => error)
    assert.ok(outcome === CHUNK.slice(0, 9) || isIcecoreError(outcome), String(outcome))
  })

  it('is refused when its end could not be told from a cut', async () => {
    upstream.script(PATH, (response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${CHUNK}`)
    })
    await assert.rejects(openChunk(), /does not say where it ends/)
  })

  it('is refused in an encoding nobody knows, and from a redirect', async () => {
    upstream.script(PATH, body(CHUNK, { 'content-encoding': 'br' }))
    await assert.rejects(openChunk(), /unknown content encoding/)
    upstream.script(PATH, (response) => {
      response.writeHead(302, { location: `${upstream.url}/other` }).end()
    })
    await assert.rejects(openChunk(), /HTTP status 302/)
    assert.equal(upstream.seen('/other').length, 0)
  })

  it('is given up when storage pauses for too long, but not when its reader does', async () => {
    upstream.script(PATH, (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write(CHUNK)
    })
    const chunk = await openChunk()
    const bytes = chunk.bytes[Symbol.asyncIterator]()
    assert.equal((await bytes.next()).done, false)
    clock.advance(600_000)
    const next = bytes.next()
    await turn()
    clock.advance(60_000)
    await assert.rejects(next, (error) => isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
  })

  it('ends with the reason of its signal', async () => {
    upstream.script(PATH, hang)
    const abort = new AbortController()
    const opened = session.openChunk({ url: `${upstream.url}${PATH}`, headers: {} }, abort.signal)
    while (upstream.seen(PATH).length === 0) await turn()
    abort.abort(new Error('the client went away'))
    await assert.rejects(opened, /the client went away/)
    assert.equal(clock.openLimits, 0)
  })

  for (const url of [
    'http://example.com/x?sig=SECRET',
    'file:///etc/passwd?SECRET',
    'data:text/plain,SECRET',
    'SECRET',
    'https://u:SECRET@h/',
  ]) {
    it(`is not fetched from ${url.replace('SECRET', '…')}`, async () => {
      await assert.rejects(
        async () => openChunk(url),
        (error) => isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL') && !error.message.includes('SECRET'),
      )
    })
  }

  it('comes from listed hosts only, where a list is given', async () => {
    await open({ storageHosts: ['bucket.example'] })
    await assert.rejects(async () => openChunk(), /host that is not listed/)
    await open({ storageHosts: ['127.0.0.1'] })
    upstream.script(PATH, body(CHUNK))
    assert.equal(await read(), CHUNK)
  })

  for (const header of ['Authorization', 'cookie', 'Host']) {
    it(`does not carry the header ${header} to storage`, async () => {
      await assert.rejects(async () => openChunk(undefined, { [header]: 'x' }), /a header that Icecore does not send/)
      assert.equal(upstream.seen(PATH).length, 0)
    })
  }
})
