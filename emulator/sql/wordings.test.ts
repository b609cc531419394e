import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { SqlError } from '../engine.ts'
import { TestAccount } from './test-account.ts'
import { translateError } from './translate-error.ts'

/** Statements with the code they fail with, null where they run, and the texts bound to them. */
const STATEMENTS: readonly (readonly [sql: string, code: string | null, binds?: readonly string[]])[] = [
  ['SELECT id FROM t WHERE id = ?', null, ['1']],
  ['SELECT id FROM t WHERE id = ?', '100038', ['x']],
  ['SELECT id FROM t WHERE n > ?', null, ['1.7']],
  ["SELECT id FROM t WHERE id = 'x'", '100038'],
  ["SELECT id FROM t WHERE id = '1'", null],
  ['SELECT id FROM t WHERE id = s', '100038'],
  ["SELECT id FROM t WHERE id IN ('1', '2')", null],
  ['SELECT id FROM t WHERE id IN (?, ?)', '100038', ['1', 'x']],
  ['SELECT id FROM t WHERE id BETWEEN ? AND ?', null, ['1', '2']],
  ["SELECT id FROM t WHERE id BETWEEN 'a' AND 'b'", '100038'],
  ['SELECT id FROM t WHERE d = ?', null, ['2024-01-15']],
  ['SELECT id FROM t WHERE d = ?', '100040', ['nope']],
  ['SELECT id FROM t WHERE ts > ?', null, ['2024-01-31T00:00:00.000Z']],
  ["SELECT id FROM t WHERE ts > 'nope'", '100035'],
  ['SELECT id FROM t WHERE b = ?', null, ['true']],
  ["SELECT id FROM t WHERE b = 'maybe'", '100037'],
  ['SELECT id FROM t WHERE f < ?', null, ['3']],
  ['SELECT id FROM t WHERE f < ?', '100038', ['three']],
  ['SELECT id + ? FROM t', null, ['5']],
  ["SELECT id + 'a' FROM t", '100038'],
  ["SELECT id + '1.5' FROM t", null],
  ["SELECT '5' * '6'", null],
  ["SELECT 'a' - 1", '100038'],
  ["SELECT -'5'", null],
  ['SELECT id || s FROM t', null],
  ['SELECT * FROM t WHERE s = 5', '100038'],
  ['SELECT id FROM t WHERE s = 7', '100038'],
  ['SELECT s FROM t WHERE s > 5', '100038'],
  ["SELECT COALESCE(id, 'x') FROM t", null],
  ['SELECT COALESCE(s, 5) FROM t', null],
  ["SELECT IFF(id = 1, id, 'no') FROM t", '100038'],
  ["SELECT CASE WHEN id = 1 THEN 1 ELSE 'two' END FROM t", '100038'],
  ["SELECT NVL(n, 'x') FROM t", null],
  ['SELECT id FROM t UNION ALL SELECT s FROM t', null],
  ["SELECT 1 UNION ALL SELECT 'a'", null],
  ["UPDATE t SET n = 'xyz' WHERE id = 1", '100038'],
  ['UPDATE t SET n = ? WHERE id = ?', null, ['9.25', '1']],
  ['UPDATE t SET n = ? WHERE id = ?', '100038', ['q', '1']],
  ["DELETE FROM t WHERE id = 'abc'", '100038'],
  ['DELETE FROM t WHERE id = ?', '100038', ['abc']],
  ["INSERT INTO t (id, n) VALUES ('3', 'z')", '100038'],
  ['INSERT INTO t (id, n) SELECT s, s FROM t', '100038'],
  ["INSERT INTO t (id, d) VALUES (3, 'notadate')", '100040'],
  ["INSERT INTO t (id, ts) VALUES (3, 'notats')", '100035'],
  ["INSERT INTO t (id, b) VALUES (3, 'notabool')", '100037'],
  ['INSERT INTO t (id, n) VALUES (3, 99999999999)', '100039'],
  ["INSERT INTO t (id, v) VALUES (3, 'x')", null],
  ["INSERT INTO t (id, v) SELECT 3, 'x'", null],
  ["INSERT INTO t (id, bi) VALUES (3, 'zz')", '100115'],
  ["SELECT TO_BINARY('zz')", '100115'],
  ["SELECT 'x'::VARIANT + 1", '100038'],
  ['SELECT v + 1 FROM t WHERE id = 2', '100038'],
  ['SELECT SUM(s) FROM t', '100038'],
  ['SELECT AVG(s) FROM t', '100038'],
  ['SELECT SUM(b) FROM t', null],
  ["SELECT ABS('x')", '100038'],
  ["SELECT ABS('-5')", null],
  ["SELECT ROUND('2.567', 1)", null],
  ['SELECT SQRT(-1)', '100041'],
  ['SELECT LN(0)', '100041'],
  ['SELECT UPPER(5)', null],
  ['SELECT LENGTH(12345)', null],
  ['SELECT LOWER(TRUE)', null],
  ['SELECT SUBSTR(12345, 2, 2)', null],
  ['SELECT TRIM(5)', null],
  ['SELECT REPLACE(505, 5, 6)', null],
  ['SELECT LEFT(12345, 2)', null],
  ["SELECT LPAD(5, 3, '0')", null],
  ["SELECT TO_DATE('2024-13-01')", '100040'],
  ["SELECT '2024-02-30'::DATE", '100040'],
  ["SELECT TO_TIMESTAMP('garbage')", '100035'],
  ["SELECT TO_TIME('25:00:00')", '100108'],
  ["SELECT TO_DATE('x', 'YYYY-MM-DD')", '100096'],
  ["SELECT TO_NUMBER('12a')", '100038'],
  ["SELECT TO_NUMBER('$1,234.50', '$9,999.99')", null],
  ["SELECT TO_DOUBLE('abc')", '100038'],
  ["SELECT TO_BOOLEAN('abc')", '100037'],
  ["SELECT CAST('abc' AS FLOAT)", '100038'],
  ['SELECT 12345678901234567890123456789012345678 * 10000', '100046'],
  ['SELECT 999::NUMBER(2,0)', '100039'],
  ["SELECT '1e400'::FLOAT", null],
  ["SELECT DATEADD(day, 'x', CURRENT_DATE)", '100038'],
  ["SELECT DATEADD(day, 1, 'x')", '100035'],
  ['SELECT DATEADD(foo, 1, CURRENT_DATE)', '001039'],
  ["SELECT DATEDIFF(day, '2024-01-01', '2024-01-05')", null],
  ["SELECT DATEDIFF(day, 'a', 'b')", '100035'],
  ['SELECT FACTORIAL(5)', null],
  ['SELECT CEIL(1.5), FLOOR(1.5), ROUND(1.55, 1), TRUNC(1.55, 1)', null],
  ['SELECT POWER(2, 10), SQRT(16), EXP(0), LN(1), LOG(10, 100)', null],
  ['SELECT id, COUNT(*) FROM t', '000979'],
  ['SELECT id FROM t GROUP BY s', '000979'],
  ['SELECT id FROM t HAVING COUNT(*) > 1', '000979'],
  ['SELECT COUNT(*) FROM t WHERE COUNT(*) > 1', '002035'],
  ['SELECT SUM(COUNT(*)) FROM t', '002036'],
  ['SELECT ROW_NUMBER() FROM t', '002140'],
  ['SELECT id FROM t ORDER BY nocol', '000904'],
  ['SELECT id FROM t ORDER BY 5', '002037'],
  ['SELECT t.nope FROM t', '000904'],
  ['SELECT id FROM t a JOIN t b ON a.id = b.id', '002028'],
  ['SELECT a.id FROM t a JOIN t a ON 1=1', '002027'],
  ['SELECT * FROM t, t', '002027'],
  ['SELECT id FROM t WHERE id', null],
  ['SELECT id FROM t WHERE s', '100037'],
  ["SELECT id FROM t LIMIT 'x'", '100038'],
  ['SELECT id FROM t LIMIT -1', '001014'],
  ['SELECT (SELECT id FROM t)', '090150'],
  ['SELECT id FROM t WHERE id = (SELECT id FROM t)', '090150'],
  ['SELECT id FROM t WHERE id IN (SELECT id, n FROM t)', '002031'],
  ['SELECT (SELECT id, n FROM t)', '002031'],
  ['SELECT 1 UNION SELECT 1, 2', '001789'],
  ['SELECT *', '002030'],
  ['SELECT FROM t', '002030'],
  ['SELECT 1 +', '001003'],
  ['SELECT COUNT(', '001003'],
  ['SELECT UNKNOWN_FN(1, 2)', '002140'],
  ["SELECT SUBSTR('a')", '000938'],
  ['SELECT SUBSTR()', '000938'],
  ['SELECT DATEADD(day, 1)', '000938'],
  ['SELECT ROUND()', '001044'],
  ['SELECT CURRENT_DATE(1, 2)', null],
  ['SELECT CONCAT()', '000938'],
  ['SELECT IFF(1, 2)', '000938'],
  ["SELECT DATE_TRUNC('foo', CURRENT_DATE)", '001039'],
  ["SELECT SPLIT_PART('a', 'b')", '000938'],
  ["SELECT 1 WHERE 'a' LIKE", '001003'],
  ["SELECT 'a' LIKE 1", null],
  ['SELECT id FROM t WHERE s LIKE 7', null],
  ["SELECT ARRAY_SIZE('x')", null],
  ['SELECT PARSE_JSON(\'{"a":1}\'):a::DATE', '100040'],
  ['SELECT PARSE_JSON(\'{"a":"x"}\'):a::INT', '100038'],
  ['SELECT v:a + v:b FROM t', null],
  ["SELECT {'a': 1}:a + 'x'", '100038'],
  ["SELECT GET([1,2], 'a')", null],
  ['SELECT [1,2][5]', null],
  ['SELECT CAST(1 AS NOTATYPE)', '002040'],
  ['SELECT 1::NOTATYPE', '002040'],
  ["SELECT TRY_CAST('x' AS INT), TRY_CAST('5' AS INT), TRY_CAST('2024-01-01' AS DATE), TRY_CAST('x' AS DATE)", null],
  ['SELECT TRY_CAST(5 AS VARCHAR)', null],
  ['SELECT x.y.z FROM t', '000904'],
  ["SELECT REGEXP_REPLACE('a', '(', 'b')", '100048'],
  ["SELECT 'a' RLIKE '('", '100048'],
  ["SELECT REGEXP_SUBSTR('abc123', '[0-9]+')", null],
  ["SELECT TO_CHAR(5, '000')", null],
  ['SELECT CURRENT_DATE - 1, CURRENT_DATE + 1', null],
  ["SELECT '2024-01-10'::DATE - '2024-01-01'::DATE", null],
  ["SELECT '2024-01-10'::DATE + 5", null],
  ["SELECT GREATEST(1, 'a')", '100038'],
  ["SELECT 1 = 'a'", '100038'],
  ["SELECT TRUE AND 'x'", '100037'],
  ["SELECT NOT 'x'", '100037'],
  ['SELECT NOT 5', null],
  ['SELECT TRUE = 1', null],
  ["SELECT 1 IN ('a')", '100038'],
  ["SELECT LISTAGG(id, ',') FROM t", null],
  ['SELECT LISTAGG(id) WITHIN GROUP (ORDER BY id DESC) FROM t', null],
  [
    'SELECT MEDIAN(id), MODE(id), STDDEV(id), VARIANCE(id), CORR(id, n), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY id) FROM t',
    null,
  ],
  ['SELECT ANY_VALUE(id), MAX_BY(s, id), MIN_BY(s, id), APPROX_COUNT_DISTINCT(id), BITAND(5,3) FROM t', null],
]

/** Words of the engine below, which no client of Snowflake's has ever read. */
const FOREIGN =
  /[Dd]uck|(?:Binder|Parser|Catalog|Conversion|Constraint|INTERNAL|Invalid Input) Error|LINE \d|explicit cast|[Mm]acro|SFX?_|STRING_LITERAL|__HOLE|strptime|%Y|\bHUGEINT\b|undefined|is not a function/

describe('wordings', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script(
      'CREATE DATABASE D',
      'CREATE TABLE T (ID INT NOT NULL, N NUMBER(10,2), S VARCHAR(10), D DATE, TS TIMESTAMP_NTZ, B BOOLEAN, V VARIANT, F FLOAT, BI BINARY, A ARRAY, O OBJECT)',
      `INSERT INTO T SELECT 1, 1.5, 'abc', '2024-01-15', '2024-01-15 10:00:00', TRUE, PARSE_JSON('{"a":1}'), 2.5, TO_BINARY('ff'), [1,2], {'k': 1}`,
      "INSERT INTO T SELECT 2, 2.5, '7', '2024-02-20', '2024-02-20 12:30:00', FALSE, PARSE_JSON('[1,2]'), 3.5, NULL, [], NULL",
    )
  })
  after(() => account.close())

  for (const [sql, code, binds = []] of STATEMENTS) {
    it(`${sql} ${code === null ? 'runs' : `fails with ${code}`}`, async () => {
      const bindings = Object.fromEntries(binds.map((value, i) => [String(i + 1), { type: 'TEXT', value }]))
      const outcome = await account.run(sql, { bindings }).then(
        () => null,
        (error: SqlError) => error,
      )
      assert.equal(outcome?.code ?? null, code, outcome?.message)
      assert.doesNotMatch(outcome?.message ?? '', FOREIGN)
      if (outcome) assert.match(outcome.sqlState, /^[0-9A-Z]{5}$/)
    })
  }

  it('keeps what has no wording of Snowflake to itself, as an incident with its cause', () => {
    for (const [text, code] of [
      ['Binder Error: something about "SF_X" nobody foresaw', '370001'],
      ['Some other trouble in DuckDB', '000603'],
    ] as const) {
      const error = translateError(new Error(text))
      assert.equal(error.code, code)
      assert.doesNotMatch(error.message, FOREIGN)
      assert.match(error.message, /incident \d{7}\.$/)
      assert.equal((error.cause as Error).message, text)
      assert.equal(translateError(new Error(text)).message, error.message)
    }
  })
})
