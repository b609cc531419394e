import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { one, refused } from './support.testing.ts'
import type { ResultReference } from './types.ts'

const ID = '01b12345-0000-abcd-0000-000112345678'
const BY_ID: ResultReference = { by: 'id', queryId: ID }
const LAST: ResultReference = { by: 'last_query' }

const CASES: readonly (readonly [sql: string, ...references: ResultReference[]])[] = [
  [`SELECT * FROM TABLE(RESULT_SCAN('${ID}'))`, BY_ID],
  [`select * from table ( "RESULT_SCAN" /* x */ ( $$${ID}$$ ) )`, BY_ID],
  [`SELECT * FROM TABLE(IDENTIFIER('result_scan')('${ID}'))`, BY_ID],
  [`SELECT * FROM TABLE(snowflake.x.result_scan('${ID}'))`, BY_ID],
  ['SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))', LAST],
  ['SELECT * FROM TABLE(RESULT_SCAN("LAST_QUERY_ID" ( ) ))', LAST],
  ['SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(-2)))', { by: 'last_query', index: -2 }],
  ['SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(1)))', { by: 'last_query', index: 1 }],
  [`SELECT * FROM TABLE(RESULT_SCAN('${ID}')) a, TABLE(RESULT_SCAN(LAST_QUERY_ID())) b`, BY_ID, LAST],
  [`CREATE TABLE t AS SELECT * FROM TABLE(RESULT_SCAN('${ID}'))`, BY_ID],
  [`EXECUTE IMMEDIATE 'SELECT * FROM TABLE(RESULT_SCAN(''${ID}''))'`, BY_ID],
  [`DESCRIBE RESULT '${ID}'`, BY_ID],
  ['DESC RESULT LAST_QUERY_ID()', LAST],
  [`SELECT * FROM TABLE(GET_QUERY_OPERATOR_STATS('${ID}'))`, BY_ID],
  [`SELECT SYSTEM$EXPLAIN_PLAN_JSON('${ID}')`, BY_ID],
  ["SELECT SYSTEM$EXPLAIN_PLAN_JSON('SELECT 1')"],
  [`SELECT SYSTEM$GET_RESULTSET_STATUS('${ID}')`, BY_ID],
  [`SELECT * FROM TABLE(VALIDATE(t, JOB_ID => '${ID}'))`, BY_ID],
  [`SELECT * FROM TABLE("VALIDATE"(t, job_id /* c */ => $$${ID}$$))`, BY_ID],
  ['SELECT * FROM TABLE(VALIDATE(t, JOB_ID => LAST_QUERY_ID()))', LAST],
  ["SELECT * FROM TABLE(VALIDATE(t, JOB_ID => '_last'))"],
  ['SELECT validate(a), job_id FROM t'],
  [`SELECT result_scan, '${ID}', 'RESULT_SCAN(1)' FROM t`],
  ['SELECT LAST_QUERY_ID()'],
  ['SELECT 1 ->> SELECT * FROM $1'],
]

const REFUSED = [
  'SELECT * FROM TABLE(RESULT_SCAN($q))',
  'SELECT * FROM TABLE(RESULT_SCAN(?))',
  'SELECT * FROM TABLE(RESULT_SCAN(:q))',
  "SELECT * FROM TABLE(RESULT_SCAN('01b1' || '2345'))",
  "SELECT * FROM TABLE(RESULT_SCAN('not an id'))",
  `SELECT * FROM TABLE(RESULT_SCAN(' ${ID}'))`,
  'SELECT * FROM TABLE(RESULT_SCAN(f()))',
  'SELECT * FROM TABLE(RESULT_SCAN())',
  'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(x)))',
  'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID() || f()))',
  'SELECT * FROM TABLE(RESULT_SCAN((SELECT q FROM t)))',
  'SELECT * FROM TABLE("result_scan"($q))',
  "SELECT * FROM TABLE(IDENTIFIER('RESULT_SCAN')($q))",
  'DESCRIBE RESULT $q',
  'SELECT * FROM TABLE(VALIDATE(t, JOB_ID => $q))',
  'SELECT * FROM TABLE(GET_QUERY_OPERATOR_STATS(q))',
  'SELECT SYSTEM$EXPLAIN_PLAN_JSON(q)',
]

describe('references to former results', () => {
  for (const [sql, ...references] of CASES) it(sql, () => assert.deepEqual(one(sql).resultReferences, references))
  for (const sql of REFUSED) it(`refuses ${sql}`, () => assert.equal(refused(sql).code, 'result_reference'))
})
