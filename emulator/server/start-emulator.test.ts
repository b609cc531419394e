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

  it('shows the driver scripting, procedures, inserts into several tables and failed conversions as Snowflake does', async (test) => {
    const emulator = await startEmulator({
      tpchScale: 0,
      initSql: [
        'CREATE DATABASE D',
        'CREATE TABLE D.PUBLIC.A (ID INT, N NUMBER(10,2))',
        'CREATE TABLE D.PUBLIC.B (ID INT)',
        'CREATE PROCEDURE D.PUBLIC.TWICE(X INT) RETURNS INT LANGUAGE SQL AS BEGIN LET y := x; RETURN y * 2; END',
      ].join(';'),
    })
    test.after(() => emulator.close())
    const connection = await connect(emulator, {
      username: emulator.user,
      password: emulator.password,
      database: 'D',
      schema: 'PUBLIC',
    })
    const block = await execute(connection, 'BEGIN LET d := ?::DATE; RETURN d + 1; END', { binds: ['2024-01-05'] })
    assert.equal(block.rows[0]['anonymous block'].toISOString(), '2024-01-06T00:00:00.000Z')
    assert.deepEqual((await execute(connection, 'CALL twice(?)', { binds: [21] })).rows, [{ TWICE: 42 }])
    const sql = 'INSERT ALL INTO a VALUES (x, x / 4) INTO b SELECT column1 AS x FROM VALUES (1), (2)'
    const inserted = await execute(connection, sql)
    assert.equal(inserted.statement.getNumUpdatedRows(), 4)
    assert.deepEqual(inserted.rows, [{ 'number of rows inserted into A': 2, 'number of rows inserted into B': 2 }])
    assert.deepEqual((await execute(connection, 'SELECT id FROM a WHERE n = ?', { binds: ['0.5'] })).rows, [{ ID: 2 }])
    await assert.rejects(execute(connection, 'SELECT id FROM a WHERE n = ?', { binds: ['half'] }), {
      code: '100038',
      sqlState: '22018',
      message: "Numeric value 'half' is not recognized",
    })
    await assert.rejects(execute(connection, "DECLARE e EXCEPTION (-20007, 'Not so.'); BEGIN RAISE e; END"), {
      code: '-20007',
      sqlState: 'P0001',
      message: "Uncaught exception of type 'E' on line 1 at position 47 : Not so.",
    })
    const [shown] = (await execute(connection, "SHOW TABLES LIKE 'a'")).rows
    assert.deepEqual([shown.name, shown.kind, shown.rows], ['A', 'TABLE', 2])
  })
})
