import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  asIs,
  CONTEXT,
  inProgress,
  markOf,
  oneRow,
  openGate as open,
  sqlError,
} from '../../test/support/gate-fixture.ts'
import { IcecoreError } from '../errors.ts'
import type { StatementReply, StatementRequest } from './statement-request.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function failureOf(reply: StatementReply): { readonly code: string; readonly icecore: string | null } {
  assert.equal(reply.kind, 'failure')
  return reply.failure
}

describe('Gate', () => {
  it('records what came in, what was decided and that it is sent before it is sent, and the rows before they leave', async () => {
    const { recorder, run } = open({
      submit: async () => {
        assert.deepEqual(recorder.types, ['statement.received', 'statement.decision', 'statement.sent'])
        return oneRow()
      },
    })
    const reply = await run('SELECT 1')
    assert.equal(reply.kind, 'answer')
    assert.deepEqual(recorder.types.slice(3), ['result.schema', 'result.batch', 'statement.completed'])
  })

  it('sends nothing that it cannot record', async () => {
    const { recorder, sent, run } = open()
    recorder.broken = true
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_RECORD_UNAVAILABLE')
    assert.deepEqual(sent, [])
  })

  it('delivers nothing that it cannot record', async () => {
    const { recorder, run } = open({
      submit: async () => {
        recorder.broken = true
        return oneRow()
      },
    })
    await assert.rejects(run('SELECT 1'), { code: 'ICE_RESULT_UNRECORDED' })
  })

  it('sends nothing that is denied, and says why on record', async () => {
    const { recorder, sent, run } = open()
    assert.equal(failureOf(await run('USE ROLE ACCOUNTADMIN')).code, '003001')
    assert.deepEqual(sent, [])
    assert.deepEqual(recorder.types, ['statement.received', 'statement.decision', 'statement.denied'])
  })

  const binds = { bindings: { 1: { type: 'TEXT', value: 'hunter2' } } }
  it('keeps binds exactly, but for those that may be secrets', async () => {
    for (const [sql, kept] of [
      ['SELECT ?', 'hunter2'],
      ['ALTER USER bob SET PASSWORD = ?', `[secret:${markOf('hunter2')}]`],
      ["SELECT 'open", `[secret:${markOf('hunter2')}]`],
    ] as const) {
      const { recorder, run } = open()
      await run(sql, binds)
      const [received] = recorder.events
      assert.equal(received?.type, 'statement.received')
      assert.equal(received.facts.bindings[1]?.value, kept, sql)
    }
  })

  it('runs a statement once, however often it is sent', async () => {
    const pending = Promise.withResolvers<Buffer>()
    const { sent, run } = open({ submit: () => pending.promise, result: async () => oneRow() })
    const both = [run('SELECT 1'), run('SELECT 1')]
    pending.resolve(oneRow())
    for (const reply of await Promise.all(both)) assert.equal(reply.kind, 'answer')
    assert.equal((await run('SELECT 1')).kind, 'answer')
    assert.deepEqual(sent, ['SELECT 1'])
  })

  it('answers the re-post of snowflake-sdk, which has a text of its own', async () => {
    const { sent, run } = open({ result: async () => oneRow() })
    await run('SELECT 1')
    const text =
      "SELECT 'Error retrieving query results for request id: r1, please use RESULT_SCAN instead' AS ErrorMessage;"
    assert.equal((await run(text)).kind, 'answer')
    assert.deepEqual(sent, ['SELECT 1'])
  })

  const others: readonly (readonly [string, string, Partial<StatementRequest>])[] = [
    ['another text', 'SELECT 2', {}],
    ['other binds', 'SELECT 1', { bindingsJson: Buffer.from('{"1":{}}') }],
    ['other parameters', 'SELECT 1', { parameters: { TIMEZONE: 'UTC' } }],
    ['a describe', 'SELECT 1', { describeOnly: true }],
  ]
  for (const [what, sql, more] of others) {
    it(`refuses ${what} under a request id that was used`, async () => {
      const { sent, run } = open()
      await run('SELECT 1')
      await assert.rejects(run(sql, more), { code: 'ICE_REQUEST_ID_REUSED' })
      assert.deepEqual(sent, ['SELECT 1'])
    })
  }

  it('forgets a request after a while, and runs another statement under its id as one of its own', async () => {
    const ids: string[] = []
    const { clock, sent, session, run } = open({
      submit: async ({ requestId }) => {
        ids.push(requestId)
        return oneRow()
      },
    })
    await run('SELECT 1')
    clock.advance(14 * 60_000)
    await assert.rejects(run('SELECT 2'), {
      code: 'ICE_REQUEST_ID_REUSED',
      hint: 'send it under a request id of its own',
    })
    clock.advance(16 * 60_000)
    assert.equal(session.runs.size, 0)
    assert.equal((await run('SELECT 2')).kind, 'answer')
    assert.deepEqual(sent, ['SELECT 1', 'SELECT 2'])
    assert.equal(new Set(ids).size, 2)
  })

  it('says "in progress" when the hold is over, and gives the answer to a later poll', async () => {
    const pending = Promise.withResolvers<Buffer>()
    const { clock, gate, session, run } = open({ submit: () => pending.promise })
    const first = run('SELECT 1')
    await settle()
    clock.advance(40_000)
    const reply = await first
    assert.equal(reply.kind, 'in_progress')
    const poll = gate.fetch(session, reply.queryId, 40_000, asIs)
    pending.resolve(oneRow())
    assert.equal((await poll).kind, 'answer')
  })

  it('follows the upstream through its own "in progress" answers', async () => {
    const id = '01b899f1-0712-45a6-0040-aaaaaaaaaaaa'
    const results = [inProgress(id), oneRow({ queryId: id })]
    const { recorder, run } = open({
      submit: async () => inProgress(id),
      result: async () => results.shift() as Buffer,
    })
    assert.equal((await run('SELECT 1')).kind, 'answer')
    assert.ok(recorder.types.includes('statement.queryId'))
  })

  it('keeps a state-changing statement alone', async () => {
    const first = Promise.withResolvers<Buffer>()
    const answers = [
      () => first.promise,
      async () => oneRow({ finalSchemaName: 'HR' }),
      async () => oneRow({ finalSchemaName: 'HR' }),
    ]
    const { sent, run } = open({ submit: () => (answers.shift() as () => Promise<Buffer>)() })
    const all = [
      run('SELECT 1', { requestId: 'a' }),
      run('USE SCHEMA HR', { requestId: 'b' }),
      run('SELECT 2', { requestId: 'c' }),
    ]
    await settle()
    assert.deepEqual(sent, ['SELECT 1'])
    first.resolve(oneRow())
    await Promise.all(all)
    assert.deepEqual(sent, ['SELECT 1', 'USE SCHEMA HR', 'SELECT 2'])
  })

  it('ends the session when its context is not the predicted one, and delivers nothing', async () => {
    const { session, run } = open({ submit: async () => oneRow({ finalRoleName: 'ACCOUNTADMIN' }) })
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_CONTEXT_MISMATCH')
    assert.match(session.ended ?? '', /role/)
  })

  it('ends the session when the upstream says nothing of the context', async () => {
    const none = Object.fromEntries(Object.keys(CONTEXT).map((name) => [name, undefined]))
    const { session, run } = open({ submit: async () => oneRow(none) })
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_CONTEXT_MISMATCH')
    assert.ok(session.ended)
  })

  const unavailable = (sent: 'no' | 'maybe') => async (): Promise<never> => {
    throw new IcecoreError('ICE_UPSTREAM_UNAVAILABLE', { attempts: 3, sent })
  }
  it('says that the outcome is unknown when the statement may have run', async () => {
    const { recorder, run } = open({ submit: unavailable('maybe') })
    assert.equal(failureOf(await run('INSERT INTO t VALUES (1)')).icecore, 'ICE_OUTCOME_UNKNOWN')
    assert.equal(recorder.types.at(-1), 'statement.outcomeUnknown')
  })

  it('says that the statement did not run when it never left', async () => {
    const { recorder, run } = open({ submit: unavailable('no') })
    assert.equal(failureOf(await run('INSERT INTO t VALUES (1)')).icecore, 'ICE_UPSTREAM_UNAVAILABLE')
    assert.equal(recorder.types.at(-1), 'statement.failed')
  })

  it('says that the outcome is unknown when the answer cannot be read', async () => {
    const { run } = open({ submit: async () => Buffer.from('<html>') })
    assert.equal(failureOf(await run('INSERT INTO t VALUES (1)')).icecore, 'ICE_OUTCOME_UNKNOWN')
  })

  it('passes no answer that carries a credential', async () => {
    const { run } = open({ submit: async () => oneRow({ stageInfo: { creds: { AWS_KEY_ID: 'x' } } }) })
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_ANSWER_REFUSED')
  })

  it('passes no answer that holds other rows than it promises', async () => {
    const { run } = open({ submit: async () => oneRow({ total: 2, returned: 2 }) })
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_UPSTREAM_PROTOCOL')
  })

  it('cancels a statement that waits, and never sends it', async () => {
    const first = Promise.withResolvers<Buffer>()
    const { gate, session, sent, recorder, run } = open({ submit: () => first.promise })
    const running = run('SELECT 1', { requestId: 'a' })
    const waiting = run('USE SCHEMA HR', { requestId: 'b' })
    await settle()
    await gate.abort(session, { requestId: 'b' })
    assert.equal(failureOf(await waiting).code, '000604')
    first.resolve(oneRow())
    await running
    assert.deepEqual(sent, ['SELECT 1'])
    assert.ok(recorder.types.includes('statement.cancelled'))
  })

  it('aborts a running statement upstream, and takes its word for how it ended', async () => {
    const answer = Promise.withResolvers<Buffer>()
    const { gate, session, recorder, run } = open({
      submit: () => answer.promise,
      abort: async () => answer.resolve(sqlError('000604')),
    })
    const running = run('SELECT 1')
    await settle()
    await gate.abort(session, { requestId: 'r1' })
    assert.equal((await running).kind, 'answer')
    assert.equal(recorder.types.at(-1), 'statement.cancelled')
  })

  it('gives up on an upstream that does not answer an abort', async () => {
    const { clock, gate, session, run } = open({
      submit: (_query, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
      abort: async () => undefined,
    })
    const running = run('SELECT 1')
    await settle()
    const aborting = gate.abort(session, { requestId: 'r1' })
    await settle()
    clock.advance(5_000)
    assert.equal(failureOf(await running).code, '000604')
    await aborting
  })

  it('refuses results and statements that are not the session’s own', async () => {
    const { gate, session } = open()
    const foreign = '01b899f1-0712-45a6-0040-ffffffffffff'
    await assert.rejects(gate.fetch(session, foreign, 1, asIs), { code: 'ICE_HANDLE_UNKNOWN' })
    await assert.rejects(gate.status(session, foreign), { code: 'ICE_HANDLE_UNKNOWN' })
    await assert.rejects(gate.abort(session, { queryId: foreign }), { code: 'ICE_HANDLE_UNKNOWN' })
    await assert.rejects(gate.abort(session, { requestId: 'none' }), { code: 'ICE_HANDLE_UNKNOWN' })
  })

  it('begins nothing in a session that has ended', async () => {
    const { session, sent, recorder, run } = open()
    session.ended = 'log-out'
    await assert.rejects(run('INSERT INTO t VALUES (1)'), { code: 'ICE_SESSION_UNKNOWN' })
    assert.deepEqual([sent, recorder.types], [[], []])
  })

  it('sends nothing that was cancelled while it became durable', async () => {
    const { session, sent, recorder, run } = open()
    const append = recorder.append.bind(recorder)
    recorder.append = async (...events) => {
      if (events.some(({ type }) => type === 'statement.sent'))
        for (const open of session.openRuns) open.cancel('a test')
      return append(...events)
    }
    assert.equal(failureOf(await run('INSERT INTO t VALUES (1)')).code, '000604')
    assert.deepEqual(sent, [])
    assert.equal(recorder.types.at(-1), 'statement.cancelled')
  })

  it('lets go of a statement’s text and binds once it has ended', async () => {
    const { session, run } = open()
    await run('SELECT 1', { bindings: { 1: { type: 'TEXT', value: 'x' } } })
    const [kept] = session.runs.values()
    assert.deepEqual([kept?.request.sqlText, kept?.request.sqlTextJson.length, kept?.request.bindings], ['', 0, {}])
  })

  it('takes LAST_QUERY_ID() of its own statements only', async () => {
    const { run } = open()
    const scan = (index: string, requestId: string) =>
      run(`SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(${index})))`, { requestId })
    assert.equal((await scan('', 'a')).kind, 'failure')
    await run('SELECT 1', { requestId: 'b' })
    assert.equal((await scan('', 'c')).kind, 'answer')
    assert.equal((await scan('1', 'd')).kind, 'failure')
    assert.equal((await scan('-99', 'e')).kind, 'failure')
  })

  it('takes none that Icecore had run at log-in for LAST_QUERY_ID(), however many statements were denied', async () => {
    const { run } = open()
    for (const requestId of ['a', 'b', 'c', 'd']) await run('USE ROLE ACCOUNTADMIN', { requestId })
    const scan = (index: number, requestId: string) =>
      run(`SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(${index})))`, { requestId })
    assert.equal((await scan(-1, 'e')).kind, 'failure')
    await run('SELECT 1', { requestId: 'f' })
    assert.equal((await scan(-2, 'g')).kind, 'failure')
    assert.equal((await scan(-1, 'h')).kind, 'answer')
  })

  it('has the states of a session on record in their order, also where nobody fetches an answer', async () => {
    const first = Promise.withResolvers<Buffer>()
    const { gate, session, recorder, run } = open({
      submit: ({ body }) =>
        Buffer.from(body).includes('slow') ? first.promise : Promise.resolve(oneRow({ finalSchemaName: 'SALES' })),
      abort: async () => first.resolve(oneRow()),
    })
    const asynchronous = run("SET MODE = 'slow'", { requestId: 'a', asynchronous: true })
    await settle()
    await gate.abort(session, { requestId: 'a' })
    await asynchronous
    await run("SET MODE = 'quick'", { requestId: 'b' })
    await gate.fetch(session, session.runs.get('a')?.queryId ?? '', 40_000, asIs)
    const states = recorder.events.filter((event) => event.type === 'session.state')
    assert.deepEqual(
      states.map(({ facts }) => facts.variables),
      [{ MODE: 'slow' }, { MODE: 'quick' }],
    )
  })

  it('has on record where a statement may have moved the session whose answer it does not pass', async () => {
    const { recorder, run } = open({ submit: async () => oneRow({ finalSchemaName: 'CRM', total: 2, returned: 2 }) })
    assert.equal(failureOf(await run('USE SCHEMA CRM')).icecore, 'ICE_UPSTREAM_PROTOCOL')
    const state = recorder.events.find((event) => event.type === 'session.state')
    assert.deepEqual(
      state?.facts.contexts.map(({ schema }) => schema),
      ['SALES', 'CRM'],
    )
  })

  it('bounds the open statements of a session', async () => {
    const never = new Promise<Buffer>(() => undefined)
    const { run } = open({ submit: () => never })
    for (const requestId of ['a', 'b', 'c']) void run('SELECT 1', { requestId })
    await assert.rejects(run('SELECT 1', { requestId: 'd' }), { code: 'ICE_STATEMENT_LIMIT' })
  })

  it('ends the session with the upstream’s', async () => {
    const { session, run } = open({
      submit: async () => {
        throw new IcecoreError('ICE_UPSTREAM_SESSION_LOST')
      },
    })
    assert.equal(failureOf(await run('SELECT 1')).icecore, 'ICE_UPSTREAM_SESSION_LOST')
    await settle()
    assert.ok(session.ended)
  })

  it('cancels a synchronous statement that nobody has asked after', async () => {
    const answer = Promise.withResolvers<Buffer>()
    const { clock, recorder, run } = open({
      submit: () => answer.promise,
      abort: async () => answer.resolve(sqlError('000604')),
    })
    const first = run('SELECT 1')
    await settle()
    clock.advance(40_000)
    assert.equal((await first).kind, 'in_progress')
    clock.advance(300_000)
    clock.advance(15_000)
    await settle()
    await settle()
    assert.equal(recorder.types.at(-1), 'statement.cancelled')
  })
})
