/** Server and engine together, asked by the official driver. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from './start-emulator.ts'
import { connect, execute } from './test-client.ts'

describe('startEmulator', () => {
  it('runs Snowflake SQL of its first user, with the initial SQL done', async () => {
    const emulator = await startEmulator({
      tpchScale: 0,
      initSql:
        "CREATE DATABASE D; CREATE TABLE D.PUBLIC.T (A INT, B VARCHAR); INSERT INTO D.PUBLIC.T VALUES (1, 'one')",
      inlineRows: 100,
    })
    const connection = await connect(emulator, {
      username: emulator.user,
      password: emulator.password,
      database: 'D',
      schema: 'PUBLIC',
    })
    await execute(connection, 'INSERT INTO T VALUES (?, ?)', {
      binds: [
        [2, 'two'],
        [3, null],
      ],
    })
    const { rows } = await execute(connection, 'SELECT A, B, CURRENT_USER() AS U FROM T ORDER BY A')
    assert.deepEqual(rows, [
      { A: 1, B: 'one', U: 'EMULATOR' },
      { A: 2, B: 'two', U: 'EMULATOR' },
      { A: 3, B: null, U: 'EMULATOR' },
    ])
    const large = await execute(connection, 'SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 5000)) ORDER BY N')
    assert.deepEqual(
      large.rows.map(({ N }) => N),
      Array.from({ length: 5000 }, (_, index) => index),
    )
    await assert.rejects(execute(connection, 'SELECT * FROM MISSING'), { code: '002003', sqlState: '42S02' })
    const history = 'SELECT QUERY_TEXT FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE QUERY_TAG = ?'
    await execute(connection, "ALTER SESSION SET QUERY_TAG = 'mine'")
    await execute(connection, 'SELECT 1')
    assert.deepEqual((await execute(connection, history, { binds: ['mine'] })).rows.at(-1), { QUERY_TEXT: 'SELECT 1' })
    await emulator.close()
  })
})
