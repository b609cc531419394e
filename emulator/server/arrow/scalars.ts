/** Arrow's data of one record batch of one column, from Snowflake's JSON cells (driver-protocol.md#arrow-cells). */
import {
  Binary,
  Bool,
  type Data,
  DateDay,
  Field,
  Float64,
  Int16,
  Int32,
  Int64,
  makeData,
  Struct,
  Utf8,
} from 'apache-arrow'
import type { Cell } from '../../engine.ts'
import { MAX_TWO_MEMBER_SCALE } from './field.ts'
import { integerData, readIntegers } from './integers.ts'
import { nullsOf } from './nulls.ts'

type Cells = readonly Cell[]

/** Seconds of the year 9999 times 10^7 fit into 64 bits; of a finer scale they do not. */
const MAX_INTEGER_TIMESTAMP_SCALE = 7
/** A day has 864,000,000 ten-thousandths of a second. */
const MAX_INT32_TIME_SCALE = 4
const NANOSECOND_DIGITS = 9

export function realData(cells: Cells): Data {
  return makeData({ type: new Float64(), data: Float64Array.from(cells, toDouble), ...nullsOf(cells) })
}

function toDouble(cell: Cell): number {
  if (cell === 'inf') return Number.POSITIVE_INFINITY
  return cell === '-inf' ? Number.NEGATIVE_INFINITY : Number(cell)
}

export function booleanData(cells: Cells): Data {
  const { nullBitmap: data } = nullsOf(cells.map((cell) => (cell === '1' ? cell : null)))
  return makeData({ type: new Bool(), data, ...nullsOf(cells) })
}

export function dateData(cells: Cells): Data {
  return makeData({ type: new DateDay(), data: Int32Array.from(cells, Number), ...nullsOf(cells) })
}

export function textData(cells: Cells): Data {
  const texts = cells.map((cell) => cell ?? '')
  const data = Buffer.from(texts.join(''), 'utf8')
  const valueOffsets = offsetsOf(texts.map((text) => Buffer.byteLength(text, 'utf8')))
  return makeData({ type: new Utf8(), data, valueOffsets, ...nullsOf(cells) })
}

export function binaryData(cells: Cells): Data {
  return bytesData(cells.map((cell) => (cell === null ? null : Buffer.from(cell, 'hex'))))
}

function bytesData(values: readonly (Buffer | null)[]): Data {
  const data = Buffer.concat(values.filter((value) => value !== null))
  const valueOffsets = offsetsOf(values.map((value) => value?.length ?? 0))
  return makeData({ type: new Binary(), data, valueOffsets, ...nullsOf(values) })
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  for (const [row, length] of lengths.entries()) offsets[row + 1] = offsets[row]! + length
  return offsets
}

export function timeData(cells: Cells, scale: number): Data {
  return integerData(readIntegers(cells), scale <= MAX_INT32_TIME_SCALE ? 32 : 64, scale, nullsOf(cells))
}

/** Scaled seconds in one integer, or whole seconds with nanoseconds beside them. */
export function timestampData(cells: Cells, scale: number): Data {
  if (scale <= MAX_INTEGER_TIMESTAMP_SCALE) return integerData(readIntegers(cells), 64, scale, nullsOf(cells))
  return structData(cells, instantMembers(cells))
}

/** The same with the offset in minutes, counted from 1440, as its last member. */
export function zonedTimestampData(cells: Cells, scale: number): Data {
  const parts = cells.map((cell) => cell?.split(' ') ?? null)
  const seconds = parts.map((part) => part?.[0] ?? null)
  const zones: Member = {
    name: 'timezone',
    data: int32Data(
      cells,
      parts.map((part) => Number(part?.[1] ?? 0)),
    ),
  }
  if (scale > MAX_TWO_MEMBER_SCALE) return structData(cells, [...instantMembers(seconds), zones])
  const epoch = integerData(readIntegers(seconds), 64, scale, nullsOf(cells))
  return structData(cells, [{ name: 'epoch', data: epoch }, zones])
}

/** The seconds are the floor, so that the nanoseconds are never negative. */
function instantMembers(cells: Cells): readonly Member[] {
  const instants = cells.map(toInstant)
  const seconds = BigInt64Array.from(instants, (instant) => instant.seconds)
  return [
    { name: 'epoch', data: makeData({ type: new Int64(), data: seconds, ...nullsOf(cells) }) },
    {
      name: 'fraction',
      data: int32Data(
        cells,
        instants.map(({ nanoseconds }) => nanoseconds),
      ),
    },
  ]
}

const NANOSECONDS = 1_000_000_000

function toInstant(cell: Cell): { readonly seconds: bigint; readonly nanoseconds: number } {
  const [whole = '0', fraction = ''] = (cell ?? '0').split('.')
  const seconds = BigInt(whole)
  const nanoseconds = Number(fraction.padEnd(NANOSECOND_DIGITS, '0'))
  // The sign stands before the whole: -0.5 s is `-0.500`.
  if (!whole.startsWith('-') || nanoseconds === 0) return { seconds, nanoseconds }
  return { seconds: seconds - 1n, nanoseconds: NANOSECONDS - nanoseconds }
}

/** A number in any notation as a power of ten and its big-endian digits. */
export function decimalFloatData(cells: Cells): Data {
  const numbers = cells.map((cell) => {
    const [, sign = '', whole = '0', fraction = '', power = '0'] =
      /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(cell ?? '0') ?? []
    return {
      significand: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`),
      exponent: Number(power) - fraction.length,
    }
  })
  const exponents = Int16Array.from(numbers, ({ exponent }) => exponent)
  const significands = numbers.map(({ significand }, row) => (cells[row] === null ? null : bigEndian(significand)))
  return structData(cells, [
    { name: 'exponent', data: makeData({ type: new Int16(), data: exponents, ...nullsOf(cells) }) },
    { name: 'significand', data: bytesData(significands) },
  ])
}

/** Two's complement in 16 bytes. */
function bigEndian(value: bigint): Buffer {
  return Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, '0'), 'hex')
}

interface Member {
  readonly name: string
  readonly data: Data
}

function structData(cells: Cells, members: readonly Member[]): Data {
  const type = new Struct(members.map(({ name, data }) => new Field(name, data.type, true)))
  return makeData({ type, children: members.map(({ data }) => data), ...nullsOf(cells) })
}

function int32Data(cells: Cells, values: readonly number[]): Data {
  return makeData({ type: new Int32(), data: Int32Array.from(values), ...nullsOf(cells) })
}
