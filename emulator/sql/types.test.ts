import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestAccount } from './test-account.ts'

/** Value, declared type, wire type, and the cell of driver-protocol.md#json-cells. */
const CASES: readonly (readonly [sql: string, declared: string, type: string, cell: string])[] = [
  ['42', 'NUMBER(38,0)', 'fixed', '42'],
  ['12.3', 'NUMBER(10,2)', 'fixed', '12.30'],
  ["'99999999999999999999999999999999999999'", 'NUMBER(38,0)', 'fixed', '99999999999999999999999999999999999999'],
  ["'-0.000000000001'", 'NUMBER(20,12)', 'fixed', '-0.000000000001'],
  ['3.5', 'FLOAT', 'real', '3.5'],
  ["'inf'", 'FLOAT', 'real', 'inf'],
  ["'-inf'", 'FLOAT', 'real', '-inf'],
  ["'NaN'", 'FLOAT', 'real', 'NaN'],
  ["'Grüße 🧊'", 'VARCHAR(20)', 'text', 'Grüße 🧊'],
  ['true', 'BOOLEAN', 'boolean', '1'],
  ['false', 'BOOLEAN', 'boolean', '0'],
  ["'2020-01-01'", 'DATE', 'date', '18262'],
  ["'1969-12-31'", 'DATE', 'date', '-1'],
  ["'12:34:56.123456789'", 'TIME(9)', 'time', '45296.123456789'],
  ["'12:34:56'", 'TIME(0)', 'time', '45296'],
  ["'2020-01-01 00:00:00.123456'", 'TIMESTAMP_NTZ(9)', 'timestamp_ntz', '1577836800.123456000'],
  ["'2020-01-01 00:00:00.123'", 'TIMESTAMP_NTZ(3)', 'timestamp_ntz', '1577836800.123'],
  ["'2020-01-01 00:00:00'", 'TIMESTAMP_NTZ(0)', 'timestamp_ntz', '1577836800'],
  ["'9999-12-31 00:00:00'", 'TIMESTAMP_NTZ(9)', 'timestamp_ntz', '253402214400.000000000'],
  ["'1969-12-31 23:59:59.5'", 'TIMESTAMP_NTZ(3)', 'timestamp_ntz', '-0.500'],
  ["'2020-01-01 00:00:00'", 'TIMESTAMP_LTZ(9)', 'timestamp_ltz', '1577836800.000000000'],
  ["'2020-01-01 02:00:00.123456789 +02:00'", 'TIMESTAMP_TZ(9)', 'timestamp_tz', '1577836800.123456789 1560'],
  ["'2019-12-31 16:00:00 -0800'", 'TIMESTAMP_TZ(0)', 'timestamp_tz', '1577836800 960'],
  ["TO_BINARY('48656c6c6f')", 'BINARY', 'binary', '48656C6C6F'],
  ['PARSE_JSON(\'{"a": [1, null, "x"]}\')', 'VARIANT', 'variant', '{"a":[1,null,"x"]}'],
  ["OBJECT_CONSTRUCT('b', 2, 'a', 'x')", 'OBJECT', 'object', '{"a":"x","b":2}'],
  ["ARRAY_CONSTRUCT(1, 'x', TRUE)", 'ARRAY', 'array', '[1,"x",true]'],
  ['[1.5, 2.5]::VECTOR(FLOAT, 2)', 'VECTOR(FLOAT, 2)', 'vector', '[1.5,2.5]'],
  ["'POINT(1 2)'", 'GEOGRAPHY', 'object', '{"coordinates":[1,2],"type":"Point"}'],
  ["'1.5e40'", 'DECFLOAT', 'decfloat', '1.5e40'],
  ['[1, 2]', 'ARRAY(NUMBER(5,0))', 'array', '[1,2]'],
  ["{'x': 1}", 'MAP(VARCHAR, NUMBER(5,0))', 'map', '{"x":1}'],
]

describe('types', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script('CREATE DATABASE D')
  })
  after(() => account.close())

  for (const [value, declared, type, cell] of CASES) {
    it(`${declared} keeps ${value} through a cast, a table, a view, CTAS and a subquery`, async () => {
      const cast = await account.run(`SELECT ${value}::${declared} AS X, NULL::${declared} AS N`)
      assert.deepEqual([cast.columns[0]?.type, cast.rows], [type, [[cell, null]]])
      await account.script(
        `CREATE OR REPLACE TABLE T (X ${declared}, N ${declared})`,
        `INSERT INTO T SELECT ${value}::${declared}, NULL`,
        'CREATE OR REPLACE VIEW V AS SELECT X AS Y, N FROM T',
        'CREATE OR REPLACE TABLE C AS SELECT * FROM V',
      )
      const column = (await account.run('SELECT X, N FROM T')).columns[0]
      for (const query of [
        'SELECT X, N FROM T',
        'SELECT * FROM V',
        'SELECT * FROM C',
        'SELECT Y, N FROM (SELECT * FROM C)',
      ]) {
        const { columns, rows } = await account.run(query)
        assert.deepEqual(rows, [[cell, null]], query)
        assert.deepEqual({ ...columns[0], name: '', table: '' }, { ...column, name: '', table: '' }, query)
      }
      const described = (await account.run('DESCRIBE TABLE C')).rows[0]?.[1]
      assert.equal(described, (await account.run('DESCRIBE TABLE T')).rows[0]?.[1])
    })
  }

  it('reads intervals of several units, in literals and in casts', async () => {
    const { columns, rows } = await account.run(
      `SELECT INTERVAL '1-2' YEAR TO MONTH, '-1-2'::INTERVAL YEAR TO MONTH, INTERVAL '1 02:03:04.5' DAY TO SECOND,
        CAST('-1 02:03:04' AS INTERVAL DAY TO SECOND), INTERVAL '3' DAY`,
    )
    assert.deepEqual(rows, [['14', '-14', '93784500000000', '-93784000000000', '259200000000000']])
    assert.deepEqual(
      columns.map(({ type }) => type),
      ['interval_year_month', 'interval_year_month', ...Array(3).fill('interval_day_time')],
    )
  })

  it('keeps nanoseconds of a literal', async () => {
    assert.equal(await account.cell("SELECT '2020-01-01 00:00:00.123456789'::TIMESTAMP_NTZ"), '1577836800.123456789')
  })

  it('describes declared length, precision, nullability and source', async () => {
    await account.script('CREATE OR REPLACE TABLE L (A VARCHAR(7) NOT NULL, B NUMBER(9,3), C BINARY(5))')
    const { columns } = await account.run('SELECT a, b AS "b", c FROM l', { describeOnly: true })
    assert.deepEqual(
      columns.map(({ name, type, length, byteLength, precision, scale, nullable, table }) => [
        name,
        type,
        length,
        byteLength,
        precision,
        scale,
        nullable,
        table,
      ]),
      [
        ['A', 'text', 7, 28, null, null, false, 'L'],
        ['b', 'fixed', null, null, 9, 3, true, 'L'],
        ['C', 'binary', 5, 5, null, null, true, 'L'],
      ],
    )
  })

  it('reads LTZ text in the session time zone', async () => {
    const session = await account.openSession()
    await account.run("ALTER SESSION SET TIMEZONE = 'America/Los_Angeles'", { session })
    const { rows } = await account.run("SELECT '2020-01-01 00:00:00'::TIMESTAMP_LTZ, '2020-07-01'::TIMESTAMP_TZ(0)", {
      session,
    })
    assert.deepEqual(rows, [['1577865600.000000000', '1593586800 1020']])
  })
})
