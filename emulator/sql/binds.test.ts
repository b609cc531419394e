import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Binding } from '../engine.ts'
import { TestAccount } from './test-account.ts'

/** Encodings of driver-protocol.md#bind-values, and the cell each comes back as. */
const CASES: readonly (readonly [type: string, value: string | null, wire: string, cell: string | null])[] = [
  ['FIXED', '42', 'fixed', '42'],
  ['FIXED', '-12.50', 'fixed', '-12.50'],
  ['REAL', '3.5', 'real', '3.5'],
  ['TEXT', "it's 🧊", 'text', "it's 🧊"],
  ['TEXT', null, 'text', null],
  ['BOOLEAN', 'true', 'boolean', '1'],
  ['DATE', '1577836800000', 'date', '18262'],
  ['TIME', '45296123456000', 'time', '45296.123456000'],
  ['TIMESTAMP_NTZ', '1577836800123456000', 'timestamp_ntz', '1577836800.123456000'],
  ['TIMESTAMP_LTZ', '1577836800000000000', 'timestamp_ltz', '1577836800.000000000'],
  ['TIMESTAMP_TZ', '1577836800123456789 1560', 'timestamp_tz', '1577836800.123456789 1560'],
  ['BINARY', '48656c6c6f', 'binary', '48656C6C6F'],
  ['VARIANT', '{"a":1}', 'variant', '{"a":1}'],
  ['ANY', null, 'text', null],
]

describe('binds', () => {
  let account: TestAccount
  before(async () => {
    account = await TestAccount.open()
    await account.script('CREATE DATABASE D')
  })
  after(() => account.close())

  for (const [type, value, wire, cell] of CASES) {
    it(`${type} ${value} by ? and by :1`, async () => {
      for (const sql of ['SELECT ? AS X', 'SELECT :1 AS X']) {
        const { columns, rows, result } = await account.run(sql, { bindings: { 1: { type, value } } })
        assert.deepEqual([columns[0]?.type, rows, result.numberOfBinds], [wire, [[cell]], 1])
      }
    })
  }

  it('takes values as values, never as SQL', async () => {
    const value = "x'; DROP TABLE t; --"
    assert.equal(await account.cell('SELECT ? -- ?', { 1: { type: 'TEXT', value } }), value)
    assert.equal(await account.cell("SELECT '?' || ?", { 1: { type: 'TEXT', value: '!' } }), '?!')
  })

  it('takes a bind as an index', async () => {
    const bindings = { 1: { type: 'ARRAY', value: '[7,8]' }, 2: { type: 'FIXED', value: '1' } }
    assert.equal(await account.cell('SELECT (?)[?]::INT', bindings), '8')
  })

  it('counts binds in the order of the text', async () => {
    const bindings: Record<string, Binding> = Object.fromEntries(
      [1, 2, 3].map((n) => [String(n), { type: 'FIXED', value: String(n) }]),
    )
    const { rows, result } = await account.run('SELECT a, ? AS b FROM (SELECT ? AS a) WHERE a < ?', { bindings })
    assert.deepEqual([rows, result.numberOfBinds], [[['2', '1']], 3])
  })

  it('describes a statement whose binds have no values yet', async () => {
    await account.script('CREATE OR REPLACE TABLE T (A INT, B VARCHAR)')
    const { result } = await account.run('INSERT INTO t VALUES (?, ?)', { describeOnly: true })
    assert.deepEqual(
      [result.statementTypeId, result.numberOfBinds, result.columns[0]?.name],
      [0x3100, 2, 'number of rows inserted'],
    )
    assert.equal(await account.cell('SELECT COUNT(*) FROM t'), '0')
  })

  it('inserts each row of an array bind', async () => {
    await account.script(
      'CREATE OR REPLACE TABLE T (A NUMBER(38,2), B VARCHAR, C VARIANT, D DATE, Z TIMESTAMP_TZ, F BINARY)',
    )
    const bindings: Record<string, Binding> = {
      1: { type: 'FIXED', value: ['1', '2.25', '12345678901234567890123456789012345'] },
      2: { type: 'TEXT', value: ['a', null, "c'"] },
      3: { type: 'TEXT', value: ['{"k":1}', null, '[2]'] },
      4: { type: 'DATE', value: ['1577836800000', null, '0'] },
      5: { type: 'TIMESTAMP_TZ', value: ['1577836800000000000 1560', null, '0 1440'] },
      6: { type: 'BINARY', value: ['ff', null, '00'] },
    }
    const sql = 'INSERT INTO t VALUES (?, ?, PARSE_JSON(?), ?, ?, ?)'
    const { rows, result } = await account.run(sql, { bindings })
    assert.deepEqual([rows, result.stats?.numRowsInserted], [[['3']], 3])
    assert.deepEqual((await account.run('SELECT * FROM t ORDER BY a')).rows, [
      ['1.00', 'a', '{"k":1}', '18262', '1577836800.000000000 1560', 'FF'],
      ['2.25', null, null, null, null, null],
      ['12345678901234567890123456789012345.00', "c'", '[2]', '0', '0.000000000 1440', '00'],
    ])
  })

  it('inserts no row of an array bind when one is refused', async () => {
    await account.script('CREATE OR REPLACE TABLE T (A INT)')
    const bindings = { 1: { type: 'TEXT', value: ['1', 'x', '3'] } }
    assert.equal((await account.failure('INSERT INTO t VALUES (?)', { bindings })).code, '100038')
    assert.equal(await account.cell('SELECT COUNT(*) FROM t'), '0')
  })
})
