import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OPTIONS, one, refused, understood } from './support.testing.ts'

/** Each way to hide a statement, or to make it read differently, with a harmless twin. */
const CASES: readonly (readonly [code: string, attack: string, twin: string])[] = [
  ['unterminated_string', "SELECT 'a", "SELECT 'a'"],
  ['unterminated_string', "SELECT 'a\\'", "SELECT 'a\\''"],
  ['unterminated_name', 'SELECT "a', 'SELECT "a"'],
  ['unterminated_comment', 'SELECT 1 /* x', 'SELECT 1 /* x */'],
  ['unterminated_dollar_quote', 'SELECT $$a', 'SELECT $$a$$'],
  ['nested_comment', 'SELECT 1 /* /* */ , email FROM c -- */', 'SELECT 1 /* * / */ , email FROM c -- */'],
  ['stray_comment_end', 'SELECT 1 */ 2', 'SELECT 1 * /* */ 2'],
  ['ambiguous_comment', 'SELECT 1 /*/ , 2 /*/', 'SELECT 1 /* / , 2 / */'],
  ['ambiguous_line_end', 'SELECT 1 -- x\rDROP TABLE t', 'SELECT 1 -- x\r\n, 2'],
  ['ambiguous_line_end', 'SELECT 1 // x\u2028, 2', 'SELECT 1 // x \u00e4, 2'],
  ['ambiguous_line_end', 'SELECT 1 /* \u0085 */', 'SELECT 1 /* \n */'],
  ['ambiguous_dollar_quote', "SELECT a$$ ' $$", "SELECT a $$ ' $$"],
  ['ambiguous_dollar_quote', 'SELECT $$a$$$', 'SELECT $$a$$'],
  ['ambiguous_dollar_quote', 'SELECT $$$a$$', 'SELECT $$ $a$$'],
  ['ambiguous_dollar_quote', 'SELECT $$$$', "SELECT ''"],
  ['ambiguous_dollar_quote', 'SELECT $$a\\$$', 'SELECT $$a\\ $$'],
  ['ambiguous_dollar_quote', 'SELECT $t$ x $t$', 'SELECT $t'],
  ['ambiguous_dollar_quote', 'SELECT $1$$ x $$', 'SELECT $1'],
  ['ambiguous_number', 'SELECT 1UNION SELECT 2', 'SELECT 1 UNION SELECT 2'],
  ['ambiguous_number', 'SELECT 0x1F', 'SELECT 1e5, .5, 1.5E-3, 7.'],
  ['ambiguous_string', "SELECT r'\\', email FROM t --'", "SELECT X'48'"],
  ['ambiguous_string', "SELECT X'\\'', email FROM t --'", "SELECT X''"],
  ['ambiguous_url', 'SELECT a://b\n, c', 'SELECT a :b // c'],
  ['ambiguous_url', "PUT file:///tmp/a';b @s", "PUT 'file:///tmp/a' @s"],
  ['ambiguous_stage_path', 'LIST @s/a--b', "LIST '@s/a--b'"],
  ['ambiguous_stage_path', 'LIST @s//b', 'LIST @s/b'],
  ['ambiguous_stage_path', "SELECT $1 FROM @s/a' , b", 'SELECT $1 FROM @s/a'],
  ['ambiguous_stage_path', "SELECT $1 FROM @s/a(' , b", "SELECT $1 FROM @s/a (PATTERN => 'b')"],
  ['ambiguous_stage_path', 'LIST @ s', 'LIST @s'],
  ['ambiguous_stage_path', 'LIST @s/a*b', 'LIST @"my stage"/a=1/b-c.csv'],
  ['empty_name', 'SELECT ""', 'SELECT "a"""'],
  ['ambiguous_name', 'SELECT """a"""', 'SELECT "a""b"'],
  ['control_character', 'SELECT\u0000 1', 'SELECT\t1'],
  ['control_character', "SELECT 'a\u0000b'", "SELECT 'a\tb'"],
  ['control_character', 'SELECT\u000c1', 'SELECT\r\n1'],
  ['control_character', 'SELECT "a\u001b[2J"', "SELECT 'a\u001b[2J'"],
  ['control_character', 'SELECT 1 /* \u0007 */', 'SELECT 1 /* 7 */'],
  ['lone_surrogate', "SELECT '\ud800'", "SELECT '\ud83d\ude00'"],
  ['unicode_space', 'SELECT\u00a01', 'SELECT 1 -- \u00a0'],
  ['unicode_space', 'SELECT\u30001', "SELECT '\u3000'"],
  ['unicode_space', 'SELECT "a\u00a0b"', 'SELECT "a b"'],
  ['unicode_space', 'SELECT 1\u2028', "SELECT '\u2028'"],
  ['invisible_character', '\ufeffSELECT 1', "SELECT '\ufeff'"],
  ['invisible_character', 'SEL\u200bECT 1', "SELECT '\u200b'"],
  ['invisible_character', 'SELECT 1 /* \u202e */', "SELECT '\u202e'"],
  ['invisible_character', 'SELECT "a\u2066b"', 'SELECT "a b"'],
  ['lookalike_quote', 'SELECT \u2018a\u2019', "SELECT '\u2018a\u2019'"],
  ['lookalike_quote', 'SELECT \uff02a\uff02', 'SELECT "\u201ca"'],
  ['non_ascii_name', 'SELECT \u017fum(1)', 'SELECT "\u017fum"'],
  ['non_ascii_name', 'SELECT gr\u00f6\u00dfe FROM t', 'SELECT "gr\u00f6\u00dfe" FROM t'],
  ['backtick', 'SELECT `a`', 'SELECT "a"'],
  ['client_variable', 'SELECT &x', "SELECT '&x'"],
  ['client_command', '!source x.sql', 'SELECT 1 != 2'],
  ['client_command', 'SELECT 1; !exit', 'SELECT 1; SELECT m!PREDICT(1)'],
  ['client_command', 'SELECT ! a', 'SELECT NOT a'],
  ['template', 'SELECT {{ x }}', "SELECT {'a': {'b': 1}}"],
  ['template', 'SELECT 1 {% if x %}', "SELECT '{% if x %}'"],
  ['template', 'SELECT <% x %>', 'SELECT 1 < 2'],
  ['unexpected_character', 'SELECT 1 # x', "SELECT '#'"],
  ['unexpected_character', 'SELECT \\ 1', "SELECT '\\\\'"],
  ['unexpected_character', 'SELECT $ x', 'SELECT * FROM t MATCH_RECOGNIZE (PATTERN (^ a b | c $ ) DEFINE a AS TRUE)'],
  ['unexpected_character', 'SELECT a ~ b', 'LIST @%t'],
  ['unbalanced_bracket', 'SELECT (1', 'SELECT (1)'],
  ['unbalanced_bracket', 'SELECT 1)', 'SELECT (1)'],
  ['unbalanced_bracket', 'SELECT (1; SELECT 2)', 'SELECT (1); SELECT (2)'],
  ['unbalanced_bracket', 'SELECT [1}', 'SELECT [1]'],
  ['empty_statement', ' ; /* x */ ; -- y', ';;SELECT 1;;'],
]

describe('the lexical gate', () => {
  for (const [code, attack, twin] of CASES) {
    it(`${code}: ${JSON.stringify(attack)}, but not ${JSON.stringify(twin)}`, () => {
      assert.equal(refused(attack).code, code)
      understood(twin)
    })
  }

  it('says line and column, in code points', () => {
    assert.match(refused("SELECT '\u{1f600}',\r\n  '\u{1f600}' ` 1").text, /\(line 2, column 7\)$/)
  })

  it('counts the size in UTF-8 bytes', () => {
    const limits = { ...OPTIONS.limits, maxBytes: 12 }
    assert.equal(one("SELECT '\u00e4'", { ...OPTIONS, limits }).kind, 'SELECT')
    assert.equal(refused("SELECT '\u00e4\u00e4'", { ...OPTIONS, limits }).code, 'too_large')
    assert.equal(refused("SELECT '\u{1f600}'", { ...OPTIONS, limits }).code, 'too_large')
  })

  it('bounds nesting, chains and the number of statements', () => {
    const limits = { ...OPTIONS.limits, maxDepth: 5, maxChain: 5, maxStatements: 2 }
    const options = { ...OPTIONS, limits }
    const cases: readonly (readonly [string, string, string])[] = [
      ['too_deep', `SELECT ${'('.repeat(6)}1${')'.repeat(6)}`, `SELECT ${'('.repeat(5)}1${')'.repeat(5)}`],
      ['too_deep', `SELECT ${'CASE WHEN 1=1 THEN '.repeat(6)}1${' END'.repeat(6)}`, 'SELECT CASE WHEN a THEN 1 END'],
      ['chain_too_long', `SELECT 1${'+1'.repeat(6)}`, `SELECT 1${', 1+1'.repeat(50)}`],
      ['chain_too_long', `SELECT 1 WHERE a${' AND a'.repeat(6)}`, `SELECT 1 WHERE a IN (1${', 2'.repeat(50)})`],
      ['chain_too_long', `SELECT 1${' UNION SELECT 1'.repeat(6)}`, `SELECT 1${' UNION SELECT 1'.repeat(5)}`],
      ['chain_too_long', `SELECT a${'::int'.repeat(6)}`, `SELECT a::int${', a::int'.repeat(50)}`],
      ['chain_too_long', `SELECT a${'[0]'.repeat(6)}`, `SELECT a[0]${', a[0]'.repeat(50)}`],
      ['chain_too_long', `SELECT ${'NOT '.repeat(6)}a`, 'SELECT NOT NOT a'],
      ['chain_too_long', `SELECT ${'- '.repeat(6)}1`, 'SELECT - - 1'],
      ['too_many_statements', 'SELECT 1; SELECT 2; SELECT 3', 'SELECT 1; SELECT 2;;'],
    ]
    for (const [code, attack, twin] of cases) {
      assert.equal(refused(attack, options).code, code, attack)
      understood(twin, options)
    }
  })
})

describe('strings, comments and statements', () => {
  it('ends strings and comments where Snowflake does', () => {
    const kinds = (sql: string): readonly string[] => understood(sql).statements.map((statement) => statement.kind)
    assert.deepEqual(kinds("SELECT 'a\\'; DROP TABLE t; --'"), ['SELECT'])
    assert.deepEqual(kinds("SELECT 'a\\\\'; DROP TABLE t; --'"), ['SELECT', 'DROP_TABLE'])
    assert.deepEqual(kinds("SELECT 'a''; DROP TABLE t; --'"), ['SELECT'])
    assert.deepEqual(kinds('SELECT "a""; DROP TABLE t; --"'), ['SELECT'])
    assert.deepEqual(kinds('SELECT "a\\"; DROP TABLE t; --"'), ['SELECT', 'DROP_TABLE'])
    assert.deepEqual(kinds("SELECT $$ ' ; DROP TABLE t $$"), ['SELECT'])
    assert.deepEqual(kinds('SELECT 1 // ; DROP TABLE t\n; DROP TABLE u'), ['SELECT', 'DROP_TABLE'])
    assert.deepEqual(kinds('SELECT 1 -- ; DROP TABLE t'), ['SELECT'])
    assert.deepEqual(kinds('SELECT 1 /* -- */ ; DROP TABLE t'), ['SELECT', 'DROP_TABLE'])
    assert.deepEqual(kinds('SELECT 1 -- /*\n; DROP TABLE t -- */'), ['SELECT', 'DROP_TABLE'])
    assert.deepEqual(kinds("SELECT '/*'; DROP TABLE t; SELECT '*/'"), ['SELECT', 'DROP_TABLE', 'SELECT'])
  })
})
