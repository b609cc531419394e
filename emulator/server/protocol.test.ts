/** The wire itself: exact shapes, refusals, and what a driver would hide. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { FaultName } from '../faults.ts'
import { INVENTED_CREDENTIALS } from './file-transfer.ts'
import { ACCESS_TOKEN, logInBody, logInRaw, PASSWORD, query, send, startTestEmulator } from './test-client.ts'
import { UNKNOWN_MEMBERS_TEXT } from './unknown-members.ts'

const LOG_IN = '/session/v1/login-request'
const CHUNKED = { inlineRows: 2, firstChunkBytes: 500, maxChunkBytes: 2000 }

function makeClock() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time }
  return clock
}

describe('log-in on the wire', () => {
  it('answers with every member that drivers read, ids above 2^53 and the context asked for', async () => {
    await using emulator = await startTestEmulator()
    const path = `${LOG_IN}?requestId=${randomUUID()}&warehouse=wh&databaseName=%22Mixed%22&schemaName=s&roleName=analyst`
    const body = logInBody({ LOGIN_NAME: 'alice', PASSWORD, SESSION_PARAMETERS: { TIMEZONE: 'UTC', SHAPE: {} } })
    const { json, text } = await send(emulator.server, 'POST', path, { body })
    assert.equal(json.success, true)
    assert.equal(json.code, null)
    assert.deepEqual(json.data.sessionInfo, {
      databaseName: 'Mixed',
      schemaName: 'S',
      warehouseName: 'WH',
      roleName: 'ANALYST',
    })
    assert.match(text, /"sessionId":9007199254740993,/)
    assert.ok(text.includes(UNKNOWN_MEMBERS_TEXT))
    assert.notEqual(JSON.stringify(JSON.parse(text)), text)
    assert.equal(json.data.validityInSeconds, 3600)
    const parameters = new Map(json.data.parameters.map(({ name, value }: Record<string, unknown>) => [name, value]))
    assert.equal(parameters.get('TIMEZONE'), 'UTC')
    assert.equal(parameters.get('BINARY_OUTPUT_FORMAT'), 'HEX')
  })

  it('takes gzip bodies by header or by magic, and `//` in paths', async () => {
    await using emulator = await startTestEmulator()
    const body = gzipSync(JSON.stringify(logInBody({ LOGIN_NAME: 'ALICE', PASSWORD })))
    for (const headers of [{ 'content-encoding': 'gzip' }, {}]) {
      const { json } = await send(emulator.server, 'POST', '//session//v1/login-request', { body, headers })
      assert.equal(json.success, true)
    }
  })

  it('takes JWTs with times in seconds, and tells why it refuses others', async () => {
    const { SignJWT } = await import('jose')
    const { createHash, generateKeyPairSync } = await import('node:crypto')
    const clock = makeClock()
    await using emulator = await startTestEmulator({ now: clock.now })
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
    emulator.server.registerKey('ICECORE', publicKey.export({ type: 'spki', format: 'pem' }).toString())
    const der = publicKey.export({ type: 'spki', format: 'der' })
    const fingerprint = `SHA256:${createHash('sha256').update(der).digest('base64')}`
    const nowSeconds = clock.time / 1000
    const sign = (changes: Record<string, unknown>, key = privateKey) =>
      new SignJWT({
        iss: `EMULATOR.ICECORE.${fingerprint}`,
        sub: 'EMULATOR.ICECORE',
        iat: nowSeconds,
        exp: nowSeconds + 60,
        ...changes,
      })
        .setProtectedHeader({ alg: 'RS256' })
        .sign(key)
    const cases: readonly (readonly [string, string | null])[] = [
      [await sign({}), null],
      [await sign({ iat: nowSeconds * 1000, exp: (nowSeconds + 60) * 1000 }), null],
      [await sign({}, stranger.privateKey), '390144'],
      [await sign({ exp: nowSeconds - 1 }), '394301'],
      [await sign({ iat: nowSeconds + 600, exp: nowSeconds + 900 }), '394302'],
      [await sign({ iat: nowSeconds - 7200 }), '394303'],
      [await sign({ iss: 'EMULATOR.ICECORE.SHA256:AAAA' }), '394304'],
      [await sign({ iss: `EMULATOR.ALICE.${fingerprint}` }), '394300'],
      [await sign({ sub: 'EMULATOR.ALICE', iss: `EMULATOR.ALICE.${fingerprint}` }), '394304'],
      [await sign({ sub: 'OTHER.ICECORE', iss: `OTHER.ICECORE.${fingerprint}` }), '394300'],
      ['not.a.token', '394306'],
    ]
    for (const [token, code] of cases) {
      // Go sends no LOGIN_NAME with a key pair.
      const body = logInBody({ AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: token })
      assert.equal((await send(emulator.server, 'POST', LOG_IN, { body })).json.code, code)
    }
  })

  it('refuses in Snowflake’s shape', async () => {
    await using emulator = await startTestEmulator()
    const { json, status } = await send(emulator.server, 'POST', LOG_IN, {
      body: logInBody({ LOGIN_NAME: 'ALICE', PASSWORD: 'wrong' }),
    })
    assert.equal(status, 200)
    assert.deepEqual(json, {
      data: {
        nextAction: 'RETRY_LOGIN',
        authnMethod: 'USERNAME_PASSWORD',
        signInOptions: {},
        requestId: null,
        loginName: 'ALICE',
      },
      code: '390100',
      message: 'Incorrect username or password was specified.',
      success: false,
      headers: null,
    })
    const account = { data: { ...logInBody({ LOGIN_NAME: 'ALICE', PASSWORD }).data, ACCOUNT_NAME: 'other' } }
    assert.equal((await send(emulator.server, 'POST', LOG_IN, { body: account })).status, 403)
    const foreign = logInBody({ LOGIN_NAME: 'BOB', AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: ACCESS_TOKEN })
    assert.equal((await send(emulator.server, 'POST', LOG_IN, { body: foreign })).json.code, '394400')
  })
})

describe('sessions on the wire', () => {
  it('renew both tokens; the old one works for the grace; expiry and end have their codes', async () => {
    const clock = makeClock()
    await using emulator = await startTestEmulator({
      now: clock.now,
      sessionValidityMs: 10_000,
      masterValidityMs: 100_000,
      renewalGraceMs: 1000,
    })
    const { server } = emulator
    const codeOf = async (token: string) => (await query(server, token, 'SELECT 1')).json.code
    const renew = (master: string, oldSessionToken: string, requestType = 'RENEW') =>
      send(server, 'POST', '/session/token-request', { token: master, body: { oldSessionToken, requestType } })

    const first = await logInRaw(server)
    assert.equal(await codeOf(first.token), null)
    clock.time += 10_000
    assert.equal(await codeOf(first.token), '390112')
    assert.equal((await renew(first.master, first.token, 'CLONE')).json.code, '390400')
    assert.equal((await renew(first.master, 'stranger')).json.code, '390104')
    const { json } = await renew(first.master, first.token)
    assert.deepEqual([json.data.validityInSecondsST, json.data.validityInSecondsMT], [10, 100])
    const second = { token: json.data.sessionToken, master: json.data.masterToken }
    assert.equal(await codeOf(second.token), null)
    assert.equal(await codeOf(first.token), null)
    clock.time += 1000
    assert.equal(await codeOf(first.token), '390104')
    assert.equal((await renew(first.master, first.token)).json.code, '390115')

    clock.time += 90_000
    assert.equal((await send(server, 'POST', '/session/heartbeat', { token: second.token })).json.code, '390112')
    clock.time += 10_000
    assert.equal((await renew(second.master, second.token)).json.code, '390114')

    const third = await logInRaw(server)
    assert.equal((await send(server, 'POST', '/session?delete=true', { token: third.token })).json.success, true)
    assert.equal(await codeOf(third.token), '390111')
    assert.equal(await codeOf('made up'), '390104')
    assert.equal((await send(server, 'POST', '/session/heartbeat')).json.code, '390101')
  })

  it('are kept alive by heartbeats', async () => {
    const clock = makeClock()
    await using emulator = await startTestEmulator({
      now: clock.now,
      sessionValidityMs: 90_000,
      masterValidityMs: 100_000,
    })
    const { token, master } = await logInRaw(emulator.server)
    clock.time += 80_000
    assert.equal((await send(emulator.server, 'POST', '/session/heartbeat', { token })).json.success, true)
    clock.time += 80_000
    const body = { oldSessionToken: token, requestType: 'RENEW' }
    const { json } = await send(emulator.server, 'POST', '/session/token-request', { token: master, body })
    assert.equal(json.success, true)
  })
})

describe('statements on the wire', () => {
  it('answer with every member that drivers know', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const { json, headers, text } = await query(emulator.server, token, 'SELECT 1')
    assert.match(headers.get('content-type') ?? '', /application\/json/)
    assert.ok(text.includes(UNKNOWN_MEMBERS_TEXT))
    const { data } = json
    assert.match(data.queryId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.deepEqual(
      { ...data, parameters: null, queryId: null, sendResultTime: null, queryContext: null, unmodelled: null },
      {
        parameters: null,
        rowtype: [
          {
            name: 'X',
            database: '',
            schema: '',
            table: '',
            nullable: true,
            type: 'fixed',
            byteLength: null,
            length: null,
            precision: 38,
            scale: 0,
            collation: null,
          },
        ],
        rowset: [['1']],
        total: 1,
        returned: 1,
        queryId: null,
        databaseProvider: null,
        finalDatabaseName: 'SHOP',
        finalSchemaName: 'SALES',
        finalWarehouseName: null,
        finalRoleName: 'ANALYST',
        version: 1,
        sendResultTime: null,
        queryContext: null,
        unmodelled: null,
        numberOfBinds: 0,
        arrayBindSupported: false,
        statementTypeId: 4096,
        queryResultFormat: 'json',
      },
    )
  })

  it('run once per request id and session, whatever text a repeat carries', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const other = await logInRaw(emulator.server)
    const requestId = randomUUID()
    const [first, attached] = await Promise.all([
      query(emulator.server, token, 'SELECT 1', {}, requestId),
      query(emulator.server, token, 'SELECT 1', {}, requestId),
    ])
    const repeated = await query(emulator.server, token, 'SELECT /* placeholder */ 2', {}, requestId)
    assert.equal(attached.json.data.queryId, first.json.data.queryId)
    assert.equal(repeated.json.data.queryId, first.json.data.queryId)
    assert.deepEqual(emulator.engine.executed, ['SELECT 1'])
    await query(emulator.server, other.token, 'SELECT 3', {}, requestId)
    assert.deepEqual(emulator.engine.executed, ['SELECT 1', 'SELECT 3'])
  })

  it('follow the statement count, and share the binds among the children', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const run = (count: number | undefined, sqlText: string, bindings = {}) =>
      query(emulator.server, token, sqlText, { parameters: { MULTI_STATEMENT_COUNT: count }, bindings })
    const refused = await run(undefined, 'SELECT 1; SELECT 2')
    assert.equal(refused.json.code, '000008')
    assert.equal(refused.json.message, 'Actual statement count 2 did not match the desired statement count 1.')
    assert.equal((await run(3, 'SELECT 1; SELECT 2')).json.code, '000008')
    assert.deepEqual(emulator.engine.executed, [])

    const bind = (value: string) => ({ type: 'TEXT', value })
    const { json } = await run(0, 'SELECT ?; INSERT 1; SELECT ?, ?', { 1: bind('a'), 2: bind('b'), 3: bind('c') })
    assert.equal(json.data.statementTypeId, 0xa000)
    assert.equal(json.data.rowtype[0].name, 'multiple statement execution')
    assert.equal(json.data.resultTypes, '4096,12544,4096')
    const children: string[] = json.data.resultIds.split(',')
    const last = await send(emulator.server, 'GET', `/queries/${children[2]}/result`, { token })
    assert.deepEqual(last.json.data.rowset, [['b', 'c']])

    const failed = await run(2, 'SELECT 1; NONSENSE')
    assert.equal(failed.json.code, '001003')
  })

  it('are described without running', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const { json } = await query(emulator.server, token, 'SELECT ?', { describeOnly: true })
    assert.deepEqual([json.data.rowset, json.data.total, json.data.numberOfBinds], [[], 0, 1])
    assert.equal(json.data.metaDataOfBinds[0].type, 'text')
    assert.deepEqual(emulator.engine.executed, [])
  })

  it('are in progress, then done; results belong to their user', async () => {
    await using emulator = await startTestEmulator({ inProgressAfterMs: 10 })
    const { server } = emulator
    const { token } = await logInRaw(server)
    const bob = await logInRaw(server, 'BOB')
    const { json } = await query(server, token, 'WAIT', {}, 'request-1')
    assert.equal(json.code, '333333')
    assert.equal(json.data.getResultUrl, `/queries/${json.data.queryId}/result`)
    const resultPath = json.data.getResultUrl
    const status = async (who: string) =>
      (await send(server, 'GET', `/monitoring/queries//${json.data.queryId}`, { token: who })).json.data.queries[0]
        ?.status
    assert.equal(await status(token), 'RUNNING')
    assert.equal(await status(bob.token), undefined)
    assert.equal((await send(server, 'GET', resultPath, { token: bob.token })).json.code, '000612')
    const abortBy = (who: string, requestId: string) =>
      send(server, 'POST', '/queries/v1/abort-request', { token: who, body: { requestId } })
    assert.equal((await abortBy(bob.token, 'request-1')).json.code, '000605')
    assert.equal((await abortBy(token, 'unknown')).json.code, '000605')
    assert.equal((await abortBy(token, 'request-1')).json.success, true)
    const ended = await send(server, 'GET', resultPath, { token })
    assert.equal(ended.json.code, '000604')
    assert.equal(ended.json.data.sqlState, '57014')
    assert.equal(await status(token), 'ABORTED')
  })

  it('end at the statement time-out', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const { json } = await query(emulator.server, token, 'WAIT', { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 0.01 } })
    assert.equal(json.code, '000630')
  })

  it('see the history, former results and other statements of the account through the host', async () => {
    await using emulator = await startTestEmulator()
    const { server } = emulator
    const { token } = await logInRaw(server)
    const bob = await logInRaw(server, 'BOB')
    const first = await query(server, token, 'SELECT 7', { parameters: { QUERY_TAG: 'tag-1' } })
    const history = await query(server, token, 'HISTORY')
    assert.deepEqual(history.json.data.rowset, [
      ['SELECT 7', 'tag-1', 'SUCCESS'],
      ['HISTORY', '', 'RUNNING'],
    ])
    const scan = `SCAN ${first.json.data.queryId}`
    assert.deepEqual((await query(server, token, scan)).json.data.rowset, [['7']])
    assert.equal((await query(server, bob.token, scan)).json.code, '000709')

    const sessionId = server.inspect.sessions()[0]?.sessionId
    const waiting = query(server, token, 'WAIT')
    while (!emulator.engine.executed.includes('WAIT')) await new Promise((next) => setImmediate(next))
    const cancelled = await query(server, token, `CANCEL ${sessionId}`)
    assert.deepEqual(cancelled.json.data.rowset, [['1 cancelled.']])
    assert.equal((await waiting).json.code, '000604')
  })

  it('answer PUT with credentials and a key id above 2^53', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const { json, text } = await query(emulator.server, token, 'PUT file:///data/a.csv')
    assert.deepEqual(json.data.stageInfo.creds, INVENTED_CREDENTIALS)
    assert.deepEqual(json.data.src_locations, ['file:///data/a.csv'])
    assert.match(text, /"smkId":92019681909886241[,}]/)
  })
})

describe('chunks on the wire', () => {
  it('open by signed link and headers alone, until the link expires', async () => {
    const clock = makeClock()
    await using emulator = await startTestEmulator({ ...CHUNKED, now: clock.now, chunkUrlValidityMs: 1000 })
    const { token } = await logInRaw(emulator.server)
    const { data } = (await query(emulator.server, token, 'ROWS 100')).json
    const [first, second] = data.chunks
    assert.equal(data.rowset.length, 2)
    assert.equal(data.total, 100)
    assert.equal(
      data.chunks.reduce((sum: number, { rowCount }: { rowCount: number }) => sum + rowCount, 2),
      100,
    )
    assert.ok(second.uncompressedSize > first.uncompressedSize)
    assert.notEqual(new URL(first.url).port, new URL(emulator.server.url).port)

    const whole = await fetch(first.url, { headers: data.chunkHeaders })
    assert.equal(whole.headers.get('content-type'), 'application/octet-stream')
    assert.equal(whole.headers.get('content-encoding'), 'gzip')
    const text = await whole.text()
    assert.equal(Buffer.byteLength(text), first.uncompressedSize)
    assert.equal(JSON.parse(`[${text}]`).length, first.rowCount)
    assert.deepEqual(JSON.parse(`[${text}]`)[0], ['2', 'row 2', 'filler'])

    const wrongKey = { ...data.chunkHeaders, 'x-amz-server-side-encryption-customer-key': 'AAAA' }
    const refused: readonly (readonly [string, Record<string, string>, number])[] = [
      [first.url, {}, 403],
      [first.url, wrongKey, 403],
      [first.url.replace('data_0_0_0', 'data_0_0_1'), data.chunkHeaders, 403],
      [first.url.replace('X-Amz-Expires=1000', 'X-Amz-Expires=9999'), data.chunkHeaders, 403],
      [first.url.split('?')[0], data.chunkHeaders, 403],
      [first.url, { ...data.chunkHeaders, authorization: 'Snowflake Token="x"' }, 400],
    ]
    for (const [url, headers, status] of refused) {
      const response = await fetch(url, { headers })
      assert.equal(response.status, status)
      assert.match(await response.text(), /^<\?xml/)
    }
    assert.equal(emulator.server.inspect.requests().at(-1)?.authorization, 'Snowflake Token')

    clock.time += 1000
    assert.equal((await fetch(first.url, { headers: data.chunkHeaders })).status, 403)
    const fresh = (await send(emulator.server, 'GET', `/queries/${data.queryId}/result`, { token })).json.data
    assert.equal((await fetch(fresh.chunks[0].url, { headers: fresh.chunkHeaders })).status, 200)
  })

  it('give way to newer results', async () => {
    await using emulator = await startTestEmulator({ ...CHUNKED, maxResults: 1 })
    const { token } = await logInRaw(emulator.server)
    const { data } = (await query(emulator.server, token, 'ROWS 100')).json
    await query(emulator.server, token, 'SELECT 1')
    const again = await send(emulator.server, 'GET', `/queries/${data.queryId}/result`, { token })
    assert.equal(again.json.code, '000612')
    assert.equal((await fetch(data.chunks[0].url, { headers: data.chunkHeaders })).status, 404)
  })

  it('are spoiled on demand', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const { token } = await logInRaw(emulator.server)
    const { data } = (await query(emulator.server, token, 'ROWS 100')).json
    const [chunk] = data.chunks
    const get = async () => Buffer.from(await (await fetch(chunk.url, { headers: data.chunkHeaders })).arrayBuffer())
    const good = await get()
    const spoiled = (name: FaultName) => {
      emulator.server.faults.set(name)
      return get()
    }
    assert.deepEqual(await spoiled('chunk-short'), good.subarray(0, good.length / 2))
    assert.equal(JSON.parse(`[${await spoiled('chunk-row-count')}]`).length, chunk.rowCount - 1)
    assert.equal((await spoiled('chunk-invalid')).toString(), 'this is neither JSON nor Arrow')
    // fetch gives what it could unzip of a stream that stops.
    assert.ok((await spoiled('chunk-cut-gzip')).length < good.length)
    await assert.rejects(spoiled('chunk-broken'))
    assert.deepEqual(await get(), good)
  })
})

describe('the rest of the wire', () => {
  it('refuses what it does not know, with JSON', async () => {
    await using emulator = await startTestEmulator()
    const { token } = await logInRaw(emulator.server)
    const cases: readonly (readonly [string, string, unknown, number, string])[] = [
      ['GET', '/nowhere', undefined, 404, '390404'],
      ['GET', '/queries/v1/query-request', undefined, 405, '390405'],
      ['POST', '/api/v2/statements', {}, 404, '390404'],
      ['POST', '/session/authenticator-request', {}, 200, '390190'],
      ['POST', '/queries/v1/query-request?requestId=1', Buffer.from('{"sqlText":'), 200, '390400'],
      ['POST', '/queries/v1/query-request?requestId=1', {}, 200, '390400'],
      ['POST', '/queries/v1/query-request', { sqlText: 'SELECT 1' }, 200, '390400'],
      ['POST', '/session', {}, 200, '390400'],
      ['POST', '/queries/v1/query-request?requestId=1', gzipSync('{').subarray(0, 8), 200, '390400'],
    ]
    for (const [method, path, body, status, code] of cases) {
      const answer = await send(emulator.server, method, path, { token, body })
      assert.deepEqual(
        [answer.status, answer.json.code, answer.json.success],
        [status, code, false],
        `${method} ${path}`,
      )
    }
    const telemetry = await send(emulator.server, 'POST', '/telemetry/send', { token, body: { logs: [] } })
    assert.equal(telemetry.json.success, true)
  })

  it('refuses a gzip bomb', async () => {
    await using emulator = await startTestEmulator({ maxBodyBytes: 10_000 })
    const body = gzipSync(Buffer.alloc(1_000_000))
    assert.ok(body.length < 10_000 && gunzipSync(body).length > 10_000)
    assert.equal((await send(emulator.server, 'POST', LOG_IN, { body })).status, 413)
  })

  it('does wrong on demand', async () => {
    await using emulator = await startTestEmulator()
    const { server } = emulator
    const { token } = await logInRaw(server)
    const run = () => query(server, token, 'SELECT 1')
    const set = (name: Parameters<typeof server.faults.set>[0], value = 1) => server.faults.set(name, value)
    set('wrong-context')
    assert.equal((await run()).json.data.finalRoleName, 'SOME_OTHER_ROLE')
    set('arrow-answer')
    const arrow = (await run()).json.data
    assert.deepEqual([arrow.queryResultFormat, arrow.rowset, typeof arrow.rowsetBase64], ['arrow', undefined, 'string'])
    set('huge-answer', 100_000)
    assert.ok((await run()).text.length > 100_000)
    set('html-answer')
    assert.equal((await run()).headers.get('content-type'), 'text/html')
    set('invalid-answer')
    await assert.rejects(run(), SyntaxError)
    set('unavailable')
    assert.equal((await run()).status, 503)
    set('drop-before')
    await assert.rejects(run())
    set('secondary-roles')
    assert.deepEqual((await query(server, token, 'SECONDARY')).json.data.rowset, [['ALL']])
    server.faults.clear()
    assert.equal((await run()).json.data.finalRoleName, 'ANALYST')
  })

  it('is controlled and inspected over HTTP, without secrets', async () => {
    await using emulator = await startTestEmulator()
    const { token, master } = await logInRaw(emulator.server)
    await query(emulator.server, token, 'SELECT 1')
    const control = (method: string, path: string, body?: unknown) =>
      fetch(`${emulator.server.storageUrl}/__emulator/${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    assert.deepEqual(await (await control('POST', 'faults', { unavailable: 2 })).json(), { unavailable: 2 })
    assert.equal((await query(emulator.server, token, 'SELECT 1')).status, 503)
    assert.deepEqual(await (await control('GET', 'faults')).json(), { unavailable: 1 })
    assert.equal((await control('POST', 'faults', { unheard: 1 })).status, 400)
    assert.deepEqual(await (await control('DELETE', 'faults')).json(), {})
    const text = await (await control('GET', 'inspect')).text()
    const seen = JSON.parse(text)
    assert.equal(seen.statements[0].sqlText, 'SELECT 1')
    assert.equal(seen.sessions[0].user, 'ALICE')
    assert.equal(seen.requests[1].authorization, 'Snowflake Token')
    for (const secret of [token, master, PASSWORD]) assert.ok(!text.includes(secret))
  })
})
