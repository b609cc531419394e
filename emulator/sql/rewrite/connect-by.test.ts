import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from '../test-account.ts'

const CASES: readonly Case[] = [
  ['CREATE TABLE E (ID INT, NAME VARCHAR, MGR INT, DEPT VARCHAR, "low" INT)', [['Table E successfully created.']]],
  ["INSERT INTO E VALUES (1,'ann',NULL,'a',1),(2,'bob',1,'a',2),(3,'cyd',1,'b',3),(4,'dan',2,'b',4)", [['4']]],
  [
    'SELECT level, id FROM e START WITH mgr IS NULL CONNECT BY PRIOR id = mgr ORDER BY id',
    [
      ['1', '1'],
      ['2', '2'],
      ['2', '3'],
      ['3', '4'],
    ],
  ],
  [
    "SELECT e.id, LEVEL AS l, SYS_CONNECT_BY_PATH(name, '/') p, CONNECT_BY_ROOT name r, PRIOR name AS boss FROM e START WITH name = 'ann' CONNECT BY mgr = PRIOR id ORDER BY id",
    [
      ['1', '1', '/ann', 'ann', null],
      ['2', '2', '/ann/bob', 'ann', 'ann'],
      ['3', '2', '/ann/cyd', 'ann', 'ann'],
      ['4', '3', '/ann/bob/dan', 'ann', 'bob'],
    ],
  ],
  [
    'SELECT * FROM e START WITH mgr IS NULL CONNECT BY PRIOR id = mgr ORDER BY id',
    [
      ['1', 'ann', null, 'a', '1'],
      ['2', 'bob', '1', 'a', '2'],
      ['3', 'cyd', '1', 'b', '3'],
      ['4', 'dan', '2', 'b', '4'],
    ],
  ],
  [
    "SELECT id FROM e x WHERE x.dept = 'b' START WITH mgr IS NULL CONNECT BY PRIOR x.id = x.mgr AND LEVEL <= 2 ORDER BY id",
    [['3']],
  ],
  ['SELECT MAX(LEVEL), COUNT(*) FROM e START WITH mgr IS NULL CONNECT BY PRIOR id = mgr', [['3', '4']]],
  ['SELECT LEVEL FROM (SELECT 1 AS a) CONNECT BY LEVEL <= 4', [['1'], ['2'], ['3'], ['4']]],
  ['SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 3', [['1'], ['2'], ['3']]],
  ['SELECT 1 FROM DUAL', [['1']]],
  ['SELECT id FROM e START WITH mgr IS NULL CONNECT BY PRIOR "low" = mgr ORDER BY 1', [['1'], ['2'], ['3'], ['4']]],
  ['SELECT a.id FROM e a JOIN e b ON a.id = b.id START WITH a.mgr IS NULL CONNECT BY PRIOR a.id = a.mgr', '000002'],
]

describe('hierarchical queries', () => {
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
