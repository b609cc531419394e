import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitStatements, tokenize } from './index.ts'

describe('splitStatements', () => {
  const cases: readonly (readonly [text: string, statements: readonly string[]])[] = [
    ['', []],
    [' ; ;-- nothing\n', []],
    ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['SELECT \';\' ; SELECT ";"', ["SELECT ';'", 'SELECT ";"']],
    ["SELECT 'it''s;', '\\';'; SELECT 2", ["SELECT 'it''s;', '\\';'", 'SELECT 2']],
    ['SELECT $$a;b$$; SELECT 2', ['SELECT $$a;b$$', 'SELECT 2']],
    ['SELECT 1 /* ; */ -- ;\n // ;\n ; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['SELECT 1 /* /* */ ; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['BEGIN; SELECT 1; COMMIT', ['BEGIN', 'SELECT 1', 'COMMIT']],
    ['BEGIN LET x := 1; RETURN x; END; SELECT 2', ['BEGIN LET x := 1; RETURN x; END', 'SELECT 2']],
    [
      'BEGIN BEGIN NULL; END; IF (1=1) THEN NULL; END IF; END; SELECT 2',
      ['BEGIN BEGIN NULL; END; IF (1=1) THEN NULL; END IF; END', 'SELECT 2'],
    ],
    [
      'DECLARE a INT; b INT; BEGIN RETURN CASE WHEN a THEN 1 END; END; SELECT 2',
      ['DECLARE a INT; b INT; BEGIN RETURN CASE WHEN a THEN 1 END; END', 'SELECT 2'],
    ],
    [
      'CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS BEGIN NULL; END; CALL p()',
      ['CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS BEGIN NULL; END', 'CALL p()'],
    ],
    [
      'CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END; SELECT 1',
      ['CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END', 'SELECT 1'],
    ],
    ['PUT file:///tmp/a @~;', ['PUT file:///tmp/a @~']],
  ]
  for (const [text, statements] of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(splitStatements(text), statements))
  }

  it('keeps any text inside a literal together', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
        const statements = splitStatements(`SELECT ${literal(a)}; SELECT ${literal(b)};`)
        assert.deepEqual(statements, [`SELECT ${literal(a)}`, `SELECT ${literal(b)}`])
        assert.equal(tokenize(statements[0] ?? '')[1]?.text, a)
      }),
    )
  })
})
