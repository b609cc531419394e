import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { analyseText } from './analyse.ts'
import { OPTIONS } from './support.testing.ts'
import type { AnalysisOptions } from './types.ts'

const SIZE = 1_000_000
const WIDE: AnalysisOptions = {
  ...OPTIONS,
  limits: { maxBytes: 1_048_576, maxDepth: 200, maxChain: 1_000_000, maxStatements: 1_000_000 },
}

function many(piece: string): string {
  return piece.repeat(Math.floor(SIZE / piece.length))
}

/** One text for each place that collects something: as many items as a text may hold, more than the stack takes. */
const UNDERSTOOD: readonly (readonly [name: string, sql: string])[] = [
  ['literals of a keyed function', `SELECT ENCRYPT(${many("'',")}'')`],
  ['literals of a secret list', `SELECT * FROM t WHERE api_token IN (${many("'',")}'')`],
  ['literals of a password', `ALTER USER x SET PASSWORD=(${many("'',")}'')`],
  ['literals of a joined password', `SELECT * FROM t WHERE password = ${many("''||")}''`],
  ['values of variables', `SET (PASSWORD,b)=(${many("'',")}'')`],
  ['names of variables', `SET (${many('a,')}b)=(1)`],
  ['variables to unset', `UNSET (${many('a,')}b)`],
  ['parameters', `ALTER SESSION SET ${many('A=1 ')}`],
  ['secrets in comments', `SELECT 1 ${many("/*token='x'*/")}`],
  ['secrets in one comment', `SELECT 1 /* ${many("token='x' ")} */`],
  ['secrets in a body', `CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ ${many("token='x'\n")} $$`],
  ['secrets in a text that is run', `EXECUTE IMMEDIATE $$SELECT ENCRYPT(${many("'',")}'')$$`],
  ['statements in a text that is run', `EXECUTE IMMEDIATE $$${many('BEGIN;')}$$`],
  ['statements', many('LS @s;')],
  ['names', `SELECT ${many('a,')}a`],
  ['parts of a name', `SELECT ${many('a.')}a`],
  ['quoted names', `SELECT ${many('"a",')}1`],
  ['functions of the never-list', `SELECT ${many('QUERY_HISTORY(),')}1`],
  ['names given as values', `SELECT ${many("IDENTIFIER('a'),")}1`],
  ['words in a body', `CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ ${many('RESULT_SCAN ')} $$`],
  ['names in a body', `CREATE FUNCTION f() RETURNS INT AS $$ SELECT ${many('a,')}1 $$`],
  ['statements in a body', `CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN ${many('SHOW TABLES;')} END $$`],
  ['statements in brackets in a body', `CREATE FUNCTION f() RETURNS INT AS $$ ${many('(SHOW TABLES)')} $$`],
  ['texts in a body', `CREATE PROCEDURE p() RETURNS INT AS $$ BEGIN ${many("EXECUTE IMMEDIATE 'SELECT 1';")} END $$`],
  ['stages', `SELECT ${many('@~ ,')}1`],
  ['brackets', `SELECT ${many('(1),')}1`],
  ['arrays', `SELECT ${many('[1],')}1`],
  ['former results', `SELECT ${many('RESULT_SCAN(LAST_QUERY_ID()),')}1`],
  ['texts that are run', `SELECT ${many("TO_QUERY('SELECT 1'),")}1`],
  ['steps of a chain', `SELECT 1${many('->>SELECT 1')}`],
  ['quotes in a name', `SELECT "a${many('""')}"`],
  ['quotes in the name of a stage', `LIST @"a${many('""')}"`],
  ['quotes in a name given as a value', `SELECT * FROM IDENTIFIER('"a${many('""')}"')`],
  ['escapes', `SELECT '${many("\\'")}'`],
  ['empty parts in a name given as a value', `SELECT * FROM IDENTIFIER('${many('a.')}a')`],
]

const REFUSED: readonly (readonly [name: string, sql: string, code: string])[] = [
  ['open brackets', many('('), 'too_deep'],
  ['closing brackets', many(')'), 'unbalanced_bracket'],
  ['nested arrays', `SELECT ${many('[')}`, 'too_deep'],
  ['nested CASE', `SELECT ${many('CASE WHEN ')}`, 'too_deep'],
  ['semicolons alone', many(';'), 'empty_statement'],
  ['statements that are not known', many('x;'), 'unknown_statement'],
]

describe('texts as large as they may be', () => {
  for (const [name, sql] of UNDERSTOOD) {
    it(`are understood: ${name}`, () => {
      const analysis = analyseText(sql, WIDE)
      assert.ok(analysis.ok, analysis.ok ? '' : analysis.refusal.text)
    })
  }

  for (const [name, sql, code] of REFUSED) {
    it(`are refused: ${name}`, () => {
      const analysis = analyseText(sql, WIDE)
      assert.equal(analysis.ok ? 'understood' : analysis.refusal.code, code)
    })
  }

  it('cuts every one of many secrets', () => {
    const analysis = analyseText(`SELECT ENCRYPT(${many("'',")}'')`, WIDE)
    assert.equal(analysis.ok ? analysis.text.secrets.length : 0, Math.floor(SIZE / 3) + 1)
  })
})

describe('a fault of the reader itself', () => {
  it('refuses the text, and trusts nothing that was found up to there', () => {
    const variables = new Proxy(OPTIONS.variables, {
      get() {
        throw new RangeError('Maximum call stack size exceeded')
      },
    })
    assert.deepEqual(analyseText("CREATE USER u PASSWORD = 'x'", { ...OPTIONS, variables }), {
      ok: false,
      refusal: {
        code: 'unreadable',
        text: 'Icecore cannot read this text; send it in smaller parts (line 1, column 1)',
        secrets: null,
      },
    })
  })
})
