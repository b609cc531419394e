/** Decimal texts as scaled integers, in the narrowest of Arrow's types that holds all of them. */
import { type Data, type DataType, Decimal, Int8, Int16, Int32, Int64, makeData } from 'apache-arrow'
import type { Cell } from '../../engine.ts'
import type { nullsOf } from './nulls.ts'

export type IntegerBits = 8 | 16 | 32 | 64 | 128

/** By column: of a NUMBER its width, else null. */
export type NumberBits = readonly (IntegerBits | null)[]

/** The cells of one record batch, each the digits of its text without the point; 0 for null. */
export interface Integers {
  readonly values: Float64Array | readonly bigint[]
  /** The narrowest width that holds each of them. */
  readonly bits: IntegerBits
}

/** A double holds any integer of so many characters exactly. */
const EXACT_LENGTH = 15
const DECIMAL_PRECISION = 38

export function readIntegers(cells: readonly Cell[]): Integers {
  const isExact = cells.every((cell) => cell === null || cell.length <= EXACT_LENGTH)
  if (!isExact) {
    const values = cells.map((cell) => (cell === null ? 0n : BigInt(cell.replace('.', ''))))
    return { values, bits: narrowest(values) }
  }
  const values = new Float64Array(cells.length)
  for (const [row, cell] of cells.entries()) if (cell !== null) values[row] = Number(cell.replace('.', ''))
  return { values, bits: narrowest(values) }
}

function narrowest(values: Iterable<number | bigint>): IntegerBits {
  let least: number | bigint = 0
  let greatest: number | bigint = 0
  for (const value of values) {
    if (value < least) least = value
    else if (value > greatest) greatest = value
  }
  for (const bits of [8, 16, 32, 64] as const) {
    const limit = 1n << BigInt(bits - 1)
    if (least >= -limit && greatest < limit) return bits
  }
  return 128
}

export function integerType(bits: IntegerBits, scale: number): DataType {
  switch (bits) {
    case 8:
      return new Int8()
    case 16:
      return new Int16()
    case 32:
      return new Int32()
    case 64:
      return new Int64()
    case 128:
      return new Decimal(scale, DECIMAL_PRECISION, bits)
  }
}

/** `nulls` as `nullsOf` makes them. */
export function integerData(
  { values }: Integers,
  bits: IntegerBits,
  scale: number,
  nulls: ReturnType<typeof nullsOf>,
): Data {
  switch (bits) {
    case 8:
      return makeData({ type: new Int8(), data: new Int8Array(toDoubles(values)), ...nulls })
    case 16:
      return makeData({ type: new Int16(), data: new Int16Array(toDoubles(values)), ...nulls })
    case 32:
      return makeData({ type: new Int32(), data: new Int32Array(toDoubles(values)), ...nulls })
    case 64:
      return makeData({ type: new Int64(), data: BigInt64Array.from<number | bigint>(values, BigInt), ...nulls })
    case 128:
      return makeData({ type: new Decimal(scale, DECIMAL_PRECISION, bits), data: wordsOf(values), ...nulls })
  }
}

/** Exact for up to 32 bits, however long the texts were. */
function toDoubles(values: Integers['values']): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values, Number)
}

/** Two's complement of 128 bits, the low half first. */
function wordsOf(values: Integers['values']): Uint32Array {
  const halves = new BigInt64Array(values.length * 2)
  let at = 0
  for (const value of values) {
    const integer = BigInt(value)
    halves[at++] = BigInt.asIntN(64, integer)
    halves[at++] = integer >> 64n
  }
  return new Uint32Array(halves.buffer)
}
