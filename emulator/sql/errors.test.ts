import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

const CASES: readonly (readonly [sql: string, code: string, sqlState: string, message: RegExp])[] = [
  [
    'SELECT * FROM nosuch',
    '002003',
    '42S02',
    /^SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized\.$/,
  ],
  ['SELECT * FROM d.public."no Such"', '002003', '42S02', /Object 'D\.PUBLIC\."no Such"' does not exist/],
  ['SELECT * FROM d.nope.t', '002003', '02000', /Schema 'D\.NOPE' does not exist or not authorized/],
  ['SELECT * FROM nope.public.t', '002003', '02000', /Database 'NOPE' does not exist or not authorized/],
  ['SELECT nocol FROM t', '000904', '42000', /invalid identifier 'NOCOL'/],
  ['SELECT x.id FROM t', '000904', '42000', /invalid identifier 'X(\.ID)?'/],
  ['SELECT nofn(1)', '002140', '42601', /Unknown function NOFN/],
  ['SELEC 1', '001003', '42000', /syntax error line 1 at position 0 unexpected 'SELEC'/],
  ['SELECT (1', '001003', '42000', /syntax error line 1 at position 9 unexpected '<EOF>'/],
  ["SELECT 'abc", '001003', '42000', /syntax error/],
  ["SELECT 'abc'::INT", '100038', '22018', /^Numeric value 'abc' is not recognized$/],
  ["SELECT 'abc'::DATE", '100040', '22007', /^Date 'abc' is not recognized$/],
  ["SELECT 'abc'::TIMESTAMP", '100035', '22007', /^Timestamp 'abc' is not recognized$/],
  ["SELECT 'abc'::BOOLEAN", '100037', '22018', /^Boolean value 'abc' is not recognized$/],
  ['SELECT 1 / 0', '100051', '22012', /^Division by zero$/],
  ['SELECT id % 0 FROM t', '100051', '22012', /^Division by zero$/],
  ["SELECT PARSE_JSON('{a')", '100069', '22P02', /Error parsing JSON/],
  ['USE SCHEMA nope', '002043', '02000', /Object does not exist, or operation cannot be performed/],
  ['USE DATABASE nope', '002043', '02000', /Object does not exist/],
  ['USE WAREHOUSE nope', '002043', '02000', /Object does not exist/],
  ['USE ROLE nope', '002043', '02000', /Object does not exist/],
  ['USE ROLE ACCOUNTADMIN', '003013', '42501', /Requested role 'ACCOUNTADMIN' is not assigned to the executing user/],
  ['CREATE TABLE t (a INT)', '002002', '42710', /Object 'T' already exists/],
  ['DROP TABLE nosuch', '002003', '42S02', /Object 'NOSUCH' does not exist/],
  ['INSERT INTO t (id) VALUES (1, 2)', '002020', '21S01', /expecting 1 but got 2/],
  ['INSERT INTO t (id) VALUES (NULL)', '100072', '22000', /NULL result in a non-nullable column/],
  ["INSERT INTO t VALUES (1, 'abcdef')", '100078', '22000', /too long and would be truncated/],
  ['SELECT $nope', '002211', '02000', /Session variable '\$NOPE' does not exist/],
  ['ALTER SESSION SET NOPE = 1', '001422', '22023', /invalid value \[NOPE\]/],
  ['SELECT (SELECT v FROM (VALUES (1), (2)) x(v))', '090150', '22000', /Single-row subquery returns more than one row/],
  ['CALL p()', '002140', '42601', /Unknown function P/],
]

describe('errors', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script(
      'CREATE DATABASE D',
      'CREATE TABLE T (ID INT NOT NULL, S VARCHAR(3))',
      'INSERT INTO T VALUES (1, NULL)',
    )
  })
  after(() => account.close())

  for (const [sql, code, sqlState, message] of CASES) {
    it(`${sql} fails with ${code}`, async () => {
      const error = await account.failure(sql)
      assert.deepEqual([error.code, error.sqlState], [code, sqlState], error.message)
      assert.match(error.message, message)
    })
  }

  it('counts lines and positions', async () => {
    const error = await account.failure('SELECT 1\nFROM t WHERE )')
    assert.deepEqual([error.line, error.pos], [2, 13])
  })

  it('ends with 000604 when aborted, waiting or computing', async () => {
    for (const sql of [
      'SELECT SYSTEM$WAIT(60)',
      'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 1000000000)) a, TABLE(GENERATOR(ROWCOUNT => 1000)) b',
    ]) {
      const controller = new AbortController()
      const failure = account.failure(sql, { signal: controller.signal })
      setImmediate(() => controller.abort())
      const error = await failure
      assert.deepEqual([error.code, error.sqlState, error.message], ['000604', '57014', 'SQL execution canceled'])
    }
    assert.equal(await account.cell('SELECT 1'), '1')
  })

  it('waits as long as it is told, and says so', async () => {
    assert.equal(await account.cell("SELECT SYSTEM$WAIT(1, 'MILLISECONDS')"), 'waited 1 milliseconds')
  })
})
