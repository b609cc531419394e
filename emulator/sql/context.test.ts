import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

describe('context', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
  })
  after(() => account.close())

  it('moves with CREATE, USE and DROP', async () => {
    const context = () => ({ ...account.session.context })
    const steps: readonly (readonly [sql: string, database: string | null, schema: string | null])[] = [
      ['CREATE DATABASE A', 'A', 'PUBLIC'],
      ['CREATE SCHEMA S', 'A', 'S'],
      ['CREATE DATABASE "b c"', 'b c', 'PUBLIC'],
      ['USE A.S', 'A', 'S'],
      ['USE DATABASE "b c"', 'b c', 'PUBLIC'],
      ['USE SCHEMA A.S', 'A', 'S'],
      ['DROP SCHEMA S', 'A', null],
      ['DROP DATABASE A', null, null],
    ]
    for (const [sql, database, schema] of steps) {
      await account.run(sql)
      assert.deepEqual([context().database, context().schema], [database, schema], sql)
    }
    await account.script('CREATE WAREHOUSE W2', 'USE ROLE PUBLIC', 'USE SECONDARY ROLES NONE')
    assert.deepEqual([context().warehouse, context().role, context().secondaryRoles], ['W2', 'PUBLIC', 'NONE'])
    await account.script('DROP WAREHOUSE W2', 'USE ROLE SYSADMIN', 'USE SECONDARY ROLES ALL')
    assert.equal(context().warehouse, null)
    assert.equal((await account.failure('SELECT * FROM t')).code, '090105')
  })

  it('shows itself in the context functions', async () => {
    await account.script('CREATE OR REPLACE DATABASE D', 'USE WAREHOUSE COMPUTE_WH')
    const { rows } = await account.run(
      'SELECT CURRENT_USER(), CURRENT_ROLE, CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_ACCOUNT(), CURRENT_SESSION(), CURRENT_SECONDARY_ROLES()',
    )
    assert.deepEqual(rows, [
      ['ANNA', 'SYSADMIN', 'COMPUTE_WH', 'D', 'PUBLIC', 'ACME', '4711', '{"roles":"SYSADMIN,PUBLIC","value":"ALL"}'],
    ])
  })

  it('evaluates the context functions of a view for whoever reads it', async () => {
    await account.script('CREATE OR REPLACE VIEW WHO AS SELECT CURRENT_USER() AS U')
    const other = await account.openSession('BELA')
    assert.deepEqual((await account.run('SELECT u FROM d.public.who', { session: other })).rows, [['BELA']])
  })

  it('finds names of one to three parts, and db..t', async () => {
    await account.script(
      'CREATE OR REPLACE TABLE "t" (a INT)',
      'CREATE OR REPLACE TABLE T AS SELECT 1 AS A',
      'INSERT INTO "t" VALUES (2)',
    )
    for (const name of ['t', 'public.t', 'd.public.T', 'D..t', "IDENTIFIER('d.public.t')", "TABLE('T')"])
      assert.equal(await account.cell(`SELECT a FROM ${name}`), '1', name)
    assert.equal(await account.cell('SELECT a FROM d.public."t"'), '2')
  })

  it('keeps session variables', async () => {
    await account.script("SET v = 'T'", 'SET (a, b) = (1, 2.5)', 'SET m = (SELECT MAX(a) FROM t)')
    assert.deepEqual((await account.run("SELECT $a + 1, $b, $m, GETVARIABLE('V'), a FROM IDENTIFIER($v)")).rows, [
      ['2', '2.5', '1', 'T', '1'],
    ])
    assert.equal((await account.run('SHOW VARIABLES')).rows.length, 4)
    await account.run('UNSET v')
    assert.equal((await account.failure('SELECT $v')).code, '002211')
  })

  it('keeps parameters, with their types', async () => {
    await account.script(
      "ALTER SESSION SET QUERY_TAG = 'x' STATEMENT_TIMEOUT_IN_SECONDS = 5, STRICT_JSON_OUTPUT = true",
    )
    const { parameters } = account.session
    assert.deepEqual(
      [
        parameters.get('QUERY_TAG'),
        parameters.get('STATEMENT_TIMEOUT_IN_SECONDS'),
        parameters.get('STRICT_JSON_OUTPUT'),
      ],
      ['x', 5, true],
    )
    const { rows } = await account.run("SHOW PARAMETERS LIKE 'QUERY_T%' IN SESSION")
    assert.deepEqual(rows, [['QUERY_TAG', 'x', '', 'SESSION', '', 'STRING']])
    await account.run('ALTER SESSION UNSET QUERY_TAG')
    assert.equal(parameters.get('QUERY_TAG'), '')
    const limited = await account.run('SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 10))'.replace('*', 'SEQ4()'), {
      parameters: { ROWS_PER_RESULTSET: 3 },
    })
    assert.equal(limited.rows.length, 3)
  })

  it('rolls back, commits, and shows a transaction to its own session only', async () => {
    const other = await account.openSession('BELA')
    const seen = async () => (await account.run('SELECT COUNT(*) FROM d.public.tx', { session: other })).rows[0]?.[0]
    await account.script('CREATE OR REPLACE TABLE TX (A INT)', 'BEGIN', 'INSERT INTO tx VALUES (1)')
    assert.deepEqual([await account.cell('SELECT COUNT(*) FROM tx'), await seen()], ['1', '0'])
    await account.run('ROLLBACK')
    assert.equal(await account.cell('SELECT COUNT(*) FROM tx'), '0')
    await account.script('ALTER SESSION SET AUTOCOMMIT = false', 'INSERT INTO tx VALUES (2)')
    assert.equal(await seen(), '0')
    await account.script('COMMIT', 'ALTER SESSION SET AUTOCOMMIT = true')
    assert.equal(await seen(), '1')
    await account.script('BEGIN', 'INSERT INTO tx VALUES (3)', 'CREATE OR REPLACE TABLE other (a INT)', 'ROLLBACK')
    assert.equal(await seen(), '2', 'DDL commits')
  })

  it('rolls back what a closed session had not committed', async () => {
    const other = await account.openSession('BELA')
    await account.run('CREATE OR REPLACE TABLE LEFT_OPEN (A INT)')
    await account.run('BEGIN', { session: other })
    await account.run('INSERT INTO d.public.left_open VALUES (1)', { session: other })
    await other.close()
    assert.equal(await account.cell('SELECT COUNT(*) FROM left_open'), '0')
  })

  it('reads two results of one transaction side by side', async () => {
    const options = {
      bindings: {},
      parameters: {},
      describeOnly: false,
      queryId: 'q',
      signal: new AbortController().signal,
    }
    await account.run('BEGIN')
    const sql = 'SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 10000))'
    const [first, second] = [await account.session.execute(sql, options), await account.session.execute(sql, options)]
    const counts = [0, 0]
    for await (const batch of second.batches) counts[1]! += batch.length
    for await (const batch of first.batches) counts[0]! += batch.length
    await account.run('COMMIT')
    assert.deepEqual(counts, [10_000, 10_000])
  })

  it('keeps temporary tables to their session, before others of the name', async () => {
    await account.script('CREATE OR REPLACE TABLE TT AS SELECT 1 AS A', 'CREATE TEMPORARY TABLE TT AS SELECT 2 AS A')
    const other = await account.openSession('BELA')
    assert.equal(await account.cell('SELECT a FROM tt'), '2')
    assert.deepEqual((await account.run('SELECT a FROM d.public.tt', { session: other })).rows, [['1']])
    await account.run('DROP TABLE tt')
    assert.equal(await account.cell('SELECT a FROM tt'), '1')
  })

  it('knows former queries and their results', async () => {
    await account.run(
      "SELECT 1 AS a, 'x' AS b, '2020-01-01 00:00:00 +02:00'::TIMESTAMP_TZ AS z, PARSE_JSON('[1]') AS v",
    )
    const { lastQueryId } = account.session
    assert.deepEqual((await account.run('SELECT v[0], z, b, a + 1 FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))')).rows, [
      ['1', '1577829600.000000000 1560', 'x', '2'],
    ])
    assert.equal(await account.cell('SELECT LAST_QUERY_ID(-2)'), lastQueryId)
    assert.equal(await account.cell(`SELECT COUNT(*) FROM TABLE(RESULT_SCAN('${lastQueryId}'))`), '1')
    assert.equal((await account.failure("SELECT * FROM TABLE(RESULT_SCAN('nope'))")).code, '000709')
  })

  it('shows the query history', async () => {
    account.host.entries.push({
      queryId: 'q1',
      queryText: 'GRANT ROLE x TO USER y',
      databaseName: null,
      schemaName: null,
      queryType: 'GRANT',
      sessionId: '4711',
      userName: 'ANNA',
      roleName: 'SYSADMIN',
      warehouseName: null,
      queryTag: 'tag',
      executionStatus: 'SUCCESS',
      errorCode: null,
      errorMessage: null,
      startTime: 1_577_836_800_000,
      endTime: 1_577_836_801_000,
      rowsProduced: 1,
    })
    for (const name of [
      'QUERY_HISTORY(RESULT_LIMIT => 5)',
      'QUERY_HISTORY_BY_SESSION()',
      "QUERY_HISTORY_BY_USER(USER_NAME => 'ANNA')",
    ])
      assert.deepEqual(
        (
          await account.run(
            `SELECT query_text, query_tag, start_time, total_elapsed_time FROM TABLE(INFORMATION_SCHEMA.${name})`,
          )
        ).rows,
        [['GRANT ROLE x TO USER y', 'tag', '1577836800.000000000', '1000']],
      )
  })
})
