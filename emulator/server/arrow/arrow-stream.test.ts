import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tableFromIPC, Vector } from 'apache-arrow'
import fc from 'fast-check'
import type { Cell, Column } from '../../engine.ts'
import { ArrowStream } from './arrow-stream.ts'
import { readArrowRows, writeArrowRows } from './index.ts'

function columnOf(type: string, changes: Partial<Column> = {}): Column {
  const [precision, scale, length] = [null, null, null]
  const described = { database: '', schema: '', table: '', nullable: true, byteLength: null, collation: null }
  return { name: 'C', type, precision, scale, length, ...described, ...changes }
}

const fixed = (scale = 0) => columnOf('fixed', { precision: 38, scale })
const vector = (type: string) => columnOf('vector', { vectorDimension: 2, fields: [columnOf(type)] })
const member = (type: string, name: string, changes: Partial<Column> = {}) => columnOf(type, { name, ...changes })
const object = columnOf('object', {
  fields: [
    member('fixed', 'n', { precision: 38, scale: 2 }),
    member('timestamp_tz', 't', { scale: 9 }),
    member('array', 'l', { fields: [member('boolean', '')] }),
    member('variant', 'v'),
  ],
})
const array = columnOf('array', { fields: [member('fixed', '', { precision: 18, scale: 0 })] })
const map = columnOf('map', { fields: [member('text', ''), member('date', '')] })
const MAX = '99999999999999999999999999999999999999'

/** Column, cells, and the type and values that Apache's own reader finds. */
const CASES: readonly (readonly [column: Column, cells: readonly Cell[], type: string, values: readonly unknown[]])[] =
  [
    [fixed(), ['1', null, '-128'], 'Int8', [1, null, -128]],
    [fixed(), ['128', null], 'Int16', [128, null]],
    [fixed(2), ['-327.68', '0.05'], 'Int16', [-32768, 5]],
    [fixed(), ['32768'], 'Int32', [32768]],
    [fixed(), ['-2147483649', '1'], 'Int64', [-2147483649n, 1n]],
    [fixed(), ['9223372036854775807'], 'Int64', [9223372036854775807n]],
    [
      fixed(),
      ['9223372036854775808', '-1'],
      'Decimal[38e0]',
      [['0', '2147483648', '0', '0'], Array(4).fill('4294967295')],
    ],
    [fixed(), [null, null], 'Int8', [null, null]],
    [columnOf('interval_year_month'), ['-14', null], 'Int64', [-14n, null]],
    [columnOf('interval_day_time'), ['9223372036854775808'], 'Decimal[38e0]', [['0', '2147483648', '0', '0']]],
    [columnOf('real'), ['1.5', 'inf', '-inf', 'NaN', null], 'Float64', [1.5, Infinity, -Infinity, NaN, null]],
    [columnOf('boolean'), ['1', '0', null], 'Bool', [true, false, null]],
    [columnOf('text'), ['a', '', '☃', null], 'Utf8', ['a', '', '☃', null]],
    [columnOf('variant'), ['{"a":1}', null], 'Utf8', ['{"a":1}', null]],
    [columnOf('binary'), ['F0A1', '', null], 'Binary', [[0xf0, 0xa1], [], null]],
    [columnOf('date'), ['19782', '-1', null], 'Date32<DAY>', [19782 * 86_400_000, -86_400_000, null]],
    [columnOf('time', { scale: 4 }), ['45296.1234', null], 'Int32', [452961234, null]],
    [columnOf('time', { scale: 9 }), ['45296.123456789'], 'Int64', [45296123456789n]],
    [columnOf('timestamp_ntz', { scale: 7 }), ['-0.5000000', null], 'Int64', [-5000000n, null]],
    [
      columnOf('timestamp_ltz', { scale: 9 }),
      ['-0.500000000', '1.000000001', null],
      'Struct<{epoch:Int64, fraction:Int32}>',
      [{ epoch: -1n, fraction: 500_000_000 }, { epoch: 1n, fraction: 1 }, null],
    ],
    [
      columnOf('timestamp_tz', { scale: 3 }),
      ['1.500 1560', null],
      'Struct<{epoch:Int64, timezone:Int32}>',
      [{ epoch: 1500n, timezone: 1560 }, null],
    ],
    [
      columnOf('timestamp_tz', { scale: 6 }),
      ['1.500000 1440', null],
      'Struct<{epoch:Int64, fraction:Int32, timezone:Int32}>',
      [{ epoch: 1n, fraction: 500_000_000, timezone: 1440 }, null],
    ],
    [
      columnOf('decfloat'),
      ['-1.5e10', null],
      'Struct<{exponent:Int16, significand:Binary}>',
      [{ exponent: 9, significand: [...Array(15).fill(0xff), 0xf1] }, null],
    ],
    [vector('real'), ['[1,2.5]', null], 'FixedSizeList[2]<Float32>', [[1, 2.5], null]],
    [array, ['[1,null]', null, '[]'], 'List<Int64>', [[1n, null], null, []]],
    [map, ['{"x":"1970-01-02"}', null], 'Map<{key:Utf8, value:Date32<DAY>}>', [{ x: 86_400_000 }, null]],
    [vector('fixed'), ['[1,-2]', null], 'FixedSizeList[2]<Int32>', [[1, -2], null]],
  ]

/** A value of Apache's reader as plain data. */
function plain(value: unknown): unknown {
  if (value instanceof Uint32Array) return [...value].map(String)
  if (value instanceof Uint8Array || value instanceof Vector) return [...value]
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries((value as { toJSON(): object }).toJSON())
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]))
}

describe('writeArrowRows', () => {
  for (const [column, cells, type, values] of CASES) {
    it(`writes ${column.type} ${cells.join(' ')} as ${type}`, () => {
      const stream = writeArrowRows(
        [column],
        cells.map((cell) => [cell]),
        [],
      )
      const found = tableFromIPC(stream).getChildAt(0)!
      assert.equal(String(found.type), type)
      assert.deepEqual([...found].map(plain), values)
    })
  }

  it('tells in the metadata of each field what drivers read there', () => {
    const columns = [
      { ...fixed(2), name: 'A' },
      { ...columnOf('timestamp_tz', { scale: 3 }), name: 'B' },
      columnOf('timestamp_tz', { scale: 9 }),
    ]
    const { fields } = tableFromIPC(writeArrowRows(columns, [[null, null, null]], [])).schema
    assert.deepEqual(
      fields.map(({ metadata }) => ['logicalType', 'precision', 'scale', 'byteLength'].map((key) => metadata.get(key))),
      [
        ['FIXED', '38', '2', '0'],
        ['TIMESTAMP_TZ', '38', '3', '8'],
        ['TIMESTAMP_TZ', '38', '9', '16'],
      ],
    )
  })

  it('keeps columns of the same name apart', () => {
    const columns = [columnOf('text'), columnOf('text')]
    const stream = writeArrowRows(columns, [['a', 'b']], [])
    assert.deepEqual(readArrowRows(columns, stream), [['a', 'b']])
  })

  it('declares no byte of padding as an offset', () => {
    const [length] = offsetsLength(writeArrowRows([columnOf('text')], [['a'], ['b']], []))
    assert.equal(length, 12)
  })

  it('gives every batch of a stream the type of its greatest number', () => {
    const stream = new ArrowStream([fixed()])
    for (const cell of ['1', '70000', '2']) stream.add([[cell]])
    const table = tableFromIPC(stream.toBytes())
    assert.deepEqual(
      table.batches.map((batch) => [String(batch.getChildAt(0)?.type), batch.getChildAt(0)?.get(0)]),
      [
        ['Int32', 1],
        ['Int32', 70000],
        ['Int32', 2],
      ],
    )
  })
})

/** Of the second buffer of a stream's one record batch, as its header declares it (Message.fbs, RecordBatch.buffers). */
function offsetsLength(stream: Uint8Array): readonly number[] {
  const bytes = Buffer.from(stream)
  const batchAt = 8 + bytes.readInt32LE(4)
  const header = bytes.subarray(batchAt + 8, batchAt + 8 + bytes.readInt32LE(batchAt + 4))
  const field = (table: number, index: number) => {
    const vtable = table - header.readInt32LE(table)
    return table + header.readUInt16LE(vtable + 4 + 2 * index)
  }
  const follow = (at: number) => at + header.readInt32LE(at)
  const batch = follow(field(header.readInt32LE(0), 2))
  const buffers = follow(field(batch, 2)) + 4
  return [Number(header.readBigInt64LE(buffers + 16 + 8))]
}

describe('readArrowRows', () => {
  it('gives back structured values', () => {
    const rows = [
      [
        `{"n":-${MAX.slice(2)}.99,"t":"2020-01-01 10:00:00.250 -0230","l":[true,null,false],"v":{"q":1.00}}`,
        '[7]',
        null,
      ],
      ['{"n":null,"t":null,"l":null,"v":null}', '[]', '{}'],
      [null, null, '{"a":"1969-12-31","b":null}'],
    ]
    const columns = [object, array, map]
    assert.deepEqual(readArrowRows(columns, writeArrowRows(columns, rows, [])), rows)
  })

  it('gives back the cells that were written', () => {
    const arbitrary = (make: fc.Arbitrary<string>) => fc.array(fc.option(make), { minLength: 1, maxLength: 9 })
    const integer = fc.bigInt({ min: -BigInt(MAX), max: BigInt(MAX) }).map(String)
    const instant = fc
      .tuple(fc.integer({ min: 1, max: 250_000_000_000 }), fc.nat(999_999_999), fc.boolean())
      .map(([seconds, nanos, isOld]) => `${isOld ? '-' : ''}${seconds}.${String(nanos).padStart(9, '0')}`)
    const kinds: readonly (readonly [Column, fc.Arbitrary<string>])[] = [
      [fixed(), integer],
      [fixed(), fc.integer().map(String)],
      [columnOf('text'), fc.string({ unit: 'binary' })],
      [columnOf('real'), fc.double().map((value) => (Number.isFinite(value) ? String(value + 0) : 'inf'))],
      [columnOf('binary'), fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase())],
      [columnOf('timestamp_ntz', { scale: 9 }), instant],
      [columnOf('timestamp_tz', { scale: 9 }), instant.map((text) => `${text} 1320`)],
      [columnOf('timestamp_ntz', { scale: 3 }), instant.map((text) => text.slice(0, -6))],
      [columnOf('boolean'), fc.constantFrom('0', '1')],
      [columnOf('date'), fc.integer({ min: -700_000, max: 2_900_000 }).map(String)],
    ]
    for (const [column, make] of kinds) {
      fc.assert(
        fc.property(arbitrary(make), (cells) => {
          const rows = cells.map((cell) => [cell])
          assert.deepEqual(readArrowRows([column], writeArrowRows([column], rows, [])), rows)
        }),
        { numRuns: 100 },
      )
    }
  })
})
