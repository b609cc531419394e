import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

describe('statements', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open({ withShop: true })
    await account.script('CREATE DATABASE D')
  })
  after(() => account.close())

  it('answers DML with counts, type ids and stats', async () => {
    await account.script(
      'CREATE TABLE T (ID INT, N VARCHAR)',
      'CREATE TABLE U (ID INT, N VARCHAR)',
      "INSERT INTO U VALUES (2, 'two'), (3, 'three')",
    )
    const cases: readonly (readonly [sql: string, typeId: number, names: string[], row: string[]])[] = [
      ["INSERT INTO t (n, id) VALUES ('a', 1), ('b', 2)", 0x3100, ['number of rows inserted'], ['2']],
      ['INSERT INTO t SELECT * FROM u WHERE id = 3', 0x3100, ['number of rows inserted'], ['1']],
      [
        "UPDATE t SET n = 'z' WHERE id = 1",
        0x3200,
        ['number of rows updated', 'number of multi-joined rows updated'],
        ['1', '0'],
      ],
      [
        'UPDATE t SET t.n = u.n FROM u WHERE t.id = u.id',
        0x3200,
        ['number of rows updated', 'number of multi-joined rows updated'],
        ['2', '0'],
      ],
      ['DELETE FROM t USING u WHERE t.id = u.id AND u.id = 3', 0x3300, ['number of rows deleted'], ['1']],
      [
        "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET n = u.n || '!' WHEN NOT MATCHED THEN INSERT (id, n) VALUES (u.id, u.n)",
        0x3400,
        ['number of rows inserted', 'number of rows updated'],
        ['1', '1'],
      ],
      ['INSERT OVERWRITE INTO u SELECT 9, NULL', 0x3100, ['number of rows inserted'], ['1']],
    ]
    for (const [sql, typeId, names, row] of cases) {
      const described = await account.run(sql, { describeOnly: true })
      const { columns, rows, result } = await account.run(sql)
      assert.deepEqual(
        [columns.map((column) => column.name), rows, result.statementTypeId],
        [names, [row], typeId],
        sql,
      )
      assert.deepEqual(described.columns, columns, sql)
      assert.equal(
        Object.values(result.stats ?? {}).reduce((sum, count) => sum + count, 0),
        row.reduce((sum, count) => sum + Number(count), 0),
      )
    }
    assert.deepEqual((await account.run('SELECT * FROM t ORDER BY id')).rows, [
      ['1', 'z'],
      ['2', 'two!'],
      ['3', 'three'],
    ])
    assert.deepEqual((await account.run('SELECT * FROM u')).rows, [['9', null]])
  })

  const statuses: readonly (readonly [sql: string, status: string, typeId: number])[] = [
    ['CREATE TABLE A (X INT DEFAULT 5, Y INT AUTOINCREMENT, Z VARCHAR)', 'Table A successfully created.', 0x6000],
    ['CREATE TABLE IF NOT EXISTS A (X INT)', 'A already exists, statement succeeded.', 0x6000],
    ["INSERT INTO A (Z) VALUES ('p'), ('q')", '2', 0x3100],
    ['ALTER TABLE A ADD COLUMN W NUMBER(5,2)', 'Statement executed successfully.', 0x6000],
    ['ALTER TABLE A RENAME COLUMN W TO "w w"', 'Statement executed successfully.', 0x6000],
    ['ALTER TABLE A DROP COLUMN "w w"', 'Statement executed successfully.', 0x6000],
    ['CREATE TABLE B CLONE A', 'Table B successfully created.', 0x6000],
    ['CREATE TABLE C LIKE A', 'Table C successfully created.', 0x6000],
    ['ALTER TABLE B RENAME TO B2', 'Statement executed successfully.', 0x6000],
    ['ALTER TABLE B2 SWAP WITH C', 'Statement executed successfully.', 0x6000],
    ['TRUNCATE TABLE C', 'Statement executed successfully.', 0x6000],
    ['CREATE OR REPLACE SECURE VIEW V COPY GRANTS AS SELECT Z FROM A', 'View V successfully created.', 0x6000],
    ['DROP VIEW V', 'V successfully dropped.', 0x6000],
    ['DROP TABLE IF EXISTS NOSUCH', 'Drop statement executed successfully (NOSUCH already dropped).', 0x6000],
    ['CREATE ROLE R', 'Role R successfully created.', 0x6000],
    ['CREATE TEMPORARY STAGE S', 'Stage area S successfully created.', 0x6000],
    ['GRANT SELECT ON TABLE A TO ROLE R', 'Statement executed successfully.', 0x6000],
    ['REVOKE ROLE R FROM USER ANNA', 'Statement executed successfully.', 0x6000],
    ['ALTER USER ANNA SET NETWORK_POLICY = P', 'Statement executed successfully.', 0x6000],
    ["EXECUTE IMMEDIATE 'CREATE TABLE E (A INT)'", 'Table E successfully created.', 0x6000],
    ['USE SCHEMA PUBLIC', 'Statement executed successfully.', 0x4300],
    ['BEGIN TRANSACTION', 'Statement executed successfully.', 0x5000],
    ['COMMIT', 'Statement executed successfully.', 0x5000],
    ['COPY INTO @s FROM a', '0', 0x3700],
  ]
  for (const [sql, status, typeId] of statuses) {
    it(sql, async () => {
      const { rows, result } = await account.run(sql)
      assert.deepEqual([rows[0]?.[0], result.statementTypeId], [status, typeId])
    })
  }

  it('keeps defaults and sequences of a table', async () => {
    assert.deepEqual((await account.run('SELECT x, y, z FROM a ORDER BY y')).rows, [
      ['5', '1', 'p'],
      ['5', '2', 'q'],
    ])
  })

  it('changes nothing when only described', async () => {
    await account.run('CREATE TABLE NEVER (A INT)', { describeOnly: true })
    assert.equal((await account.failure('SELECT * FROM never')).code, '002003')
  })

  it('answers PUT and GET with what the server must do', async () => {
    const put = await account.run("PUT 'file:///tmp/a b/*.csv' @~/x OVERWRITE = TRUE")
    assert.deepEqual(
      [put.result.fileTransfer, put.result.statementTypeId],
      [{ command: 'UPLOAD', localPath: '/tmp/a b/*.csv', stage: '@~/x' }, 0x7102],
    )
    const get = await account.run('GET @s/x file:///tmp/out')
    assert.deepEqual(
      [get.result.fileTransfer, get.result.statementTypeId],
      [{ command: 'DOWNLOAD', localPath: '/tmp/out', stage: '@s/x' }, 0x7101],
    )
  })

  it('invents what a gateway must not let out', async () => {
    const { columns, rows } = await account.run('ALTER USER ANNA ADD PROGRAMMATIC ACCESS TOKEN T1')
    assert.deepEqual(
      columns.map((column) => column.name),
      ['token_name', 'token_secret'],
    )
    assert.match(rows[0]?.[1] ?? '', /^invented-pat-/)
    assert.match(
      (await account.cell("SELECT GET_PRESIGNED_URL(@s, 'a.csv')")) ?? '',
      /^https:\/\/acme\.storage\.invalid\/presigned\/a\.csv\?/,
    )
    assert.match(
      (await account.cell("SELECT BUILD_SCOPED_FILE_URL('@s', 'a.csv')")) ?? '',
      /^https:\/\/acme\.storage\.invalid\/scoped\//,
    )
  })

  it('gives the definition of a table and of a view', async () => {
    await account.run('CREATE OR REPLACE TABLE G (A INT NOT NULL, "b" VARCHAR(3))')
    assert.equal(
      await account.cell("SELECT GET_DDL('TABLE', 'g')"),
      'create or replace TABLE G (\n\tA NUMBER(38,0) NOT NULL,\n\t"b" VARCHAR(3)\n);',
    )
    assert.match(
      (await account.cell("SELECT GET_DDL('VIEW', 'SHOP.CRM.CONTACT_LIST')")) ?? '',
      /^CREATE VIEW SHOP\.CRM\.CONTACT_LIST AS SELECT/,
    )
  })

  it('asks the host to cancel', async () => {
    assert.equal(await account.cell("SELECT SYSTEM$CANCEL_QUERY('q9')"), 'query terminated.')
    assert.deepEqual(account.host.canceled, [{ queryId: 'q9' }])
  })

  it('shows and describes what there is', async () => {
    const names = async (sql: string, at = 1) => (await account.run(sql)).rows.map((row) => row[at])
    assert.deepEqual(await names("SHOW TABLES LIKE 'a' IN DATABASE D"), ['A'])
    assert.ok((await names('SHOW DATABASES')).includes('SHOP'))
    assert.deepEqual(await names('SHOW SCHEMAS IN DATABASE SHOP'), ['PUBLIC', 'SALES', 'CRM', 'HR', 'PAYMENTS'])
    assert.deepEqual(await names('SHOW COLUMNS IN TABLE A', 2), ['X', 'Y', 'Z'])
    assert.ok((await names('SHOW VIEWS IN SCHEMA SHOP.CRM')).includes('CONTACT_LIST'))
    assert.ok((await names('SHOW ROLES')).includes('R'))
    assert.deepEqual(await names('SHOW WAREHOUSES', 0), ['COMPUTE_WH'])
    assert.deepEqual(
      await names(
        "SELECT column_name FROM shop.information_schema.columns WHERE table_name = 'CARDS' ORDER BY ordinal_position",
        0,
      ),
      ['CUSTOMER_ID', 'CARD_NUMBER', 'HOLDER', 'EXPIRES'],
    )
    assert.equal((await account.failure('SHOW TABLES IN SCHEMA nope')).code, '002043')
  })
})
