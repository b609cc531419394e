import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { analyseText } from './index.ts'
import { OPTIONS } from './support.testing.ts'

const SESSION = OPTIONS.ownSession

function read(
  sql: string,
  ownSession = SESSION,
): { readonly effects: readonly string[]; readonly rules: readonly string[] } {
  const analysis = analyseText(sql, { ...OPTIONS, ownSession })
  assert.ok(analysis.ok)
  const { statements } = analysis.text
  return {
    effects: statements.flatMap(({ effects }) => effects),
    rules: statements.flatMap(({ never }) => never.map(({ rule }) => rule)),
  }
}

describe('cancelling the statements of one’s own session', () => {
  for (const sql of [
    `select system$cancel_all_queries(${SESSION})`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES( ${SESSION} ) ;`,
    `select /* close */ System$Cancel_All_Queries(${SESSION})`,
  ]) {
    it(`is no more than that: ${sql}`, () => assert.deepEqual(read(sql), { effects: ['session'], rules: [] }))
  }

  for (const sql of [
    'SELECT SYSTEM$CANCEL_ALL_QUERIES(1)',
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION}0)`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION} + 1)`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(-${SESSION})`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES('${SESSION}')`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(?)`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION}), SYSTEM$CANCEL_ALL_QUERIES(1)`,
    `SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION}) FROM T`,
    `SELECT A.SYSTEM$CANCEL_ALL_QUERIES(${SESSION})`,
    `SELECT SYSTEM$ABORT_SESSION(${SESSION})`,
    `EXECUTE IMMEDIATE 'SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION})'`,
    `EXPLAIN SELECT SYSTEM$CANCEL_ALL_QUERIES(${SESSION})`,
  ]) {
    it(`is not ${sql}`, () => assert.ok(read(sql).rules.includes('reaches_other_users'), JSON.stringify(read(sql))))
  }

  it('is none where the session at the upstream has no number', () => {
    for (const none of ['', '0']) {
      assert.deepEqual(read(`SELECT SYSTEM$CANCEL_ALL_QUERIES(${none || '0'})`, none).rules, ['reaches_other_users'])
    }
  })
})
