import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

/** What plain transpilation gets wrong, and what the demo and agents use. */
const CASES: readonly (readonly [expression: string, cell: string | null])[] = [
  ['[1,2,3][0]', '1'],
  ["SPLIT('a,b', ',')[1]::VARCHAR", 'b'],
  ['PARSE_JSON(\'{"a":{"b":[10,20]}}\'):a.b[1]::INT + 1', '21'],
  ['PARSE_JSON(\'{"a":"x"}\'):a = \'x\'', '1'],
  ['PARSE_JSON(\'{"a":"x"}\')[\'a\']::STRING', 'x'],
  ['PARSE_JSON(\'{"a":5}\'):a > 4.5', '1'],
  ["TO_CHAR('2024-01-05'::DATE, 'YYYY/MM/DD')", '2024/01/05'],
  ["TO_NUMBER('12.7')", '13'],
  ["TO_DECIMAL('12.75', 10, 1)", '12.8'],
  ["TRY_TO_NUMBER('x')", null],
  ["SUBSTR('abc', 0, 2)", 'ab'],
  ["CONCAT('a', NULL)", null],
  ["TYPEOF(PARSE_JSON('[1]'))", 'ARRAY'],
  ["INTERVAL '1 day'", '86400000000000'],
  ["'-1-2'::INTERVAL YEAR TO MONTH", '-14'],
  ["'2024-01-31'::DATE + INTERVAL '1 day'", '19754'],
  ["DATEADD(month, 1, '2024-01-31'::DATE)", '19782'],
  ["DATEADD('hour', 1, '2024-01-01'::TIMESTAMP)", '1704070800.000000000'],
  ["DATEDIFF(day, '2024-01-01'::DATE, '2024-03-01'::DATE)", '60'],
  ["DATE_TRUNC('month', '2024-05-17'::DATE)", '19844'],
  ["DATE_PART(year, '2024-05-17'::DATE)", '2024'],
  ["EXTRACT(month FROM '2024-05-17'::DATE)", '5'],
  ["DAYNAME('2024-01-01'::DATE)", 'Mon'],
  ["TO_TIMESTAMP('2024-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS')", '1704164645.000000000'],
  ['TO_TIMESTAMP(1577836800)', '1577836800.000000000'],
  ["TO_DATE('05.01.2024', 'DD.MM.YYYY')", '19727'],
  ['IFF(1 > 2, 1, 0)', '0'],
  ['NVL(NULL, 5)', '5'],
  ["NVL2(NULL, 'a', 'b')", 'b'],
  ['ZEROIFNULL(NULL::INT)', '0'],
  ["DECODE(2, 1, 'one', 2, 'two', 'many')", 'two'],
  ['1 / 3', '0.333333'],
  ['7.00::NUMBER(10,2) / 2', '3.50000000'],
  ['DIV0(1, 0)', '0'],
  ['MOD(7, 3)', '1'],
  ["STARTSWITH('abc', 'ab')", '1'],
  ["CONTAINS('abc', 'bc')", '1'],
  ["SHA2('a')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ["HEX_ENCODE('Hi')", '4869'],
  ["INITCAP('anna meier')", 'Anna Meier'],
  ["INSERT('abcdef', 2, 2, 'X')", 'aXdef'],
  ["SPLIT_PART('a-b-c', '-', -1)", 'c'],
  ["'abc' RLIKE 'a.*'", '1'],
  ["'abc' RLIKE 'b'", '0'],
  ["REGEXP_REPLACE('a1b2', '[0-9]', '')", 'ab'],
  ["'x' LIKE ANY ('a', 'x')", '1'],
  ["'x' ILIKE 'X'", '1'],
  ["1 || 'a' || TRUE", '1atrue'],
  ['ARRAY_SIZE([1,2])', '2'],
  ["ARRAY_CONTAINS('b'::VARIANT, ['a','b'])", '1'],
  ["OBJECT_KEYS(OBJECT_CONSTRUCT('a', 1))", '["a"]'],
  ['ARRAY_CAT([1], [2])', '[1,2]'],
  ['ARRAY_SLICE([1,2,3], 0, 2)', '[1,2]'],
  ['TRANSFORM([1,2], x -> x * 2)', '[2.0,4.0]'],
  ["{'a': {'b': [1, {}]}}:a.b[0]::INT", '1'],
  ['PARSE_JSON(\'{"a":2}\'):a + 1', '3'],
  ["TRANSFORM(['a','b'], x -> UPPER(x::VARCHAR))", '["A","B"]'],
  ["OBJECT_CONSTRUCT('a', 1, 'b', NULL)", '{"a":1}'],
  ["OBJECT_CONSTRUCT_KEEP_NULL('a', NULL)", '{"a":null}'],
  ['3.0::FLOAT::VARCHAR', '3'],
  ["'2024-01-01 10:00:00'::TIMESTAMP_NTZ::VARCHAR", '2024-01-01 10:00:00.000'],
  ["'2024-01-01 10:00:00 +02:00'::TIMESTAMP_TZ::VARCHAR", '2024-01-01 10:00:00.000 +0200'],
  ['GREATEST(1, NULL)', null],
  ["SYSTEM$TYPEOF('a')", 'VARCHAR(16777216)[LOB]'],
  ["'abcdef'::VARCHAR(3)", 'abc'],
]

describe('expressions', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script(
      'CREATE DATABASE D',
      'CREATE TABLE T (ID INT, "Name" VARCHAR, NAME VARCHAR, V VARIANT)',
      `INSERT INTO T SELECT 1, 'mixed', 'upper', PARSE_JSON('{"items":[{"k":"a"},{"k":"b"}]}')`,
      `INSERT INTO T VALUES (2, 'm2', NULL, PARSE_JSON('[7]'))`,
    )
  })
  after(() => account.close())

  for (const [expression, cell] of CASES) {
    it(`${expression} is ${cell}`, async () => assert.equal(await account.cell(`SELECT ${expression}`), cell))
  }

  const queries: readonly (readonly [sql: string, rows: readonly (readonly (string | null)[])[]])[] = [
    ['SELECT "Name", name FROM t WHERE id = 1', [['mixed', 'upper']]],
    ['SELECT t.$1, $2 FROM t WHERE id = 1', [['1', 'mixed']]],
    ["SELECT $2 FROM (VALUES (1, 'a'), (2, 'b')) WHERE $1 = 2", [['b']]],
    [
      'SELECT f.value:k::STRING, f.index FROM t, LATERAL FLATTEN(INPUT => v:items) f ORDER BY 2',
      [
        ['a', '0'],
        ['b', '1'],
      ],
    ],
    ['SELECT id, f.value FROM t, LATERAL FLATTEN(v, OUTER => TRUE) f WHERE id = 2', [['2', '7']]],
    ['SELECT value FROM TABLE(FLATTEN(PARSE_JSON(\'{"b":[1],"a":2}\'), RECURSIVE => TRUE))', [['[1]'], ['1'], ['2']]],
    ["SELECT value FROM TABLE(SPLIT_TO_TABLE('a.b', '.')) ORDER BY index", [['a'], ['b']]],
    ['SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 7))', [['7']]],
    ["SELECT LISTAGG(name, ',') WITHIN GROUP (ORDER BY id) FROM t WHERE name IS NULL", [['']]],
    ['SELECT ARRAY_AGG(id) WITHIN GROUP (ORDER BY id DESC), AVG(id) FROM t', [['[2,1]', '1.500000']]],
    ['SELECT OBJECT_AGG("Name", id) FROM t', [['{"m2":2,"mixed":1}']]],
    ['SELECT id FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY id DESC) = 1', [['2']]],
    ['SELECT name FROM t ORDER BY name DESC', [[null], ['upper']]],
    ['SELECT * EXCLUDE v RENAME (id AS k) FROM t WHERE id = 1', [['1', 'mixed', 'upper']]],
    ['WITH c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 3) SELECT SUM(n) FROM c', [['6']]],
    ['SELECT * FROM (SELECT id, name FROM t) PIVOT (COUNT(name) FOR id IN (1, 2))', [['1', '0']]],
    ['SELECT id FROM t MINUS SELECT 2', [['1']]],
    ["SELECT id FROM t WHERE v:items[0].k = 'a'", [['1']]],
    ['SELECT 1 AS a, a + 1 AS b', [['1', '2']]],
  ]
  for (const [sql, rows] of queries) {
    it(sql, async () => assert.deepEqual((await account.run(sql)).rows, rows))
  }

  it('names columns as Snowflake does', async () => {
    const { columns } = await account.run(
      `SELECT count( * ), 'Hello', id + 1, "Name", t.id AS x, t.id AS "x" FROM t GROUP BY ALL`,
    )
    assert.deepEqual(
      columns.map((column) => column.name),
      ['COUNT( * )', "'HELLO'", 'ID + 1', 'Name', 'X', 'x'],
    )
  })

  it('streams a large result in batches', async () => {
    const { batches } = (await account.run('SELECT 1', { describeOnly: true })).result
    for await (const _ of batches) assert.fail('a description has no rows')
    const { rows } = await account.run('SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 50000))')
    assert.equal(rows.length, 50_000)
  })
})
