import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { AnswerEnvelope } from '../../core/wire/index.ts'
import { type ErrorCode, isIcecoreError } from '../../errors.ts'
import type { UpstreamConnector, UpstreamSession } from '../../gate/ports.ts'
import type { SnowflakeOptions } from './index.ts'
import { connect, connectionTo, LOGIN } from './testing/connect.ts'
import {
  drop,
  envelope,
  failure,
  gzipJson,
  hang,
  json,
  QUERY_ID,
  QUERY_PATH,
  type Reply,
  ScriptedUpstream,
  status,
} from './testing/scripted-upstream.ts'
import type { SkippingClock } from './testing/skipping-clock.ts'

const RENEWAL_PATH = '/session/token-request'
const RESULT_PATH = `/queries/${QUERY_ID}/result`
const EXPIRED = failure('390112', 'Session token expired')

let upstream: ScriptedUpstream
let connector: UpstreamConnector
let clock: SkippingClock
let session: UpstreamSession

async function open(options: Partial<SnowflakeOptions> = {}): Promise<void> {
  ;({ connector, clock } = connect(connectionTo(upstream.url), options))
  session = await connector.open(LOGIN)
}

function query(sql = 'select 1'): { readonly requestId: string; readonly body: Uint8Array } {
  return { requestId: randomUUID(), body: Buffer.from(JSON.stringify({ sqlText: sql })) }
}

function textOf({ document }: AnswerEnvelope): string {
  return Buffer.from(document.bytes).toString()
}

async function submit(signal?: AbortSignal): Promise<string> {
  return textOf(await session.submit(query(), signal))
}

function rejectsWith(promise: Promise<unknown>, code: ErrorCode, text = /./): Promise<void> {
  return assert.rejects(promise, (error) => isIcecoreError(error, code) && text.test(error.message))
}

/** Lets requests get to the upstream, in real turns of the loop: sockets are real here, only time is not. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    assert.ok(turns < 100_000, 'it never came true')
    await turn()
  }
}

beforeEach(async () => {
  upstream = await ScriptedUpstream.start()
  await open()
})

afterEach(async () => {
  await connector.close()
  await upstream.close()
})

describe('a query', () => {
  it('goes as the bytes it came in, with the session token', async () => {
    const body = Buffer.from(
      '{"sqlText":"select \\u0031 -- é","bindings":{"1":{"type":"FIXED","value":"9007199254740993"}}}',
    )
    await session.submit({ requestId: 'request-1', body })
    const [request] = upstream.queries
    assert.equal(request?.body, body.toString())
    assert.equal(request?.query.requestId, 'request-1')
    assert.equal(request?.query.retryCount, undefined)
    assert.equal(request?.headers.authorization, 'Snowflake Token="ST-1"')
    assert.equal(request?.headers.accept, 'application/snowflake')
  })

  it('is answered with the bytes of the envelope, gzip undone', async () => {
    const text = '{"data":{"big":9007199254740993 },"code":null,"success":true}'
    upstream.script(QUERY_PATH, gzipJson(text), json(text))
    assert.equal(await submit(), text)
    assert.equal(await submit(), text)
  })

  it('gives an SQL error as an answer', async () => {
    upstream.script(QUERY_PATH, failure('002003', 'Object does not exist'))
    assert.match(await submit(), /002003/)
    assert.equal(upstream.queries.length, 1)
  })

  const transient: readonly (readonly [string, Reply, string])[] = [
    ['503', status(503), '503'],
    ['429', status(429), '429'],
    ['a connection dropped before the answer', drop, '0'],
    [
      'a connection dropped in the answer',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{"data')
        setImmediate(() => response.destroy())
      },
      '0',
    ],
  ]
  for (const [name, reply, reason] of transient) {
    it(`is sent again under the same id after ${name}`, async () => {
      upstream.script(QUERY_PATH, reply, reply)
      assert.match(await submit(), /"success":true/)
      const attempts = upstream.queries.map(({ query: parameters }) => parameters)
      assert.equal(attempts.length, 3)
      assert.equal(new Set(attempts.map(({ requestId }) => requestId)).size, 1)
      assert.equal(new Set(attempts.map(({ request_guid }) => request_guid)).size, 3)
      assert.deepEqual(
        attempts.map(({ retryCount }) => retryCount),
        [undefined, '1', '2'],
      )
      assert.deepEqual(
        attempts.map(({ retryReason }) => retryReason),
        [undefined, reason, reason],
      )
      assert.equal(attempts[1]?.clientStartTime, attempts[2]?.clientStartTime)
      assert.match(attempts[1]?.clientStartTime ?? '', /^17\d{11}$/)
    })
  }

  it('is given up after a bounded number of attempts', async () => {
    upstream.script(QUERY_PATH, ...Array<Reply>(20).fill(status(503)))
    const before = clock.monotonic()
    await assert.rejects(submit(), (error) => {
      assert.ok(isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE'))
      assert.deepEqual(error.details, { attempts: 7, sent: 'maybe' })
      return true
    })
    assert.equal(upstream.queries.length, 7)
    assert.ok(clock.monotonic() - before < 30_000)
  })

  it('is given up after a bounded time', async () => {
    await open({ retry: { attempts: 1000, budgetMs: 20_000, baseDelayMs: 1000, maxDelayMs: 4000 } })
    upstream.script(QUERY_PATH, ...Array<Reply>(100).fill(status(502)))
    const before = clock.monotonic()
    await rejectsWith(submit(), 'ICE_UPSTREAM_UNAVAILABLE')
    assert.ok(clock.monotonic() - before <= 20_000)
    assert.ok(upstream.queries.length < 12)
  })

  it('is sent again when the time limit of one request has passed', async () => {
    upstream.script(QUERY_PATH, hang)
    const answer = submit()
    await until(() => upstream.queries.length === 1)
    clock.advance(90_000)
    assert.match(await answer, /"success":true/)
    assert.deepEqual(
      upstream.queries.map(({ query: parameters }) => parameters.retryReason),
      [undefined, '0'],
    )
  })

  it('ends with the reason of its signal, and is not sent again', async () => {
    upstream.script(QUERY_PATH, hang)
    const abort = new AbortController()
    const answer = submit(abort.signal)
    await until(() => upstream.queries.length === 1)
    abort.abort(new Error('the client went away'))
    await assert.rejects(answer, /the client went away/)
    assert.equal(upstream.queries.length, 1)
    assert.equal(clock.openLimits, 0)
  })

  const refused: readonly (readonly [string, Reply, RegExp])[] = [
    ['no JSON', json('<html>'), /not JSON/],
    ['JSON cut off', json('{"success":tr'), /not JSON/],
    ['a repeated member', json('{"success":false,"code":"390112","success":true}'), /repeated member/],
    ['no envelope', json('{"rows":[]}'), /whether it succeeded/],
    ['another content type', json('{"success":true}', { 'content-type': 'text/html' }), /content type/],
    [
      'a redirect',
      (response) => {
        response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      },
      /HTTP status 302/,
    ],
    ['HTTP 403', status(403), /HTTP status 403/],
    ['a content encoding nobody asked for', json('x', { 'content-encoding': 'br' }), /content encoding/],
  ]
  for (const [name, reply, text] of refused) {
    it(`is refused an answer that is ${name}`, async () => {
      upstream.script(QUERY_PATH, reply)
      await rejectsWith(submit(), 'ICE_UPSTREAM_PROTOCOL', text)
      assert.equal(upstream.queries.length, 1)
    })
  }

  it('is refused a huge answer, also one that is small until it is unpacked', async () => {
    await open({ maxAnswerBytes: 10_000 })
    const large = `{"success":true,"data":"${'x'.repeat(20_000)}"}`
    assert.ok(gzipSync(large).length < 1000)
    for (const reply of [json(large), gzipJson(large)]) {
      upstream.script(QUERY_PATH, reply)
      await rejectsWith(submit(), 'ICE_UPSTREAM_PROTOCOL', /larger than 10000 bytes/)
    }
    upstream.script(QUERY_PATH, gzipJson(`{"success":true,"data":"${'x'.repeat(5_000)}"}`))
    assert.match(await submit(), /xxx/)
  })
})

describe('renewal', () => {
  it('happens in the middle of a query, which is then sent again as it was', async () => {
    upstream.script(QUERY_PATH, EXPIRED)
    assert.match(await submit(), /"success":true/)
    const [first, second] = upstream.queries
    assert.equal(first?.query.requestId, second?.query.requestId)
    assert.equal(first?.body, second?.body)
    assert.equal(second?.headers.authorization, 'Snowflake Token="ST-2"')
    const [renewal] = upstream.seen(RENEWAL_PATH)
    assert.equal(renewal?.headers.authorization, 'Snowflake Token="MT-1"')
    assert.deepEqual(JSON.parse(renewal?.body ?? ''), { oldSessionToken: 'ST-1', requestType: 'RENEW' })
  })

  it('happens in the middle of a poll', async () => {
    upstream.script(RESULT_PATH, EXPIRED)
    assert.match(textOf(await session.result(QUERY_ID)), /"success":true/)
    assert.equal(upstream.seen(RENEWAL_PATH).length, 1)
  })

  it('happens once for twenty requests that expire together', async () => {
    // From here on the upstream takes no token but the next one.
    upstream.sessionToken = 'not given yet'
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit()))
    assert.ok(answers.every((answer) => answer.includes('"success":true')))
    assert.equal(upstream.seen(RENEWAL_PATH).length, 1)
    assert.equal(upstream.queries.length, 40)
  })

  it('is retried when the upstream is away for a moment', async () => {
    upstream.script(QUERY_PATH, EXPIRED)
    upstream.script(RENEWAL_PATH, status(503), drop)
    assert.match(await submit(), /"success":true/)
    assert.equal(upstream.seen(RENEWAL_PATH).length, 3)
  })

  it('fails the query but not the session when the upstream stays away', async () => {
    upstream.script(QUERY_PATH, EXPIRED)
    upstream.script(RENEWAL_PATH, ...Array<Reply>(7).fill(status(503)))
    await rejectsWith(submit(), 'ICE_UPSTREAM_UNAVAILABLE')
    assert.match(await submit(), /"success":true/)
  })

  for (const code of ['390114', '390113', '390115', '390111', '390104', '390112']) {
    it(`loses the session when it is answered ${code}`, async () => {
      upstream.script(QUERY_PATH, EXPIRED)
      upstream.script(RENEWAL_PATH, failure(code))
      await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
      const sent = upstream.requests.length
      await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
      assert.equal(upstream.requests.length, sent)
    })
  }

  it('is not repeated for ever', async () => {
    upstream.script(QUERY_PATH, ...Array<Reply>(50).fill(EXPIRED))
    await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
    assert.equal(upstream.seen(RENEWAL_PATH).length, 3)
  })

  for (const code of ['390104', '390111']) {
    it(`is not tried for a session that is gone (${code})`, async () => {
      upstream.script(QUERY_PATH, failure(code))
      await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
      assert.equal(upstream.seen(RENEWAL_PATH).length, 0)
    })
  }

  it('reads the envelope in a 401, too', async () => {
    upstream.script(QUERY_PATH, (response) => {
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"success":false,"code":"390104","data":null}')
    })
    await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
  })
})

describe('the other calls', () => {
  it('ask for results and status by id, and for nothing that is no id', async () => {
    await session.result(QUERY_ID)
    await session.status(QUERY_ID)
    assert.equal(upstream.seen(RESULT_PATH)[0]?.method, 'GET')
    assert.equal(upstream.seen(`/monitoring/queries/${QUERY_ID}`)[0]?.method, 'GET')
    for (const id of ['../session', `${QUERY_ID}/../x`, '', `${QUERY_ID}?delete=true`]) {
      await rejectsWith(session.result(id), 'ICE_HANDLE_UNKNOWN')
      await rejectsWith(session.status(id), 'ICE_HANDLE_UNKNOWN')
      await rejectsWith(session.abort({ queryId: id }), 'ICE_HANDLE_UNKNOWN')
    }
  })

  it('abort by request id or query id, also what no longer runs', async () => {
    await session.abort({ requestId: 'r-1' })
    upstream.script(`/queries/${QUERY_ID}/abort-request`, failure('000605'))
    await session.abort({ queryId: QUERY_ID })
    assert.deepEqual(JSON.parse(upstream.seen('/queries/v1/abort-request')[0]?.body ?? ''), { requestId: 'r-1' })
  })

  it('keep the session alive', async () => {
    upstream.script('/session/heartbeat', EXPIRED, envelope(null))
    await session.heartbeat()
    assert.equal(upstream.seen(RENEWAL_PATH).length, 1)
  })

  it('log out whatever happens, and send nothing after that', async () => {
    upstream.script('/session', ...Array<Reply>(5).fill(status(500)))
    await session.close()
    assert.equal(upstream.seen('/session').length, 2)
    await rejectsWith(submit(), 'ICE_UPSTREAM_SESSION_LOST')
  })
})
