import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from '../test-account.ts'

const CASES: readonly Case[] = [
  ['BEGIN LET x := 1; RETURN x; END', [['1']]],
  ['BEGIN RETURN 1; END;', [['1']]],
  ['DECLARE x INT DEFAULT 5; BEGIN RETURN x * 2; END', [['10']]],
  ['EXECUTE IMMEDIATE $$ BEGIN RETURN 3; END; $$', [['3']]],
  ["EXECUTE IMMEDIATE 'SELECT ? + ?' USING (1, 2)", [['3']]],
  ['BEGIN LET s := 0; FOR i IN 1 TO 10 DO s := s + i; END FOR; RETURN s; END', [['55']]],
  ["BEGIN LET s := ''; FOR i IN REVERSE 1 TO 3 LOOP s := s || i; END LOOP; RETURN s; END", [['321']]],
  ['BEGIN LET n := 0; WHILE (n < 5) DO n := n + 1; IF (n = 3) THEN BREAK; END IF; END WHILE; RETURN n; END', [['3']]],
  ['BEGIN LET n := 0; REPEAT n := n + 1; UNTIL (n >= 4) END REPEAT; RETURN n; END', [['4']]],
  [
    'BEGIN LET n := 0; LOOP n := n + 1; IF (n < 5) THEN CONTINUE; ELSEIF (n = 7) THEN EXIT; ELSE NULL; END IF; END LOOP; RETURN n; END',
    [['7']],
  ],
  [
    'DECLARE t NUMBER(10,2) := 0; c CURSOR FOR SELECT sal FROM e; BEGIN FOR r IN c DO t := t + r.sal; END FOR; RETURN t; END',
    [['60.00']],
  ],
  [
    'DECLARE v NUMBER; c CURSOR FOR SELECT id FROM e WHERE id > ? ORDER BY 1; lim INT := 1; BEGIN OPEN c USING (lim); FETCH c INTO v; FETCH c INTO v; CLOSE c; RETURN v; END',
    [['3']],
  ],
  [
    'DECLARE rs RESULTSET; BEGIN rs := (SELECT id, name FROM e WHERE id < 3 ORDER BY 1); RETURN TABLE(rs); END',
    [
      ['1', 'ann'],
      ['2', 'bob'],
    ],
  ],
  ["BEGIN LET rs RESULTSET := (EXECUTE IMMEDIATE 'SELECT COUNT(*) AS n FROM e'); RETURN TABLE(rs); END", [['3']]],
  ['DECLARE n INT; m VARCHAR; BEGIN SELECT id, name INTO :n, :m FROM e WHERE id = 2; RETURN n || m; END', [['2bob']]],
  ['DECLARE n INT; BEGIN SELECT id INTO n FROM e WHERE id = 99; RETURN n; END', '001003'],
  ['DECLARE n INT; BEGIN SELECT id INTO :n FROM e WHERE id = 99; RETURN n; END', '100335'],
  [
    "BEGIN LET x := 3; INSERT INTO e (id) VALUES (:x + 10); UPDATE e SET name = 'new' WHERE id = :x + 10; RETURN SQLROWCOUNT; END",
    [['1']],
  ],
  ["BEGIN LET t := 'E'; LET n := (SELECT COUNT(*) FROM IDENTIFIER(:t)); RETURN n; END", [['4']]],
  ['BEGIN SELECT * FROM nosuch; END', '002003'],
  ["BEGIN  LET x := 'a'; RETURN x + 1; END", '100038'],
  [
    "BEGIN SELECT * FROM nosuch; EXCEPTION WHEN STATEMENT_ERROR THEN RETURN SQLERRM || ' / ' || SQLCODE || ' / ' || SQLSTATE; END",
    [["SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized. / 2003 / 42S02"]],
  ],
  [
    "BEGIN LET x := 1/0; RETURN x; EXCEPTION WHEN OTHER THEN RETURN OBJECT_CONSTRUCT('t', 'other', 'c', SQLCODE, 'm', SQLERRM); END",
    [['{"c":100051,"m":"Division by zero","t":"other"}']],
  ],
  ["DECLARE my EXCEPTION (-20002, 'Raised it.'); BEGIN IF (TRUE) THEN RAISE my; END IF; END", '-20002'],
  [
    "DECLARE my EXCEPTION (-20002, 'Raised it.'); BEGIN RAISE my; EXCEPTION WHEN my THEN RETURN 'caught ' || SQLERRM; END",
    [['caught Raised it.']],
  ],
  [
    "DECLARE my EXCEPTION (-20002, 'Raised it.'); BEGIN BEGIN RAISE my; EXCEPTION WHEN OTHER THEN RAISE; END; EXCEPTION WHEN my THEN RETURN 'outer'; END",
    [['outer']],
  ],
  ["BEGIN CASE (2) WHEN 1 THEN RETURN 'one'; WHEN 2 THEN RETURN 'two'; ELSE RETURN 'many'; END CASE; END", [['two']]],
  [
    "BEGIN LET x := 5; CASE WHEN x < 3 THEN RETURN 'low'; ELSE RETURN CASE WHEN x = 5 THEN 'five' ELSE 'high' END; END; END",
    [['five']],
  ],
  [
    `BEGIN LET d DATE := '2024-01-05'; LET t TIMESTAMP_TZ := '2024-01-05 10:00:00 +02:00'; LET b BOOLEAN := TRUE; LET v VARIANT := PARSE_JSON('{"a":1}'); RETURN [d, b, v:a, t::VARCHAR]; END`,
    [['["2024-01-05",true,1,"2024-01-05 10:00:00.000 +0200"]']],
  ],
  [
    'BEGIN LET a ARRAY := [1,2]; LET s := 0; FOR i IN 0 TO ARRAY_SIZE(a) - 1 DO s := s + a[i]::INT; END FOR; RETURN s; END',
    [['3']],
  ],
  [
    "BEGIN LET sql := 'SELECT MAX(id) FROM e'; LET rs RESULTSET := (EXECUTE IMMEDIATE :sql); LET c CURSOR FOR rs; OPEN c; LET m INT := 0; FETCH c INTO m; RETURN m; END",
    [['13']],
  ],
  [
    "BEGIN EXECUTE IMMEDIATE 'CREATE OR REPLACE TABLE Z' || 1 || ' (A INT)'; EXECUTE IMMEDIATE 'INSERT INTO z1 SELECT ?' USING (7); END",
    [[null]],
  ],
  [
    "BEGIN LET v := 7; EXECUTE IMMEDIATE 'INSERT INTO z1 SELECT ?' USING (v); RETURN (SELECT SUM(a) FROM z1); END",
    [['14']],
  ],
  [
    "CREATE OR REPLACE PROCEDURE P(A INT, B VARCHAR DEFAULT 'dflt') RETURNS VARCHAR LANGUAGE SQL AS $$ BEGIN RETURN 'got ' || A || ' ' || :b; END $$",
    [['Procedure P successfully created.']],
  ],
  ['CALL P(5)', [['got 5 dflt']]],
  ["CALL P(5, 'x')", [['got 5 x']]],
  ["CALL d.public.p(b => 'y', a => 6)", [['got 6 y']]],
  ['CALL P()', '001044'],
  ['CALL NOPE()', '002140'],
  [
    'CREATE PROCEDURE PB(N INT) RETURNS INT LANGUAGE SQL AS BEGIN LET s := 0; FOR i IN 1 TO n DO IF (i > 2) THEN s := s + i; END IF; END FOR; RETURN s; END',
    [['Procedure PB successfully created.']],
  ],
  ['CALL PB(4)', [['7']]],
  [
    'CREATE PROCEDURE PT() RETURNS TABLE(ID INT, NAME VARCHAR) LANGUAGE SQL AS $$ DECLARE r RESULTSET DEFAULT (SELECT id, name FROM e WHERE id < 3 ORDER BY id); BEGIN RETURN TABLE(r); END $$',
    [['Procedure PT successfully created.']],
  ],
  [
    'CALL PT()',
    [
      ['1', 'ann'],
      ['2', 'bob'],
    ],
  ],
  [
    'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
    [
      ['1', 'ann'],
      ['2', 'bob'],
    ],
  ],
  ['SELECT name FROM TABLE(PT())', '002141'],
  ['BEGIN LET r := 0; CALL PB(4) INTO :r; RETURN r + 1; END', [['8']]],
  [
    'CREATE PROCEDURE REC(N INT) RETURNS INT LANGUAGE SQL AS $$ DECLARE r INT := 0; BEGIN IF (n <= 1) THEN RETURN 1; END IF; CALL REC(:n - 1) INTO :r; RETURN n * r; END $$',
    [['Procedure REC successfully created.']],
  ],
  ['CALL REC(5)', [['120']]],
  [
    'BEGIN BEGIN TRANSACTION; INSERT INTO e (id) VALUES (77); ROLLBACK; RETURN (SELECT COUNT(*) FROM e WHERE id = 77); END',
    [['0']],
  ],
  ['BEGIN LET x := 1', '001003'],
  ['BEGIN FOO; END', '001003'],
  ['BEGIN x := 1; END', '000904'],
  ['BEGIN IF (1 = 1) RETURN 1; END IF; END', '001003'],
  ['BEGIN END', [[null]]],
  ['BEGIN NULL; END', [[null]]],
  ["EXECUTE IMMEDIATE 'BEGIN RETURN ?; END' USING (5)", [['5']]],
  ['DROP PROCEDURE P(INT, VARCHAR)', [['P successfully dropped.']]],
]

describe('scripting', () => {
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

  for (const [sql, expected] of CASES) {
    it(`${sql} ${typeof expected === 'string' ? `fails with ${expected}` : 'runs'}`, () =>
      account.check([[sql, expected]]))
  }

  it('says where an exception began that nothing handled', async () => {
    const statement = await account.failure('BEGIN\n  NULL;\n    SELECT * FROM nosuch;\nEND')
    assert.equal(
      statement.message,
      "Uncaught exception of type 'STATEMENT_ERROR' on line 3 at position 4 : SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized.",
    )
    const raised = await account.failure("DECLARE e EXCEPTION (-20001, 'No.'); BEGIN RAISE e; END")
    assert.deepEqual(
      [raised.code, raised.sqlState, raised.message],
      ['-20001', 'P0001', "Uncaught exception of type 'E' on line 1 at position 43 : No."],
    )
  })

  it('names its column after the procedure, or calls it an anonymous block', async () => {
    await account.run("CREATE PROCEDURE NAMED() RETURNS NUMBER(5,2) LANGUAGE SQL AS 'BEGIN RETURN 1; END'")
    const called = await account.run('CALL named()')
    assert.deepEqual(
      [called.columns[0]?.name, called.columns[0]?.scale, called.rows, called.result.statementTypeId],
      ['NAMED', 2, [['1.00']], 0x9000],
    )
    const block = await account.run('BEGIN RETURN TRUE; END')
    assert.deepEqual(
      [block.columns[0]?.name, block.columns[0]?.type, block.rows],
      ['anonymous block', 'boolean', [['1']]],
    )
  })

  it('binds what the client sends, in the order of the whole block', async () => {
    const bindings = { 1: { type: 'FIXED', value: '2' }, 2: { type: 'TEXT', value: "it's" } }
    const { rows, result } = await account.run('BEGIN LET a := ?; RETURN a || ?; END', { bindings })
    assert.deepEqual([rows, result.numberOfBinds], [[["2it's"]], 2])
  })

  it('looks names up in the schema of a procedure of its owner, and of its caller otherwise', async () => {
    await account.script(
      'CREATE SCHEMA D.S2',
      'CREATE TABLE D.S2.E (ID INT)',
      "CREATE PROCEDURE D.S2.OWN() RETURNS INT LANGUAGE SQL AS 'BEGIN RETURN (SELECT COUNT(*) FROM e); END'",
      "CREATE PROCEDURE D.S2.CALLERS() RETURNS INT LANGUAGE SQL EXECUTE AS CALLER AS 'BEGIN RETURN (SELECT COUNT(*) FROM e); END'",
      'USE SCHEMA D.PUBLIC',
    )
    assert.equal(await account.cell('CALL d.s2.own()'), '0')
    assert.notEqual(await account.cell('CALL d.s2.callers()'), '0')
    assert.equal(account.session.context.schema, 'PUBLIC')
  })

  it('changes nothing when only described, and ends when aborted', async () => {
    await account.run('BEGIN CREATE TABLE NEVER (A INT); END', { describeOnly: true })
    assert.equal((await account.failure('SELECT * FROM never')).code, '002003')
    const controller = new AbortController()
    const failure = account.failure('BEGIN LOOP NULL; END LOOP; END', { signal: controller.signal })
    setImmediate(() => controller.abort())
    assert.equal((await failure).code, '000604')
  })
})
