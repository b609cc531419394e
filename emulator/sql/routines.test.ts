import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from './test-account.ts'

const GROUPS: readonly (readonly [title: string, cases: readonly Case[]])[] = [
  [
    'sequences give each asker the next value',
    [
      ['CREATE SEQUENCE SQ START = 10 INCREMENT = 5', [['Sequence SQ successfully created.']]],
      ['CREATE SEQUENCE SQ', '002002'],
      ['CREATE SEQUENCE IF NOT EXISTS SQ', [['SQ already exists, statement succeeded.']]],
      ['SELECT sq.NEXTVAL, d.public.sq.nextval', [['10', '15']]],
      ['CREATE TABLE ST (ID INT DEFAULT SQ.NEXTVAL, N VARCHAR)', [['Table ST successfully created.']]],
      ["INSERT INTO st (n) VALUES ('a'), ('b')", [['2']]],
      ['INSERT INTO st SELECT sq.nextval, name FROM e WHERE id = 1', [['1']]],
      [
        'SELECT * FROM st ORDER BY id',
        [
          ['20', 'a'],
          ['25', 'b'],
          ['30', 'ann'],
        ],
      ],
      ['SELECT nosuch.nextval', '000904'],
      ['DROP SEQUENCE SQ', [['SQ successfully dropped.']]],
      ['DROP SEQUENCE SQ', '002003'],
    ],
  ],
  [
    'scalar functions in SQL',
    [
      ["CREATE FUNCTION ADD1(X INT) RETURNS INT AS 'X + 1'", [['Function ADD1 successfully created.']]],
      ['SELECT ADD1(41), public.add1(1), d.public.add1(x => 2)', [['42', '2', '3']]],
      ['SELECT name, ADD1(ADD1(id)) FROM e WHERE ADD1(id) > 3', [['cyd', '5']]],
      ['SELECT ADD1(SUM(id)) FROM e', [['7']]],
      ["SELECT ADD1('x')", '100038'],
      [
        "CREATE FUNCTION TOP_SAL() RETURNS NUMBER(10,2) AS 'SELECT MAX(sal) FROM e'",
        [['Function TOP_SAL successfully created.']],
      ],
      ['SELECT sal / TOP_SAL() FROM e WHERE id = 1', [['0.33333333']]],
      [
        'CREATE FUNCTION NAME_OF(I INT) RETURNS VARCHAR AS $$ SELECT name FROM e WHERE id = i $$',
        [['Function NAME_OF successfully created.']],
      ],
      ['SELECT id, NAME_OF(id) FROM e WHERE id < 2', [['1', 'ann']]],
      ['CREATE VIEW VF AS SELECT NAME_OF(id) AS nm FROM d.public.e', [['View VF successfully created.']]],
      ['SELECT MAX(nm) FROM vf', [['cyd']]],
      [
        "CREATE FUNCTION GREET(N VARCHAR, P VARCHAR DEFAULT 'hi ') RETURNS VARCHAR AS $$ P || N $$",
        [['Function GREET successfully created.']],
      ],
      ["SELECT GREET('bob'), GREET('bob', 'yo ')", [['hi bob', 'yo bob']]],
      ['SELECT GREET()', '001044'],
      ["CREATE OR REPLACE FUNCTION ADD1(X INT) RETURNS INT AS 'X + 100'", [['Function ADD1 successfully created.']]],
      ["CREATE FUNCTION ADD1(X INT) RETURNS INT AS 'X'", '002002'],
      ['SELECT ADD1(1)', [['101']]],
      ['DROP FUNCTION ADD1(VARCHAR)', '002003'],
      ['DROP FUNCTION ADD1(NUMBER)', [['ADD1 successfully dropped.']]],
      ['SELECT ADD1(1)', '002140'],
      ['SELECT d.public.nofn(1)', '002140'],
      [
        "CREATE FUNCTION JSF(X FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT AS 'return X;'",
        [['Function JSF successfully created.']],
      ],
      ['SELECT JSF(1)', '000002'],
    ],
  ],
  [
    'table functions in SQL',
    [
      [
        'CREATE FUNCTION TF(N INT) RETURNS TABLE (ID INT, NM VARCHAR) AS $$ SELECT id, name FROM e WHERE id <= n $$',
        [['Function TF successfully created.']],
      ],
      [
        'SELECT * FROM TABLE(TF(2)) ORDER BY 1',
        [
          ['1', 'ann'],
          ['2', 'bob'],
        ],
      ],
      ['SELECT e.name, COUNT(t.nm) FROM e, TABLE(d.public.tf(e.id)) t WHERE e.id = 3 GROUP BY 1', [['cyd', '3']]],
      ['SELECT * FROM TABLE(NOTF(2))', '002141'],
      ['SELECT TF(2)', '002140'],
    ],
  ],
  [
    'what was dropped comes back',
    [
      ['CREATE TABLE GONE AS SELECT 1 AS A', [['Table GONE successfully created.']]],
      ['DROP TABLE GONE', [['GONE successfully dropped.']]],
      ['SELECT * FROM gone', '002003'],
      ['CREATE TABLE GONE AS SELECT 2 AS A', [['Table GONE successfully created.']]],
      ['UNDROP TABLE GONE', '002002'],
      ['ALTER TABLE GONE RENAME TO GONE2', [['Statement executed successfully.']]],
      ['UNDROP TABLE d.public.gone', [['Table GONE successfully restored.']]],
      ['SELECT * FROM gone', [['1']]],
      ['UNDROP TABLE NEVER', '002003'],
      ['CREATE SCHEMA S2', [['Schema S2 successfully created.']]],
      ['CREATE TABLE INNER_T AS SELECT 7 AS A', [['Table INNER_T successfully created.']]],
      ["CREATE FUNCTION INNER_F() RETURNS INT AS '8'", [['Function INNER_F successfully created.']]],
      ['DROP SCHEMA D.S2', [['S2 successfully dropped.']]],
      ['SELECT * FROM d.s2.inner_t', '002003'],
      ['UNDROP SCHEMA D.S2', [['Schema S2 successfully restored.']]],
      ['SELECT a, d.s2.inner_f() FROM d.s2.inner_t', [['7', '8']]],
      ['DROP DATABASE D', [['D successfully dropped.']]],
      ['UNDROP DATABASE D', [['Database D successfully restored.']]],
      ['SELECT COUNT(*) FROM d.public.e', [['3']]],
    ],
  ],
]

describe('routines, sequences and what was dropped', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script(
      'CREATE DATABASE D',
      'CREATE TABLE E (ID INT, NAME VARCHAR, SAL NUMBER(10,2))',
      "INSERT INTO E VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'cyd', 30)",
    )
  })
  after(() => account.close())

  for (const [title, cases] of GROUPS) it(title, () => account.check(cases))
})
