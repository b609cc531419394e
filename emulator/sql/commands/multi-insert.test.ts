import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from '../test-account.ts'

const CASES: readonly Case[] = [
  ['CREATE TABLE E (ID INT, NAME VARCHAR, MGR INT, DEPT VARCHAR, "low" INT)', [['Table E successfully created.']]],
  ["INSERT INTO E VALUES (1,'ann',NULL,'a',1),(2,'bob',1,'a',2),(3,'cyd',1,'b',3),(4,'dan',2,'b',4)", [['4']]],
  ['CREATE TABLE A (ID INT, N VARCHAR)', [['Table A successfully created.']]],
  ["CREATE TABLE B (ID INT, N VARCHAR DEFAULT 'd')", [['Table B successfully created.']]],
  ['CREATE TABLE C (ID INT, T TIMESTAMP_TZ, V VARIANT)', [['Table C successfully created.']]],
  [
    "INSERT ALL INTO a INTO b (id) VALUES (id + 100) INTO c (id, v) VALUES (id, OBJECT_CONSTRUCT('n', name)) SELECT id, name FROM e",
    [['4', '4', '4']],
  ],
  ['SELECT (SELECT COUNT(*) FROM a), (SELECT SUM(id) FROM b), (SELECT MAX(v:n::STRING) FROM c)', [['4', '410', 'dan']]],
  [
    'INSERT ALL WHEN id > 3 THEN INTO a WHEN id > 1 THEN INTO a INTO b ELSE INTO c (id) VALUES (id) SELECT id, name FROM e',
    [['4', '3', '1']],
  ],
  [
    'INSERT FIRST WHEN id > 3 THEN INTO a WHEN id > 1 THEN INTO b ELSE INTO c (id) VALUES (id) SELECT id, name FROM e',
    [['1', '2', '1']],
  ],
  ['INSERT OVERWRITE ALL INTO a INTO b SELECT id, name FROM e WHERE id < 3', [['2', '2']]],
  ['SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b)', [['2', '2']]],
  ['INSERT ALL INTO a INTO a VALUES (id) SELECT id, name FROM e', '002020'],
  ['INSERT ALL INTO nosuch SELECT 1', '002003'],
  ['SELECT COUNT(*) FROM a', [['2']]],
]

describe('inserts into several tables', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.run('CREATE DATABASE D')
  })
  after(() => account.close())

  for (const [sql, expected] of CASES) {
    it(`${sql} ${typeof expected === 'string' ? `fails with ${expected}` : 'runs'}`, () =>
      account.check([[sql, expected]]))
  }
})
