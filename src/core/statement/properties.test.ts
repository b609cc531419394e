import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { analyseText } from './analyse.ts'
import { lex } from './lexer.ts'
import { redactSecrets } from './redact.ts'
import { Refusal } from './refusal.ts'
import { OPTIONS } from './support.testing.ts'
import type { Analysis, Span, StatementText } from './types.ts'

/** Pieces that meet in unhappy ways: quotes, comments, dollars, stages, brackets, and whole statements. */
const PIECES = [
  "'",
  '"',
  '$$',
  '$',
  '$1',
  '$v',
  '--',
  '//',
  '/*',
  '*/',
  '/',
  '*',
  '\\',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\t',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '@',
  '@s/a',
  '@~',
  '%',
  ':',
  '::',
  '?',
  '.',
  ',',
  '=',
  '=>',
  '->>',
  '!',
  '#',
  '`',
  '&x',
  '1',
  '1.5',
  'e',
  'x',
  "'a'",
  "'it''s'",
  "'\\''",
  '"q"',
  '$$d$$',
  '-- c\n',
  '/* c */',
  'CASE',
  'END',
  'BEGIN',
  'SELECT',
  'SELECT 1',
  'FROM t',
  'INSERT INTO t',
  'UPDATE',
  'EXPLAIN',
  'EXECUTE IMMEDIATE',
  'IDENTIFIER',
  'RESULT_SCAN(',
  'LAST_QUERY_ID()',
  'TABLE(',
  'TO_QUERY(',
  'USE',
  'SET',
  'ALTER SESSION SET',
  'CREATE TASK t AS',
  'CREATE PROCEDURE p() RETURNS INT AS',
  'AS PROCEDURE',
  'LANGUAGE PYTHON',
  'AI_COMPLETE(',
  'FROM @s',
  'CREATE TABLE',
  'ALTER USER',
  'DESC RESULT',
  'PUT file://a',
  'PASSWORD =',
  'ENCRYPT(',
  'ON USER',
  'WITH',
  'AS',
  'VALUES',
  '\u00a0',
  '\u202e',
  '\u{1f600}',
  '\u2019',
  '\0',
]
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''))
const spaced = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(' '))
const texts = fc.oneof(soup, spaced, fc.string({ unit: 'binary', maxLength: 200 }))

const STATEMENTS = [
  "SELECT 'a', 1.5 FROM t",
  "SELECT * FROM t WHERE a = 'b;c' -- d ; e\n",
  'USE ROLE r',
  "SET x = 'a'",
  'SELECT $$ ; $$, "a;b"',
  "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
  'LIST @s/secret',
  "CREATE USER u PASSWORD = 'hidden'",
  'SELECT GET_PRESIGNED_URL(@s, 1)',
  'BEGIN',
  "ALTER SESSION SET QUERY_TAG = 'tag'",
]
const RUNS = { numRuns: 2_000 }

function textOf(analysis: Analysis): StatementText {
  assert.ok(analysis.ok)
  return analysis.text
}

function assertInside(spans: readonly Span[], sqlText: string): void {
  let last = 0
  for (const { start, end } of spans) {
    assert.ok(start >= last && start < end && end <= sqlText.length, `${start}-${end} of ${sqlText.length}`)
    last = end
  }
}

describe('for every text', () => {
  it('never throws, and refuses with a code and a place', () => {
    fc.assert(
      fc.property(texts, (sqlText) => {
        const analysis = analyseText(sqlText, OPTIONS)
        if (analysis.ok) return
        assert.match(analysis.refusal.code, /^[a-z_]+$/)
        assert.match(analysis.refusal.text, /\(line \d+, column \d+\)$/)
        assertInside(analysis.refusal.secrets ?? [], sqlText)
      }),
      RUNS,
    )
  })

  it('gives spans that lie in the text, in order', () => {
    fc.assert(
      fc.property(texts, (sqlText) => {
        const analysis = analyseText(sqlText, OPTIONS)
        if (!analysis.ok) return
        assertInside(analysis.text.literals, sqlText)
        assertInside(analysis.text.secrets, sqlText)
        assertInside(
          analysis.text.statements.map((statement) => statement.span),
          sqlText,
        )
        const { sql, cut } = redactSecrets(sqlText, analysis.text.secrets, () => '')
        assert.equal(cut, analysis.text.secrets.length)
        if (cut === 0) assert.equal(sql, sqlText)
      }),
      RUNS,
    )
  })

  it('finds each unit in one token, in one comment, or in white space', () => {
    fc.assert(
      fc.property(texts, (sqlText) => {
        try {
          const { tokens, comments } = lex(sqlText)
          const parts = [...tokens, ...comments].sort((a, b) => a.start - b.start)
          let read = 0
          let rejoined = ''
          for (const { start, end } of parts) {
            assert.match(sqlText.slice(read, start), /^[ \t\r\n]*$/)
            rejoined += sqlText.slice(read, end)
            read = end
          }
          assert.match(sqlText.slice(read), /^[ \t\r\n]*$/)
          assert.equal(rejoined + sqlText.slice(read), sqlText)
        } catch (error) {
          assert.ok(error instanceof Refusal)
        }
      }),
      RUNS,
    )
  })
})

describe('for every statement', () => {
  it('has a shape without its literals', () => {
    // The marker is in no name, so wherever it shows up it came from a value.
    const value = fc.string({
      unit: fc.constantFrom('a', "'", '\\', '"', ' ', '-', '/', '*', '\n', '\u00e9'),
      maxLength: 12,
    })
    const literal = fc.oneof(
      value.map((text) => `'ZQ${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`),
      value.map((text) => `$$ZQ${text.replaceAll('\\', '')} $$`),
      fc.nat().map((number) => `7351${number}`),
    )
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 6 }), (literals) => {
        const sqlText = `SELECT f(${literals.join(', ')}) FROM @s/ZQpath/7351.csv WHERE x = ${literals[0]} LIMIT 7351`
        const { shape, literals: spans } = textOf(analyseText(sqlText, OPTIONS))
        assert.ok(!/ZQ|7351/.test(shape), shape)
        assert.equal(spans.length, literals.length + 3)
      }),
      RUNS,
    )
  })

  it('is understood in a multi-statement as it is alone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 8 }), (parts) => {
        const sqlText = parts.join(';')
        const whole = textOf(analyseText(sqlText, OPTIONS))
        let offset = 0
        const alone = parts.flatMap((part) => {
          const { statements } = textOf(analyseText(part, OPTIONS))
          const moved = statements.map((statement) => ({
            ...statement,
            span: { start: statement.span.start + offset, end: statement.span.end + offset },
          }))
          offset += part.length + 1
          return moved
        })
        assert.deepEqual(whole.statements, alone)
      }),
      { numRuns: 300 },
    )
  })
})

describe('time', () => {
  /** Texts on which a careless reader takes time that grows with the square of the length. */
  const SLOW: readonly ((size: number) => string)[] = [
    (size) => `SELECT '${'a'.repeat(size)}'`,
    (size) => `SELECT 1 -- ${'a_key'.repeat(size / 5)}`,
    (size) => `SELECT '${'eyJ-'.repeat(size / 4)}'`,
    (size) => `SELECT '${'a://'.repeat(size / 4)}'`,
    (size) => `CREATE FUNCTION f() RETURNS INT AS $$${'x_key="'.repeat(size / 7)}$$`,
    (size) => `ALTER USER u SET ${'PASSWORD '.repeat(size / 9)}`,
    (size) => 'EXPLAIN '.repeat(size / 8),
    (size) => 'CREATE TASK t AS '.repeat(size / 17),
    (size) => `SELECT ${'TABLE('.repeat(90)}1${')'.repeat(90)}${", f('x')".repeat(size / 8)}`,
    (size) => `SELECT ${'a.'.repeat(size / 2)}a`,
    (size) => `SELECT 1${' ->> SELECT 1'.repeat(size / 13)}`,
    (size) => `SELECT ${'/* */'.repeat(size / 5)} 1`,
    (size) => `SELECT 1${'\n'.repeat(size)} \``,
    (size) => `GRANT a ON ${'ON USER x '.repeat(size / 10)} TO y`,
    (size) => `SET (${'a,'.repeat(size / 4)}b) = (${'1,'.repeat(size / 4)}2)`,
    (size) => `SELECT PASSWORD = ${"'a' || ".repeat(size / 7)}1`,
    (size) => `SELECT ${'ENCRYPT('.repeat(90)}1${')'.repeat(90)}, ${"'x',".repeat(size / 4)}1`,
  ]

  it('is linear in the length of the text', () => {
    for (const make of SLOW) {
      const sqlText = make(200_000)
      const before = performance.now()
      analyseText(sqlText, OPTIONS)
      const taken = performance.now() - before
      // Hundreds of times what it takes: a quadratic reader needs many seconds, also on a fast machine.
      assert.ok(taken < 4_000, `${Math.round(taken)} ms for ${sqlText.slice(0, 60)}`)
    }
  })
})
