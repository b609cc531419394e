import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { analyseText } from '../statement/index.ts'
import { type DecisionInput, decide, type Permission, type StatementSettings } from './index.ts'

const everything = (permission: Permission): StatementSettings => ({
  procedureCalls: permission,
  exports: permission,
  stages: permission,
  models: permission,
  deferred: permission,
  rights: permission,
})
const STRICT = everything('refuse')
const LOOSE = everything('allow')
const OWN = '01b899f1-0712-45a6-0040-e00702000001'
const FOREIGN = '01b899f1-0712-45a6-0040-e00702000002'

function decideOn(sql: string, more: Partial<DecisionInput> = {}): ReturnType<typeof decide> {
  const limits = { maxBytes: 65_536, maxDepth: 50, maxChain: 400, maxStatements: 10 }
  return decide({
    analysis: analyseText(sql, { limits, variables: new Map(), ownUser: 'ICECORE', ownSession: '17' }),
    settings: STRICT,
    refusedParameter: null,
    mayUseRole: (role) => role === 'ANALYST',
    maySetParameter: (parameter) => parameter === 'TIMEZONE',
    ownsResult: (reference) => reference.by === 'last_query' || reference.queryId === OWN,
    ...more,
  })
}

/** Each denied text has a harmless twin beside it. */
const TWINS: readonly [string, string, string][] = [
  ['file_transfer', 'PUT file:///tmp/a @stage', 'SELECT 1'],
  ['effect_call', 'CALL do_it()', "SELECT 'CALL do_it()'"],
  ['effect_export', 'COPY INTO @out FROM t', 'INSERT INTO t SELECT * FROM out'],
  ['use_stage', 'COPY INTO t FROM @in', "SELECT '@in' FROM t"],
  ['use_model', "SELECT AI_COMPLETE('m', name) FROM t", 'SELECT ai_complete FROM t'],
  ['never_unread_code', 'CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$ x $$', "SELECT 'LANGUAGE PYTHON'"],
  ['effect_deferred', "CREATE TASK t SCHEDULE = '1 minute' AS SELECT 1", 'CREATE TABLE task (a INT)'],
  ['effect_rights', 'GRANT SELECT ON t TO ROLE r', 'SELECT grant_date FROM t'],
  ['role', 'USE ROLE ACCOUNTADMIN', 'USE ROLE ANALYST'],
  ['secondary_roles', 'USE SECONDARY ROLES ALL', 'USE SECONDARY ROLES NONE'],
  ['context_unknown', 'USE SCHEMA IDENTIFIER($where)', "USE SCHEMA IDENTIFIER('CRM')"],
  ['parameter', 'ALTER SESSION SET USE_CACHED_RESULT = FALSE', "ALTER SESSION SET TIMEZONE = 'UTC'"],
  ['parameter', 'ALTER SESSION UNSET QUERY_TAG', 'ALTER SESSION UNSET TIMEZONE'],
  ['result_not_own', `SELECT * FROM TABLE(RESULT_SCAN('${FOREIGN}'))`, `SELECT * FROM TABLE(RESULT_SCAN('${OWN}'))`],
  ['never_mints_url', "SELECT GET_PRESIGNED_URL(@s, 'a')", "SELECT 'GET_PRESIGNED_URL(x)'"],
  ['role', 'SELECT 1; USE ROLE SYSADMIN', 'SELECT 1; USE ROLE ANALYST'],
]

describe('decide', () => {
  for (const [code, denied, twin] of TWINS) {
    it(`denies ${denied}`, () => {
      const decision = decideOn(denied)
      assert.equal(decision.decision, 'deny')
      assert.ok(
        decision.reasons.some((reason) => reason.code === code),
        JSON.stringify(decision.reasons),
      )
    })
    it(`allows ${twin}`, () => {
      assert.deepEqual(decideOn(twin).decision, 'allow')
    })
  }

  const loosened: readonly [keyof StatementSettings, string][] = [
    ['procedureCalls', 'CALL do_it()'],
    ['exports', 'COPY INTO @out FROM t'],
    ['stages', 'SELECT $1 FROM @in'],
    ['models', "SELECT AI_COMPLETE('m', name) FROM t"],
    ['deferred', "CREATE TASK t SCHEDULE = '1 minute' AS SELECT 1"],
    ['rights', 'GRANT SELECT ON t TO ROLE r'],
  ]
  for (const [setting, sql] of loosened) {
    it(`allows ${sql} where ${setting} is loosened, and only there`, () => {
      assert.equal(decideOn(sql, { settings: { ...STRICT, [setting]: 'allow' } }).decision, 'allow')
      assert.equal(decideOn(sql, { settings: { ...LOOSE, [setting]: 'refuse' } }).decision, 'deny')
    })
  }

  it('loosens the never-list by no setting', () => {
    const decision = decideOn('ALTER USER x ADD PROGRAMMATIC ACCESS TOKEN t', { settings: LOOSE })
    assert.equal(decision.decision, 'deny')
  })

  it('lets no setting bring in code that cannot be read', () => {
    const head = 'CREATE PROCEDURE p() RETURNS INT LANGUAGE'
    for (const language of ['PYTHON', 'JAVASCRIPT', 'JAVA', 'SCALA']) {
      assert.equal(decideOn(`${head} ${language} AS $$ x $$`, { settings: LOOSE }).decision, 'deny')
      const anonymous = `WITH p AS PROCEDURE () RETURNS INT LANGUAGE ${language} AS $$ x $$ CALL p()`
      assert.equal(decideOn(anonymous, { settings: LOOSE }).decision, 'deny')
    }
    assert.equal(decideOn(`${head} SQL AS $$ BEGIN EXECUTE IMMEDIATE q; END $$`, { settings: LOOSE }).decision, 'deny')
    assert.equal(decideOn(`${head} SQL AS $$ BEGIN DELETE FROM t; END $$`, { settings: LOOSE }).decision, 'allow')
    assert.equal(decideOn('CALL p()', { settings: LOOSE }).decision, 'allow')
  })

  it('gives every reason at once', () => {
    const decision = decideOn('USE ROLE SYSADMIN; CALL do_it()')
    assert.deepEqual(
      decision.reasons.map((reason) => reason.code),
      ['role', 'effect_call'],
    )
  })

  it('denies what cannot be read, and says where', () => {
    const decision = decideOn("SELECT 'open")
    assert.equal(decision.decision, 'deny')
    assert.match(decision.reasons[0]?.text ?? '', /line 1/)
  })

  it('denies a statement with a parameter that may not be set', () => {
    assert.equal(decideOn('SELECT 1', { refusedParameter: 'X' }).decision, 'deny')
  })
})
