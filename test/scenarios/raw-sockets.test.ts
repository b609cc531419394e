/** Bytes that no HTTP client would send: refused in the driver's form, counted on record, and never upstream. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type Envelope, RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'

const BODY = '{"sqlText":"SELECT 1"}'
const UUID = '01b899f1-0712-45a6-0040-e00702ffffff'

let gateway: TestGateway
let client: RawDriver
before(async () => {
  gateway = await TestGateway.start()
  client = new RawDriver(gateway.url)
  await client.logIn(gateway.idp.mint({ sub: 'ada', groups: ['analysts'] }))
})
after(() => gateway.close())

interface Answer {
  readonly status: number
  readonly envelope: Envelope
}

/** Writes bytes and reads until the gateway has closed the connection, or said enough. */
function exchange(bytes: string): Promise<Answer | null> {
  const { port, hostname } = new URL(gateway.url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.on('data', (block) => {
      text += block.toString()
      if (parse(text) !== null) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(parse(text)))
  })
}

function parse(text: string): Answer | null {
  const [, status, length, body = ''] = /^HTTP\/1\.1 (\d+).*?content-length: (\d+).*?\r\n\r\n(.*)$/is.exec(text) ?? []
  if (status === undefined || Buffer.byteLength(body) < Number(length)) return null
  return { status: Number(status), envelope: JSON.parse(body) as Envelope }
}

/** A request for a statement, with a head and a target of its own. */
function post(target: string, ...headers: readonly string[]): string {
  const head = [`POST ${target} HTTP/1.1`, 'host: icecore', `authorization: Snowflake Token="${client.token}"`]
  return [...head, ...headers, `content-length: ${BODY.length}`, '', BODY].join('\r\n')
}

/** As `post`, and with nothing that says for whom it is. */
function withoutHost(request: string): string {
  return request.replace('host: icecore\r\n', '')
}

function get(target: string): string {
  return [`GET ${target} HTTP/1.1`, 'host: icecore', `authorization: Snowflake Token="${client.token}"`, '', ''].join(
    '\r\n',
  )
}

function query(more = ''): string {
  return `/queries/v1/query-request?requestId=${crypto.randomUUID()}${more}`
}

describe('bytes that are no request', () => {
  const cases: readonly (readonly [string, () => string, number, string])[] = [
    ['no HTTP at all', () => 'SELECT 1;\r\n\r\n', 400, '390400'],
    ['a head of 20 kB', () => post(query(), `x-pad: ${'a'.repeat(20_000)}`), 431, '390400'],
    ['a target of 20 kB', () => post(query(`&x=${'a'.repeat(20_000)}`)), 431, '390400'],
    ['two lengths', () => post(query(), 'transfer-encoding: chunked'), 400, '390400'],
    ['no host', () => withoutHost(post(query())), 400, '390400'],
    ['a content type that is none', () => post(query(), 'content-type: /'), 200, '003001'],
    ['an absolute target', () => post(`http://account.example${query()}`), 404, '390404'],
    ['a path in other letters', () => post(query().replace('/queries', '/QUERIES')), 404, '390404'],
    ['a path with backslashes', () => get(`/queries\\${UUID}\\result`), 404, '390404'],
    ['a path that climbs', () => get(`/queries/${UUID}/../../session`), 404, '390404'],
    ['a path that cannot be decoded', () => get('/queries/%ZZ/result'), 200, '000612'],
    ['a query id with slashes', () => get('/queries/..%2f..%2fx/result'), 200, '000612'],
    ['a query id with a null', () => get('/monitoring/queries/%00'), 200, '000612'],
    ['a query id with a tail', () => get(`/monitoring/queries/${UUID};a=b`), 200, '000612'],
    ['slashes too many', () => get(`/////monitoring///queries//${UUID}`), 200, '000612'],
  ]
  for (const [what, bytes, status, code] of cases) {
    it(`${what}: refused in the driver’s form, and nothing reaches the warehouse`, async () => {
      const seen = gateway.emulator.inspect.requests().length
      const answer = await exchange(bytes())
      assert.deepEqual([answer?.status, answer?.envelope.success, answer?.envelope.code], [status, false, code])
      assert.equal(gateway.emulator.inspect.requests().length, seen)
    })
  }

  it('a proxy’s CONNECT gets no tunnel', async () => {
    assert.equal(await exchange('CONNECT account.example:443 HTTP/1.1\r\nhost: account.example:443\r\n\r\n'), null)
  })

  it('the twin: a plain request passes on the same door', async () => {
    const answer = await exchange(post(query()))
    assert.deepEqual([answer?.status, answer?.envelope.success], [200, true])
  })

  it('the twin: an expectation that nobody knows does not keep a request out', async () => {
    const answer = await exchange(post(query(), 'expect: the-unexpected'))
    assert.deepEqual([answer?.status, answer?.envelope.success], [200, true])
  })

  it('are no defects of Icecore: its log tells of none', () => {
    assert.deepEqual(
      gateway.log.filter(({ event }) => event.endsWith('.internal')),
      [],
    )
  })

  it('are counted on record, and none of their content is', async () => {
    const events = await gateway.events()
    const refusals = events.flatMap((event) => (event.type === 'request.refused' ? [event.facts] : []))
    assert.deepEqual(
      new Set(refusals.map(({ icecore }) => icecore)),
      new Set(['ICE_REQUEST_MALFORMED', 'ICE_PATH_UNKNOWN', 'ICE_HANDLE_UNKNOWN']),
    )
    assert.ok(refusals.length < cases.length, 'each kind once')
    assert.ok(!JSON.stringify(refusals).includes(client.token))
  })
})
