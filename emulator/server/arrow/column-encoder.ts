import type { Data, DataType } from 'apache-arrow'
import type { Cell, Column } from '../../engine.ts'
import { type IntegerBits, type Integers, integerData, integerType, readIntegers } from './integers.ts'
import { isNested } from './members.ts'
import { nestedData, vectorData } from './nested.ts'
import { nullsOf } from './nulls.ts'
import {
  binaryData,
  booleanData,
  dateData,
  decimalFloatData,
  realData,
  textData,
  timeData,
  timestampData,
  zonedTimestampData,
} from './scalars.ts'

/** Gathers one column of a stream, batch by batch. Its type holds for all of them. */
export interface ColumnEncoder {
  /** Of NUMBER: the narrowest width for what was added. */
  readonly bits: IntegerBits | null
  add(cells: readonly Cell[]): void
  type(): DataType
  data(batch: number): Data
}

/** `leastBits`: a NUMBER takes no narrower type, whatever its values. */
export function columnEncoder(column: Column, leastBits: IntegerBits | null): ColumnEncoder {
  if (column.type.startsWith('interval')) return new FixedEncoder(column, leastBits ?? 64)
  return column.type === 'fixed'
    ? new FixedEncoder(column, leastBits ?? 8)
    : new PlainEncoder((cells) => columnData(column, cells))
}

/**
 * NUMBER, and intervals in months or nanoseconds: as wide as the greatest value of the stream needs, so that no batch
 * is written before the last is read.
 */
class FixedEncoder implements ColumnEncoder {
  readonly #scale: number
  readonly #batches: { readonly integers: Integers; readonly nulls: ReturnType<typeof nullsOf> }[] = []
  #bits: IntegerBits

  constructor({ scale }: Column, leastBits: IntegerBits) {
    this.#scale = scale ?? 0
    this.#bits = leastBits
  }

  get bits(): IntegerBits {
    return this.#bits
  }

  add(cells: readonly Cell[]): void {
    const integers = readIntegers(cells)
    this.#batches.push({ integers, nulls: nullsOf(cells) })
    if (integers.bits > this.#bits) this.#bits = integers.bits
  }

  type(): DataType {
    return integerType(this.#bits, this.#scale)
  }

  data(batch: number): Data {
    const { integers, nulls } = this.#batches[batch]!
    return integerData(integers, this.#bits, this.#scale, nulls)
  }
}

/** A type that the column alone decides. */
class PlainEncoder implements ColumnEncoder {
  readonly bits = null
  readonly #encode: (cells: readonly Cell[]) => Data
  readonly #batches: Data[] = []

  constructor(encode: (cells: readonly Cell[]) => Data) {
    this.#encode = encode
  }

  add(cells: readonly Cell[]): void {
    this.#batches.push(this.#encode(cells))
  }

  type(): DataType {
    return (this.#batches[0] ?? this.#encode([])).type
  }

  data(batch: number): Data {
    return this.#batches[batch]!
  }
}

/** Digits that 64 bits hold, whatever they are. */
const MAX_INT64_DIGITS = 18

function columnData(column: Column, cells: readonly Cell[]): Data {
  const { type, scale } = column
  if (isNested(column)) return nestedData(column, cells, columnData)
  switch (type) {
    case 'fixed': {
      // Of a member, whose width its declaration decides.
      const bits = (column.precision ?? MAX_INT64_DIGITS + 1) > MAX_INT64_DIGITS ? 128 : 64
      return integerData(readIntegers(cells), bits, scale ?? 0, nullsOf(cells))
    }
    case 'real':
      return realData(cells)
    case 'boolean':
      return booleanData(cells)
    case 'date':
      return dateData(cells)
    case 'time':
      return timeData(cells, scale ?? 0)
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return timestampData(cells, scale ?? 0)
    case 'timestamp_tz':
      return zonedTimestampData(cells, scale ?? 0)
    case 'binary':
      return binaryData(cells)
    case 'decfloat':
      return decimalFloatData(cells)
    case 'vector':
      return vectorData(column, cells)
    default:
      return textData(cells)
  }
}
