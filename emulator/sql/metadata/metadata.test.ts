import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Cell } from '../../engine.ts'
import { TestAccount } from '../test-account.ts'

const SETUP = [
  'CREATE DATABASE D',
  'CREATE TABLE CUSTOMERS (ID INT IDENTITY, REGION TEXT, EMAIL TEXT UNIQUE, CONSTRAINT CUSTOMERS_PK PRIMARY KEY (ID, REGION))',
  'CREATE TRANSIENT TABLE COUNTRIES (CODE VARCHAR(2) PRIMARY KEY)',
  `CREATE TABLE ORDERS (
     ID NUMBER PRIMARY KEY COMMENT 'its number', CUSTOMER INT, REGION TEXT DEFAULT 'EU',
     COUNTRY VARCHAR(2) REFERENCES COUNTRIES,
     CONSTRAINT BOUGHT_BY FOREIGN KEY (CUSTOMER, REGION) REFERENCES CUSTOMERS (ID, REGION))`,
  'CREATE TEMPORARY TABLE SCRATCH (N INT)',
]

describe('what clients ask about objects:', () => {
  let account: TestAccount

  before(async () => {
    account = await TestAccount.open()
    for (const sql of SETUP) await account.run(sql)
  })
  after(() => account.close())

  /** Some columns of each row. */
  async function picked(sql: string, ...names: string[]): Promise<Cell[][]> {
    const { columns, rows } = await account.run(sql)
    const places = names.map((name) => columns.findIndex((column) => column.name === name))
    return rows.map((row) => places.map((place) => row[place] ?? null))
  }

  const keys: readonly (readonly [sql: string, columns: readonly string[], expected: readonly (readonly Cell[])[]])[] =
    [
      [
        'SHOW PRIMARY KEYS IN TABLE CUSTOMERS',
        ['column_name', 'key_sequence', 'constraint_name'],
        [
          ['ID', '1', 'CUSTOMERS_PK'],
          ['REGION', '2', 'CUSTOMERS_PK'],
        ],
      ],
      ['SHOW /* a comment */ UNIQUE KEYS IN SCHEMA D.PUBLIC', ['table_name', 'column_name'], [['CUSTOMERS', 'EMAIL']]],
      [
        'SHOW IMPORTED KEYS IN TABLE ORDERS',
        ['fk_column_name', 'pk_table_name', 'pk_column_name', 'key_sequence', 'pk_name'],
        [
          ['COUNTRY', 'COUNTRIES', 'CODE', '1', 'SYS_CONSTRAINT_COUNTRIES_1'],
          ['CUSTOMER', 'CUSTOMERS', 'ID', '1', 'CUSTOMERS_PK'],
          ['REGION', 'CUSTOMERS', 'REGION', '2', 'CUSTOMERS_PK'],
        ],
      ],
      [
        'SHOW EXPORTED KEYS IN TABLE CUSTOMERS',
        ['fk_table_name', 'fk_column_name', 'fk_name'],
        [
          ['ORDERS', 'CUSTOMER', 'BOUGHT_BY'],
          ['ORDERS', 'REGION', 'BOUGHT_BY'],
        ],
      ],
      ['SHOW EXPORTED KEYS IN TABLE ORDERS', ['fk_name'], []],
      [
        'DESCRIBE TABLE CUSTOMERS',
        ['name', 'null?', 'default', 'primary key', 'unique key'],
        [
          ['ID', 'N', 'IDENTITY START 1 INCREMENT 1 NOORDER', 'Y', 'N'],
          ['REGION', 'N', null, 'Y', 'N'],
          ['EMAIL', 'Y', null, 'N', 'Y'],
        ],
      ],
    ]
  for (const [sql, columns, expected] of keys)
    it(sql, async () => assert.deepEqual(await picked(sql, ...columns), expected))

  it('SHOW OBJECTS tells tables from views alone, SHOW TABLES their kinds too', async () => {
    const kinds = (rows: Cell[][]) => Object.fromEntries(rows)
    assert.deepEqual(kinds(await picked('SHOW OBJECTS', 'name', 'kind')), {
      CUSTOMERS: 'TABLE',
      COUNTRIES: 'TABLE',
      ORDERS: 'TABLE',
      SCRATCH: 'TABLE',
    })
    const tables = kinds(await picked('SHOW TABLES', 'name', 'kind'))
    assert.deepEqual([tables.ORDERS, tables.COUNTRIES, tables.SCRATCH], ['TABLE', 'TRANSIENT', 'TEMPORARY'])
  })

  it('the information schema has keys, identities and the columns that catalogues select', async () => {
    assert.deepEqual(
      await picked(
        `SELECT TABLE_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE CONSTRAINT_NAME = 'BOUGHT_BY'`,
        'TABLE_NAME',
        'CONSTRAINT_TYPE',
      ),
      [['ORDERS', 'FOREIGN KEY']],
    )
    assert.equal(
      await account.cell('SELECT UNIQUE_CONSTRAINT_NAME FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS LIMIT 1'),
      'SYS_CONSTRAINT_COUNTRIES_1',
    )
    assert.deepEqual(
      await picked(
        `SELECT COLUMN_NAME, IS_IDENTITY, IDENTITY_START, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS
         WHERE TABLE_NAME = 'CUSTOMERS' ORDER BY ORDINAL_POSITION LIMIT 2`,
        'COLUMN_NAME',
        'IS_IDENTITY',
        'IDENTITY_START',
        'DATA_TYPE',
      ),
      [
        ['ID', 'YES', '1', 'NUMBER'],
        ['REGION', 'NO', null, 'TEXT'],
      ],
    )
    await account.run(
      'SELECT ROW_COUNT, BYTES, CLUSTERING_KEY, LAST_ALTERED, IS_DYNAMIC FROM INFORMATION_SCHEMA.TABLES',
    )
    assert.equal(await account.cell('SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES'), '0')
  })

  it('keys follow their table as it changes', async () => {
    await account.run('CREATE TABLE CHANGING (A INT, B INT)')
    const shown = () => picked('SHOW PRIMARY KEYS IN TABLE CHANGING', 'column_name', 'constraint_name')
    await account.run('ALTER TABLE CHANGING ADD CONSTRAINT MINE PRIMARY KEY (A)')
    await account.run('ALTER TABLE CHANGING RENAME COLUMN A TO C')
    assert.deepEqual(await shown(), [['C', 'MINE']])
    await assert.rejects(account.run('ALTER TABLE CHANGING ADD PRIMARY KEY (B)'), /primary key already exists/)
    await account.run('CREATE TABLE COPIED LIKE CHANGING')
    assert.equal((await picked('SHOW PRIMARY KEYS IN TABLE COPIED', 'column_name')).length, 1)
    await account.run('ALTER TABLE CHANGING DROP CONSTRAINT MINE')
    assert.deepEqual(await shown(), [])
    await account.run('ALTER TABLE CHANGING ADD PRIMARY KEY (B)')
    await account.run('ALTER TABLE CHANGING DROP COLUMN B')
    assert.deepEqual(await shown(), [])
    await assert.rejects(account.run('CREATE TABLE ASTRAY (A INT REFERENCES NOWHERE (X))'), /does not exist/)
  })

  it('GET_DDL gives defaults, comments and keys, and makes the same table again', async () => {
    const ddl = (await account.cell(`SELECT GET_DDL('TABLE', 'ORDERS')`)) ?? ''
    assert.equal(
      ddl,
      `create or replace TABLE ORDERS (
	ID NUMBER(38,0) NOT NULL COMMENT 'its number',
	CUSTOMER NUMBER(38,0),
	REGION VARCHAR(16777216) DEFAULT 'EU',
	COUNTRY VARCHAR(2),
	primary key (ID),
	foreign key (COUNTRY) references D.PUBLIC.COUNTRIES(CODE),
	constraint BOUGHT_BY foreign key (CUSTOMER, REGION) references D.PUBLIC.CUSTOMERS(ID, REGION)
);`,
    )
    await account.run(ddl)
    assert.equal(await account.cell(`SELECT GET_DDL('TABLE', 'ORDERS')`), ddl)
    await account.run('CREATE FUNCTION TWICE(N NUMBER) RETURNS NUMBER AS $$ N * 2 $$')
    assert.match((await account.cell(`SELECT GET_DDL('FUNCTION', 'TWICE(NUMBER)')`)) ?? '', /^CREATE FUNCTION TWICE/)
    const schema = (await account.cell(`SELECT GET_DDL('SCHEMA', 'D.PUBLIC')`)) ?? ''
    assert.match(schema, /^create or replace schema PUBLIC;/)
    assert.match(schema, /create or replace TRANSIENT TABLE COUNTRIES[\s\S]*CREATE FUNCTION TWICE/)
    await assert.rejects(account.run(`SELECT GET_DDL('FUNCTION', 'NO_SUCH(NUMBER)')`), /does not exist/)
  })

  it('a pipe is refused, not left out', async () => {
    await assert.rejects(account.run('SHOW TABLES ->> SELECT "name" FROM $1'), /Unsupported feature '->>'/)
  })

  it('a format of several constants is a constant', async () => {
    assert.equal(await account.cell(`SELECT TO_VARCHAR('2026-01-02'::DATE, 'yyyy-mm'||'-dd')`), '2026-01-02')
  })
})
