import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Table, tableFromIPC } from 'apache-arrow'
import type { FaultName } from '../faults.ts'
import {
  logInBody,
  PASSWORD,
  query,
  type RawAnswer,
  send,
  startTestEmulator,
  type TestEmulator,
} from './test-client.ts'

const CHUNKED = { inlineRows: 2, firstChunkBytes: 500, maxChunkBytes: 2000 }

async function logIn(
  { server }: TestEmulator,
  client: string,
  parameters: Record<string, unknown> = {},
): Promise<string> {
  const body = logInBody({
    LOGIN_NAME: 'ALICE',
    PASSWORD,
    CLIENT_APP_ID: client,
    SESSION_PARAMETERS: parameters,
  })
  return (await send(server, 'POST', '/session/v1/login-request', { body })).json.data.token
}

function inline({ json }: RawAnswer): Table {
  return tableFromIPC(Buffer.from(json.data.rowsetBase64, 'base64'))
}

describe('results in Arrow', () => {
  it('come inline and in chunks of streams, all with the same types and all rows in order', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const answer = await query(emulator.server, await logIn(emulator, 'Go'), 'ROWS 300')
    const { data } = answer.json
    assert.equal(data.queryResultFormat, 'arrow')
    assert.equal('rowset' in data, false)
    const tables = [inline(answer)]
    for (const chunk of data.chunks) {
      const body = await (await fetch(chunk.url, { headers: data.chunkHeaders })).arrayBuffer()
      assert.equal(body.byteLength, chunk.uncompressedSize)
      tables.push(tableFromIPC(new Uint8Array(body)))
      assert.equal(tables.at(-1)?.numRows, chunk.rowCount)
    }
    assert.ok(tables.length > 3)
    for (const table of tables) assert.equal(String(table.schema.fields[0]?.type), 'Int16')
    const numbers = tables.flatMap((table) => [...table.getChildAt(0)!])
    assert.deepEqual(numbers, [...Array(300).keys()])
    assert.equal(data.total, 300)
  })

  it('are chosen by the session, and by one statement', async () => {
    await using emulator = await startTestEmulator()
    const formatOf = async (token: string, parameters = {}) =>
      (await query(emulator.server, token, 'SELECT 1', { parameters })).json.data.queryResultFormat
    const arrow = await logIn(emulator, 'JDBC')
    const json = await logIn(emulator, 'JDBC', { JDBC_QUERY_RESULT_FORMAT: 'JSON' })
    assert.equal(await formatOf(arrow), 'arrow')
    assert.equal(await formatOf(arrow, { JDBC_QUERY_RESULT_FORMAT: 'JSON' }), 'json')
    assert.equal(await formatOf(json), 'json')
    assert.equal(await formatOf(json, { JDBC_QUERY_RESULT_FORMAT: 'ARROW' }), 'arrow')
    assert.equal(await formatOf(await logIn(emulator, 'JavaScript')), 'json')
  })

  it('are empty texts where there are no rows', async () => {
    await using emulator = await startTestEmulator()
    const { data } = (await query(emulator.server, await logIn(emulator, 'Go'), 'ROWS 0')).json
    assert.deepEqual([data.rowsetBase64, data.total, data.rowtype.length], ['', 0, 3])
  })

  it('can be read by RESULT_SCAN', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const token = await logIn(emulator, 'Go')
    const { data } = (await query(emulator.server, token, 'ROWS 100')).json
    const parameters = { GO_QUERY_RESULT_FORMAT: 'JSON' }
    const again = await query(emulator.server, token, `SCAN ${data.queryId}`, { parameters })
    assert.deepEqual(again.json.data.rowset, [
      ['0', 'row 0', 'filler'],
      ['1', 'row 1', 'filler'],
    ])
    assert.equal(again.json.data.total, 100)
  })

  it('are spoiled on demand', async () => {
    await using emulator = await startTestEmulator(CHUNKED)
    const { data } = (await query(emulator.server, await logIn(emulator, 'Go'), 'ROWS 100')).json
    const [chunk] = data.chunks
    const get = async () => fetch(chunk.url, { headers: data.chunkHeaders })
    const bytesOf = async () => new Uint8Array(await (await get()).arrayBuffer())
    const good = await bytesOf()
    const spoiled = (name: FaultName) => {
      emulator.server.faults.set(name)
      return bytesOf()
    }
    assert.deepEqual(await spoiled('chunk-short'), good.subarray(0, good.length / 2))
    assert.equal(tableFromIPC(await spoiled('chunk-row-count')).numRows, chunk.rowCount - 1)
    const corrupt = await spoiled('chunk-corrupt')
    assert.equal(corrupt.length, good.length)
    assert.notDeepEqual(corrupt, good)
    assert.equal(Buffer.from(await spoiled('chunk-invalid')).toString(), 'this is neither JSON nor Arrow')
    assert.ok((await spoiled('chunk-cut-gzip')).length < good.length)
    await assert.rejects(spoiled('chunk-broken'))
    for (const status of [403, 503] as const) {
      emulator.server.faults.set(`chunk-${status}`)
      assert.equal((await get()).status, status)
    }
    assert.deepEqual(await bytesOf(), good)
  })
})
