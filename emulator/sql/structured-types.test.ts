import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Column } from '../engine.ts'
import { TestAccount } from './test-account.ts'

/** Value, declared type as it is described, and the cell. */
const CASES: readonly (readonly [value: string, declared: string, cell: string])[] = [
  ["{'a': 1, 'B': 'x'}", 'OBJECT(a NUMBER(38,0), B VARCHAR(16777216))', '{"a":1,"B":"x"}'],
  ["{'a': 1, 'A': 2}", 'OBJECT(A NUMBER(38,0) NOT NULL, a NUMBER(5,2))', '{"A":2,"a":1.00}'],
  ['PARSE_JSON(\'{"a":null}\')', 'OBJECT(a BOOLEAN)', '{"a":null}'],
  ["{'a': {'b': [1, 2]}}", 'OBJECT(a OBJECT(b ARRAY(NUMBER(3,0))))', '{"a":{"b":[1,2]}}'],
  ["{'v': {'x': [true]}}", 'OBJECT(v VARIANT)', '{"v":{"x":[true]}}'],
  ["{'d': '2020-01-01'}", 'OBJECT(d DATE)', '{"d":"2020-01-01"}'],
  ["{'t': '2020-01-01 10:00:00.5'}", 'OBJECT(t TIMESTAMP_NTZ(9))', '{"t":"2020-01-01 10:00:00.500"}'],
  ["{'t': '2020-01-01 10:00:00 -02:30'}", 'OBJECT(t TIMESTAMP_TZ(9))', '{"t":"2020-01-01 10:00:00.000 -0230"}'],
  ["{'t': '10:00:01'}", 'OBJECT(t TIME(9))', '{"t":"10:00:01"}'],
  ['[1, null]', 'ARRAY(NUMBER(38,0))', '[1,null]'],
  ["['1', 2]", 'ARRAY(NUMBER(38,0) NOT NULL)', '[1,2]'],
  ["[{'a': 1.5}]", 'ARRAY(OBJECT(a FLOAT))', '[{"a":1.5}]'],
  ["{'x': 1, 'y': null}", 'MAP(VARCHAR(16777216), NUMBER(38,0))', '{"x":1}'],
  ["{'7': {'a': true}}", 'MAP(NUMBER(38,0), OBJECT(a BOOLEAN))', '{"7":{"a":true}}'],
]

const REFUSED = [
  "{'a': 1}::OBJECT(b INT)",
  "{'a': 1, 'b': 2}::OBJECT(a INT)",
  "{'A': 1}::OBJECT(a INT)",
  '[1]::OBJECT(a INT)',
  "{'a': 1}::ARRAY(INT)",
  '[1]::MAP(TEXT, INT)',
  '[1, null]::ARRAY(INT NOT NULL)',
]

/** Of an object, array or map: the names, types and nullability of its members. */
function membersOf({ fields }: Column): unknown {
  return fields?.map((field) => [field.name, field.type, field.nullable, ...(field.fields ? [membersOf(field)] : [])])
}

describe('structured types', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script('CREATE DATABASE D')
  })
  after(() => account.close())

  for (const [value, declared, cell] of CASES) {
    it(`${declared} keeps ${value} through a cast, a table, a view and CTAS`, async () => {
      const cast = await account.run(`SELECT ${value}::${declared} AS X, NULL::${declared} AS N`)
      assert.deepEqual(cast.rows, [[cell, null]])
      await account.script(
        `CREATE OR REPLACE TABLE T (X ${declared})`,
        `INSERT INTO T SELECT ${value}::${declared}`,
        'CREATE OR REPLACE VIEW V AS SELECT X FROM T',
        'CREATE OR REPLACE TABLE C AS SELECT * FROM V',
      )
      for (const query of ['SELECT X FROM T', 'SELECT * FROM V', 'SELECT * FROM C']) {
        const { columns, rows } = await account.run(query)
        assert.deepEqual(rows, [[cell]], query)
        assert.deepEqual(membersOf(columns[0]!), membersOf(cast.columns[0]!), query)
      }
      assert.equal((await account.run('DESCRIBE TABLE C')).rows[0]?.[1], declared)
      assert.deepEqual(JSON.parse(String(await account.cell('SELECT X::VARIANT FROM T'))), JSON.parse(cell))
    })
  }

  it('describes members by name, type and nullability', async () => {
    const { columns } = await account.run("SELECT {'a': 1, 'b': ['x']}::OBJECT(a INT NOT NULL, b ARRAY(TEXT)) AS O")
    assert.deepEqual(membersOf(columns[0]!), [
      ['a', 'fixed', false],
      ['b', 'array', true, [['', 'text', true]]],
    ])
  })

  it('lets paths and indexes in, and casts between structures', async () => {
    const object = "{'a': 1, 'b': ['x', 'y']}::OBJECT(a INT, b ARRAY(TEXT))"
    const { rows } = await account.run(
      `SELECT o:a::INT, o:b[1]::TEXT, o['a']::INT, o::OBJECT(a TEXT, b ARRAY(TEXT)), o::OBJECT FROM (SELECT ${object} AS o)`,
    )
    assert.deepEqual(rows, [['1', 'y', '1', '{"a":"1","b":["x","y"]}', '{"a":1,"b":["x","y"]}']])
  })

  for (const expression of REFUSED) {
    it(`refuses ${expression}`, async () => {
      await assert.rejects(account.run(`SELECT ${expression}`), { code: '100071' })
    })
  }
})
