import { after, before, describe, it } from 'node:test'
import { type Case, TestAccount } from '../test-account.ts'

const CASES: readonly Case[] = [
  ['CREATE TABLE E (ID INT)', [['Table E successfully created.']]],
  ['INSERT INTO E VALUES (1)', [['1']]],
  ['SELECT * FROM e AT(OFFSET => 0)', [['1']]],
  ['SELECT * FROM e AT(OFFSET => -60*60)', '000707'],
  ["SELECT * FROM e AT(TIMESTAMP => '2020-01-01 00:00:00'::TIMESTAMP_LTZ)", '000707'],
  ['SELECT x.id FROM e AT(TIMESTAMP => DATEADD(minute, 5, CURRENT_TIMESTAMP())) x', [['1']]],
  ["SELECT * FROM e BEFORE(TIMESTAMP => '2020-01-01'::TIMESTAMP)", '000707'],
  ["SELECT * FROM e BEFORE(STATEMENT => '01b00000-0000-0000-0000-000000000001')", '000709'],
  ["SELECT * FROM e AT(TIMESTAMP => 'nonsense'::TIMESTAMP)", '100035'],
  ["SELECT * FROM e AT(STREAM => 's')", '000002'],
]

describe('time travel', () => {
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

  it('knows the times of former statements', async () => {
    await account.script('CREATE OR REPLACE TABLE R (ID INT)', 'INSERT INTO R VALUES (1)')
    const now = Date.now()
    const entry = {
      queryText: '',
      databaseName: null,
      schemaName: null,
      queryType: 'SELECT',
      sessionId: '4711',
      userName: 'ANNA',
      roleName: null,
      warehouseName: null,
      queryTag: '',
      executionStatus: 'SUCCESS',
      errorCode: null,
      errorMessage: null,
      rowsProduced: 1,
    } as const
    account.host.entries.push(
      { ...entry, queryId: 'insert', startTime: now - 1000, endTime: now + 1000 },
      { ...entry, queryId: 'later', startTime: now + 2000, endTime: now + 2001 },
    )
    await account.check([
      ["SELECT * FROM r AT(STATEMENT => 'insert')", [['1']]],
      ["SELECT * FROM r BEFORE(STATEMENT => 'insert')", '000707'],
      ["SELECT * FROM r BEFORE(STATEMENT => 'later')", [['1']]],
    ])
  })
})
