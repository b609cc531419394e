import { makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct, type Vector } from 'apache-arrow'
import type { Column } from '../../engine.ts'
import type { Row } from '../result-chunk.ts'
import { type ColumnEncoder, columnEncoder } from './column-encoder.ts'
import { toField } from './field.ts'
import type { NumberBits } from './integers.ts'

/** One Arrow IPC stream in the making: its rows are kept column by column until all of them are there. */
export class ArrowStream {
  readonly #columns: readonly Column[]
  readonly #encoders: readonly ColumnEncoder[]
  readonly #lengths: number[] = []

  constructor(columns: readonly Column[], leastBits: NumberBits = []) {
    this.#columns = columns
    this.#encoders = columns.map((column, index) => columnEncoder(column, leastBits[index] ?? null))
  }

  get numberBits(): NumberBits {
    return this.#encoders.map(({ bits }) => bits)
  }

  /** Adds a record batch. */
  add(rows: readonly Row[]): void {
    for (const [index, encoder] of this.#encoders.entries()) encoder.add(rows.map((row) => row[index] ?? null))
    this.#lengths.push(rows.length)
  }

  /** The whole stream: schema, record batches, end. */
  toBytes(): Uint8Array {
    const schema = new Schema(this.#columns.map((column, index) => toField(column, this.#encoders[index]!.type())))
    const type = new Struct(schema.fields)
    const writer = new ExactStreamWriter(schema)
    for (const [batch, length] of this.#lengths.entries()) {
      const children = this.#encoders.map((encoder) => encoder.data(batch))
      writer.writeBatch(new RecordBatch(schema, makeData({ type, length, nullCount: 0, children })))
    }
    return writer.finish().toUint8Array(true)
  }
}

/** The library's writer without two things that it does: */
class ExactStreamWriter extends RecordBatchStreamWriter {
  constructor(schema: Schema) {
    super()
    this.reset(this._sink, schema)
  }

  /** Not by `write`, which takes the schema from the batch: there, columns of the same name are one. */
  writeBatch(batch: RecordBatch): void {
    this._writeRecordBatch(batch)
  }

  /**
   * Lengths of buffers include their padding there. Snowflake's Python driver checks each declared offset, and refuses
   * the padding behind an odd number of them.
   */
  protected override _assembleRecordBatch(batch: RecordBatch | Vector) {
    const assembled = super._assembleRecordBatch(batch)
    for (const [index, region] of assembled.bufferRegions.entries()) {
      region.length = assembled.buffers[index]!.byteLength
    }
    return assembled
  }
}
