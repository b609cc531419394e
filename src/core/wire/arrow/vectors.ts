/** Values of a record batch, read where they lie and only when asked for. */
import { ArrowSyntaxError, type FlatBuffer } from './flat-buffer.ts'
import { checkedLength, RECORD_BATCH } from './format.ts'
import type { ArrowField } from './schema.ts'

/** A list is its vector's rows from one on, and a struct the same row of each of its children. */
export type ArrowValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | { readonly from: number; readonly until: number }
  | { readonly row: number }

export interface Vector {
  readonly field: ArrowField
  readonly children: readonly Vector[]
  /** Throws ArrowSyntaxError where the value lies outside its buffer. */
  at(row: number): ArrowValue
}

export interface RecordBatch {
  readonly rows: number
  readonly columns: readonly Vector[]
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** `table`: the batch in a message's header; `body`: the bytes behind that header. Throws ArrowSyntaxError. */
export function readBatch(
  fields: readonly ArrowField[],
  header: { readonly buffer: FlatBuffer; readonly table: number },
  body: Uint8Array,
): RecordBatch {
  const { buffer, table } = header
  if (buffer.has(table, RECORD_BATCH.compression)) throw new ArrowSyntaxError('compressed buffers')
  const parts = buffer.int64Pairs(table, RECORD_BATCH.buffers).map(([offset, length]) => part(body, offset, length))
  const nodes = buffer.int64Pairs(table, RECORD_BATCH.nodes)
  const reader = new BatchReader(nodes.values(), parts.values())
  const columns = fields.map((field) => reader.vector(field))
  return { rows: checkedLength(buffer.int64(table, RECORD_BATCH.length)), columns }
}

function part(body: Uint8Array, offset: bigint, length: bigint): DataView {
  const [start, bytes] = [checkedLength(offset), checkedLength(length)]
  if (start + bytes > body.length) throw new ArrowSyntaxError('a buffer that leads out of its message')
  return new DataView(body.buffer, body.byteOffset + start, bytes)
}

/** Nodes and buffers stand in the order of the columns, each before its children. */
class BatchReader {
  readonly #nodes: Iterator<readonly [bigint, bigint]>
  readonly #parts: Iterator<DataView>

  constructor(nodes: Iterator<readonly [bigint, bigint]>, parts: Iterator<DataView>) {
    this.#nodes = nodes
    this.#parts = parts
  }

  vector(field: ArrowField): Vector {
    const { layout } = field
    const [length, nullCount] = this.#take(this.#nodes)
    if (layout.kind === 'null') return { field, children: [], at: () => null }
    const validity = this.#take(this.#parts)
    const read = this.#values(layout)
    const children = field.children.map((child) => this.vector(child))
    const hasNulls = nullCount > 0n
    return {
      field,
      children,
      at: (row) => {
        if (row < 0 || row >= length) throw new ArrowSyntaxError('a row that is not there')
        return guarded(() => (hasNulls && !bit(validity, row) ? null : read(row)))
      },
    }
  }

  #values(layout: ArrowField['layout']): (row: number) => ArrowValue {
    switch (layout.kind) {
      case 'null':
        return () => null
      case 'struct':
        return (row) => ({ row })
      case 'fixed_list':
        return (row) => ({ from: row * layout.size, until: (row + 1) * layout.size })
      case 'list': {
        const offsets = this.#take(this.#parts)
        return (row) => ({ from: offsets.getInt32(4 * row, true), until: offsets.getInt32(4 * row + 4, true) })
      }
      case 'text':
      case 'binary':
        return this.#bytes(layout.kind, layout.offsetBytes)
      default:
        return fixedWidth(layout, this.#take(this.#parts))
    }
  }

  #bytes(kind: 'text' | 'binary', width: 4 | 8): (row: number) => ArrowValue {
    const offsets = this.#take(this.#parts)
    const data = this.#take(this.#parts)
    const offset = (row: number): number =>
      width === 4 ? offsets.getInt32(4 * row, true) : checkedLength(offsets.getBigInt64(8 * row, true))
    return (row) => {
      const [start, end] = [offset(row), offset(row + 1)]
      if (start < 0 || end < start || end > data.byteLength) throw new ArrowSyntaxError('a text outside its buffer')
      const bytes = new Uint8Array(data.buffer, data.byteOffset + start, end - start)
      return kind === 'text' ? UTF8.decode(bytes) : bytes
    }
  }

  #take<T>(from: Iterator<T>): T {
    const next = from.next()
    if (next.done === true) throw new ArrowSyntaxError('fewer buffers than its columns need')
    return next.value
  }
}

function fixedWidth(layout: ArrowField['layout'], data: DataView): (row: number) => ArrowValue {
  switch (layout.kind) {
    case 'bool':
      return (row) => bit(data, row)
    case 'float':
      return layout.bytes === 4
        ? (row) => shortest(data.getFloat32(4 * row, true))
        : (row) => data.getFloat64(8 * row, true)
    case 'decimal':
      return (row) => (data.getBigInt64(16 * row + 8, true) << 64n) | data.getBigUint64(16 * row, true)
    case 'integer':
      return INTEGERS[layout.bytes](data)
    default:
      throw new ArrowSyntaxError('a column of a type that Snowflake does not send')
  }
}

const INTEGERS = {
  1: (data: DataView) => (row: number) => BigInt(data.getInt8(row)),
  2: (data: DataView) => (row: number) => BigInt(data.getInt16(2 * row, true)),
  4: (data: DataView) => (row: number) => BigInt(data.getInt32(4 * row, true)),
  8: (data: DataView) => (row: number) => data.getBigInt64(8 * row, true),
} as const

function bit(data: DataView, row: number): boolean {
  return ((data.getUint8(row >> 3) >> (row & 7)) & 1) === 1
}

/** The number with the fewest digits that is this one in 32 bits: not 1.100000023841858 for 1.1. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

/** A place outside its buffer is refused by DataView. */
function guarded(read: () => ArrowValue): ArrowValue {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) throw new ArrowSyntaxError('a value outside its buffer')
    throw error
  }
}
