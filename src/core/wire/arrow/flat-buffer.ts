/** Why bytes are no Arrow stream. Holds no content. */
export class ArrowSyntaxError extends Error {
  override readonly name = 'ArrowSyntaxError'
}

const UTF8 = new TextDecoder()

/** The few accessors of FlatBuffers that are needed (flatbuffers.dev/internals). An absent number reads as its default. */
export class FlatBuffer {
  readonly #view: DataView

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#view = new DataView(buffer, byteOffset, byteLength)
  }

  root(): number {
    return this.#read(4, 0, (view) => view.getUint32(0, true))
  }

  uint8(table: number, field: number): number {
    const at = this.#field(table, field)
    return at === null ? 0 : this.#read(1, at, (view) => view.getUint8(at))
  }

  int64(table: number, field: number): bigint {
    const at = this.#field(table, field)
    return at === null ? 0n : this.#read(8, at, (view) => view.getBigInt64(at, true))
  }

  table(table: number, field: number): number {
    const at = this.#field(table, field)
    if (at === null) throw new ArrowSyntaxError('a message without a header')
    return this.#follow(at)
  }

  /** False where a field is absent that has no default, such as a table. */
  has(table: number, field: number): boolean {
    return this.#field(table, field) !== null
  }

  int16(table: number, field: number, absent = 0): number {
    const at = this.#field(table, field)
    return at === null ? absent : this.#read(2, at, (view) => view.getInt16(at, true))
  }

  int32(table: number, field: number, absent = 0): number {
    const at = this.#field(table, field)
    return at === null ? absent : this.#read(4, at, (view) => view.getInt32(at, true))
  }

  text(table: number, field: number): string {
    const at = this.#field(table, field)
    if (at === null) return ''
    const vector = this.#follow(at)
    const length = this.#read(4, vector, (view) => view.getUint32(vector, true))
    const { buffer, byteOffset } = this.#view
    return this.#read(length, vector + 4, () => UTF8.decode(new Uint8Array(buffer, byteOffset + vector + 4, length)))
  }

  /** Tables that a vector leads to. */
  tables(table: number, field: number): readonly number[] {
    const { start, length } = this.#vector(table, field, 4)
    return Array.from({ length }, (_, index) => this.#follow(start + 4 * index))
  }

  /** Pairs of 64-bit integers, as a vector of such structs holds them. */
  int64Pairs(table: number, field: number): readonly (readonly [bigint, bigint])[] {
    const { start, length } = this.#vector(table, field, 16)
    const at = (offset: number): bigint => this.#view.getBigInt64(start + offset, true)
    return Array.from({ length }, (_, index) => [at(16 * index), at(16 * index + 8)] as const)
  }

  vectorLength(table: number, field: number): number {
    const at = this.#field(table, field)
    if (at === null) return 0
    const vector = this.#follow(at)
    return this.#read(4, vector, (view) => view.getUint32(vector, true))
  }

  /** Where its items are: all of them within the buffer. */
  #vector(table: number, field: number, itemBytes: number): { readonly start: number; readonly length: number } {
    const at = this.#field(table, field)
    if (at === null) return { start: 0, length: 0 }
    const vector = this.#follow(at)
    const length = this.vectorLength(table, field)
    return this.#read(length * itemBytes, vector + 4, () => ({ start: vector + 4, length }))
  }

  #field(table: number, field: number): number | null {
    const vtable = table - this.#read(4, table, (view) => view.getInt32(table, true))
    const size = this.#uint16(vtable)
    const slot = 4 + 2 * field
    const offset = slot + 2 <= size ? this.#uint16(vtable + slot) : 0
    return offset === 0 ? null : table + offset
  }

  #uint16(at: number): number {
    return this.#read(2, at, (view) => view.getUint16(at, true))
  }

  #follow(at: number): number {
    return at + this.#read(4, at, (view) => view.getUint32(at, true))
  }

  #read<T>(bytes: number, at: number, read: (view: DataView) => T): T {
    if (at < 0 || at + bytes > this.#view.byteLength) throw new ArrowSyntaxError('a header that leads out of itself')
    return read(this.#view)
  }
}
