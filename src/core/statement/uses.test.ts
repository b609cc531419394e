import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { one } from './support.testing.ts'

/** What is used, statements that use it, and twins that look alike and do not. */
const CASES: readonly {
  readonly uses: string
  readonly with: readonly string[]
  readonly without: readonly string[]
}[] = [
  {
    uses: 'stage',
    with: [
      'SELECT $1 FROM @s/path',
      'SELECT * FROM (SELECT $1 FROM @%t) x JOIN @d.s.stage',
      "SELECT $1 FROM '@s/f'",
      "SELECT $1 FROM t, '@s/f'",
      "SELECT $1 FROM a JOIN b ON a.x = b.x, '@s/f'",
      "SELECT $1 FROM ('@s/f')",
      "SELECT $1 FROM 'snow://notebook/x'",
      "MERGE INTO t USING '@s/f' ON t.a = $1 WHEN MATCHED THEN DELETE",
      "SELECT TO_FILE('@s/f')",
      'SELECT try_to_file(x) FROM t',
      "SELECT IDENTIFIER('TO_FILE')('@s', 'f')",
      'SELECT FL_GET_RELATIVE_PATH(f) FROM t',
      "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@s', FILE_FORMAT => 'f'))",
      'CREATE TABLE t USING TEMPLATE (SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => x)))',
      'LIST @s',
      "LS '@s'",
      'REMOVE @s/x',
      "COPY INTO t FROM '@s/f'",
      "COPY INTO t FROM 's3://b/x'",
      'COPY INTO @a FROM (SELECT $1 FROM @b)',
      'COPY FILES INTO @a FROM @b',
      'CREATE PIPE p AS COPY INTO t FROM @s',
      'CREATE EXTERNAL TABLE t LOCATION = @s',
      'CREATE VIEW v AS SELECT $1 FROM @s',
      'CREATE FUNCTION f() RETURNS TABLE (a INT) AS $$ SELECT $1 FROM @s $$',
      "CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN REMOVE '@s'; END $$",
      "EXECUTE IMMEDIATE 'LIST @s'",
    ],
    without: [
      "SELECT '@s/f', '@a' FROM t WHERE x = '@b' AND y IN ('@c', '@d')",
      "SELECT a IS DISTINCT FROM '@a' FROM t",
      "SELECT a FROM t UNION SELECT '@x' ORDER BY 1, '@y'",
      "SELECT EXTRACT(year FROM d), '@x' FROM t, LATERAL FLATTEN('@y')",
      "INSERT INTO t VALUES ('@a', '@b')",
      "UPDATE t SET a = '@a' FROM u",
      'COPY INTO @s FROM t',
      "COPY INTO '@s' FROM t",
      'SELECT to_file FROM infer_schema',
      'SELECT SPLIT_PART(mail, $$@$$, 1) FROM t',
      "CREATE FUNCTION f() RETURNS STRING AS $$ SELECT '@s' $$",
      'CREATE STAGE s',
      'PUT file:///tmp/a @s',
    ],
  },
  {
    uses: 'model',
    with: [
      "SELECT AI_COMPLETE('m', 'p')",
      'SELECT "AI_CLASSIFY" (x, [1]) FROM t',
      "SELECT IDENTIFIER('ai_filter')(x) FROM t",
      "SELECT SNOWFLAKE.CORTEX.COMPLETE('m', 'p')",
      'SELECT snowflake . "CORTEX" /* c */ . summarize(x) FROM t',
      'SELECT CORTEX.SENTIMENT(x) FROM t',
      "SELECT AI_AGG(x, 'p') FROM t ->> SELECT * FROM $1",
      'CREATE VIEW v AS SELECT AI_SENTIMENT(x) AS s FROM t',
      "CREATE FUNCTION f() RETURNS STRING AS 'SELECT ai_translate(1)'",
      "INSERT INTO t SELECT AI_COMPLETE('m', x) FROM u",
    ],
    without: [
      'SELECT ai_score, ai_complete FROM t',
      'SELECT mydb.public.ai_score(x), d.cortex.complete(x) FROM t',
      "SELECT 'AI_COMPLETE(x)' AS cortex",
      'SELECT cortex.complete FROM cortex',
      'SELECT SNOWFLAKE.CORE.AVG(x) FROM t',
    ],
  },
]

describe('what statements use besides tables and views', () => {
  for (const { uses, with: using, without } of CASES) {
    for (const sql of using) it(`${uses}: ${sql}`, () => assert.deepEqual(one(sql).uses, [uses]))
    for (const sql of without) it(`not ${uses}: ${sql}`, () => assert.deepEqual(one(sql).uses, []))
  }

  it('may be both', () => {
    assert.deepEqual(one("SELECT AI_PARSE_DOCUMENT(TO_FILE('@s', 'a'))").uses, ['stage', 'model'])
  })
})
