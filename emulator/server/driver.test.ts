/** The official Node driver over real sockets: it must not be able to tell. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { ACCESS_TOKEN, connect, execute, PASSWORD, startTestEmulator } from './test-client.ts'

const CHUNKED = { inlineRows: 10, firstChunkBytes: 2000, maxChunkBytes: 8000 }

function makeKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

describe('log-in by the driver', () => {
  it('takes a password, an access token, and an access token as password', async () => {
    await using emulator = await startTestEmulator()
    const ways = [
      { password: PASSWORD },
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: ACCESS_TOKEN, password: '' },
      { password: ACCESS_TOKEN },
    ]
    for (const way of ways) {
      const connection = await connect(emulator.server, way)
      assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
    }
  })

  it('takes a key pair once the public key is registered, and only that one', async () => {
    await using emulator = await startTestEmulator()
    const keys = makeKeys()
    const way = { authenticator: 'SNOWFLAKE_JWT', username: 'ICECORE', privateKey: keys.privateKey }
    emulator.server.registerKey('ICECORE', makeKeys().publicKey)
    await assert.rejects(connect(emulator.server, way), { code: '394304' })
    emulator.server.registerKey('ICECORE', keys.publicKey)
    const connection = await connect(emulator.server, way)
    assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
  })

  it('by an OAuth token, with or without the name of its user', async () => {
    await using emulator = await startTestEmulator()
    emulator.server.registerOAuthToken('BOB', 'token of bob')
    const way = { authenticator: 'OAUTH', token: 'token of bob' }
    for (const username of ['', 'bob']) {
      const connection = await connect(emulator.server, { ...way, username })
      assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
    }
    await assert.rejects(connect(emulator.server, { ...way, username: 'ALICE' }), { code: '390309' })
  })

  it('shows the refusal with its code', async () => {
    await using emulator = await startTestEmulator()
    const refusals = [
      { options: { password: 'wrong' }, code: '390100' },
      { options: { username: 'NOBODY' }, code: '390100' },
      { options: { authenticator: 'OAUTH', token: 'x' }, code: '390303' },
      { options: { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'x' }, code: '394400' },
      { options: { role: 'ACCOUNTADMIN' }, code: '390189' },
      { options: { database: 'MISSING' }, code: '390201' },
    ]
    for (const { options, code } of refusals) await assert.rejects(connect(emulator.server, options), { code })
  })
})

describe('statements by the driver', () => {
  it('binds values, and arrays of values', async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    const { rows } = await execute(connection, 'SELECT ?, ?', { binds: [7, 'seven'] })
    assert.deepEqual(rows, [{ B0: '7', B1: 'seven' }])
    const { statement } = await execute(connection, 'INSERT INTO T VALUES (?, ?)', {
      binds: [
        [1, 'a'],
        [2, 'b'],
        [3, null],
      ],
    })
    assert.equal(statement.getNumUpdatedRows(), 3)
    const [, insert] = emulator.server.inspect.statements()
    assert.deepEqual(insert?.bindings['2']?.value, ['a', 'b', null])
  })

  it('hands out the results of a multi-statement one by one', async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    const seen: unknown[] = []
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    connection.execute({
      sqlText: 'SELECT 1; SELECT 2; SELECT 3',
      parameters: { MULTI_STATEMENT_COUNT: 0 },
      complete: (error, statement, rows) => {
        if (error) return reject(error)
        seen.push(rows)
        const next = statement as unknown as { hasNext(): boolean; NextResult(): void }
        return next.hasNext() ? next.NextResult() : resolve()
      },
    })
    await promise
    assert.deepEqual(seen, [[{ X: 1 }], [{ X: 2 }], [{ X: 3 }]])
  })

  it('gets an error with code, state and text', async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    await assert.rejects(execute(connection, 'NONSENSE'), {
      code: '001003',
      sqlState: '42000',
      message: "SQL compilation error:\nunexpected 'NONSENSE'.",
    })
  })

  it('runs asynchronously, reports the status and gives the result by id', async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    const { statement } = await execute(connection, 'SELECT 5', { asyncExec: true })
    const queryId = statement.getQueryId()
    const fetched = await connection.getResultsFromQueryId({ queryId, sqlText: '' })
    const rows: unknown[] = []
    for await (const row of fetched.streamRows()) rows.push(row)
    assert.deepEqual(rows, [{ X: 5 }])
    assert.equal(await connection.getQueryStatus(queryId), 'SUCCESS')
  })

  it('polls a slow statement, and aborts it', { timeout: 20_000 }, async () => {
    await using emulator = await startTestEmulator({ inProgressAfterMs: 20 })
    const connection = await connect(emulator.server)
    emulator.server.faults.set('slow-query', 150)
    assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
    assert.ok(emulator.server.inspect.requests().filter(({ path }) => path.endsWith('/result')).length >= 2)
    emulator.server.faults.clear()

    const { promise, resolve } = Promise.withResolvers<unknown>()
    const waiting = connection.execute({ sqlText: 'WAIT', complete: (error) => resolve(error) })
    while (!emulator.server.inspect.requests().some(({ path }) => path.includes(waiting.getQueryId() ?? 'none'))) {
      await new Promise((next) => setImmediate(next))
    }
    waiting.cancel((error) => assert.ok(!error))
    assert.equal(((await promise) as { code: string }).code, '000604')
  })

  it('aborts by request id while the first answer is held', { timeout: 20_000 }, async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const waiting = connection.execute({ sqlText: 'WAIT', complete: (error) => resolve(error) })
    while (emulator.engine.executed.length === 0) await new Promise((next) => setImmediate(next))
    waiting.cancel((error) => assert.ok(!error))
    assert.equal(((await promise) as { code: string }).code, '000604')
  })

  it('goes on after its session token has expired, also in the middle of a poll', { timeout: 20_000 }, async () => {
    await using emulator = await startTestEmulator({ inProgressAfterMs: 20 })
    const connection = await connect(emulator.server)
    emulator.server.faults.set('expire-session', 1)
    assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
    emulator.server.faults.set('slow-query', 150)
    const slow = execute(connection, 'SELECT 2')
    while (emulator.server.inspect.statements().length < 2) await new Promise((next) => setImmediate(next))
    emulator.server.faults.set('expire-session', 1)
    assert.deepEqual((await slow).rows, [{ X: 2 }])
    const renewals = emulator.server.inspect.requests().filter(({ path }) => path === '/session/token-request')
    assert.equal(renewals.length, 2)
    assert.deepEqual(emulator.engine.executed, ['SELECT 1', 'SELECT 2'])
  })

  for (const fault of ['unavailable', 'drop-before', 'drop-after'] as const) {
    it(`runs a statement once although the driver repeats it: ${fault}`, { timeout: 30_000 }, async () => {
      await using emulator = await startTestEmulator()
      const connection = await connect(emulator.server)
      emulator.server.faults.set(fault, 1)
      assert.deepEqual((await execute(connection, 'SELECT 1')).rows, [{ X: 1 }])
      assert.deepEqual(emulator.engine.executed, ['SELECT 1'])
      const posts = emulator.server.inspect.requests().filter(({ path }) => path.endsWith('/query-request'))
      assert.equal(posts.length, 2)
      assert.equal(new Set(posts.map(({ requestId }) => requestId)).size, 1)
    })
  }

  it('ends the session at log-out', async () => {
    await using emulator = await startTestEmulator()
    const connection = await connect(emulator.server)
    assert.equal(emulator.server.inspect.sessions().length, 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    connection.destroy(() => resolve())
    await promise
    assert.equal(emulator.server.inspect.sessions().length, 0)
  })
})

describe('large results by the driver', () => {
  it('come whole and in order, collected and streamed', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const connection = await connect(emulator.server)
    const { rows } = await execute(connection, 'ROWS 2500')
    assert.deepEqual(
      rows.map((row) => row.N),
      Array.from({ length: 2500 }, (_, index) => index),
    )
    const { statement } = await execute(connection, 'ROWS 2500', { streamResult: true })
    let expected = 0
    for await (const row of statement.streamRows()) assert.equal(row.N, expected++)
    assert.equal(expected, 2500)
  })

  it('are fetched from storage without a session token', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const connection = await connect(emulator.server)
    await execute(connection, 'ROWS 2500')
    const fetches = emulator.server.inspect.requests().filter(({ port }) => port === 'storage')
    assert.ok(fetches.length > 3)
    for (const { authorization, status } of fetches)
      assert.deepEqual({ authorization, status }, { authorization: null, status: 200 })
  })

  const retried = ['chunk-403', 'chunk-503', 'chunk-broken'] as const
  for (const fault of retried) {
    it(`are whole after ${fault}`, { timeout: 30_000 }, async () => {
      await using emulator = await startTestEmulator(CHUNKED)
      const connection = await connect(emulator.server)
      emulator.server.faults.set(fault, 1)
      assert.equal((await execute(connection, 'ROWS 500')).rows.length, 500)
      assert.deepEqual(emulator.server.faults.current(), {})
    })
  }

  it('lose rows unnoticed by a chunk with fewer rows than announced: the driver trusts the server', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const connection = await connect(emulator.server)
    emulator.server.faults.set('chunk-row-count', 1)
    assert.equal((await execute(connection, 'ROWS 500')).rows.length, 499)
  })
})
