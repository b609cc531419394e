/**
 * How many rows an Arrow IPC stream holds, told from the headers of its messages alone: the values stay unread, and
 * the bytes as they are. Format: arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format, with the tables of
 * Message.fbs and Schema.fbs.
 */

/** Why bytes are no Arrow stream. Holds no content. */
export class ArrowSyntaxError extends Error {
  override readonly name = 'ArrowSyntaxError'
}

/** Before each message: a marker, and the length of its header; 0 ends the stream. */
const PREFIX_BYTES = 8
const CONTINUATION = 0xffff_ffff
/** A header describes columns and buffers, never values: thousands of columns need a few megabytes. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024

const HEADER_KINDS: Readonly<Record<number, 'schema' | 'dictionary' | 'batch'>> = {
  1: 'schema',
  2: 'dictionary',
  3: 'batch',
}

/** Positions of fields in their tables, as the .fbs files list them; a union takes two. */
const MESSAGE = { headerKind: 1, header: 2, bodyLength: 3 } as const
const SCHEMA = { fields: 1 } as const
const RECORD_BATCH = { length: 0 } as const

/** Counts while the stream passes by in blocks cut anywhere, and keeps one message's header at a time. */
export class ArrowRowCounter {
  readonly #width: number
  #rows = 0
  #hasSchema = false
  #ended = false
  /** What is being collected: a prefix, or the header it announced. */
  #part = new Uint8Array(PREFIX_BYTES)
  #filled = 0
  #isHeader = false
  /** Bytes of a body that are still to pass by. */
  #body = 0

  /** `width`: the columns that were promised. */
  constructor(width: number) {
    this.#width = width
  }

  /** Throws ArrowSyntaxError. */
  push(block: Uint8Array): void {
    let at = 0
    while (at < block.length) {
      if (this.#ended) throw new ArrowSyntaxError('bytes after the end of the stream')
      const wanted = this.#body > 0 ? this.#body : this.#part.length - this.#filled
      const next = block.subarray(at, at + wanted)
      at += next.length
      if (this.#body > 0) this.#body -= next.length
      else this.#collect(next)
    }
  }

  /** The rows of the whole stream. Throws ArrowSyntaxError when it was cut off within a message. */
  end(): number {
    if (this.#body > 0 || this.#filled > 0 || this.#isHeader) throw new ArrowSyntaxError('the stream is cut off')
    return this.#rows
  }

  #collect(bytes: Uint8Array): void {
    this.#part.set(bytes, this.#filled)
    this.#filled += bytes.length
    if (this.#filled < this.#part.length) return
    const part = this.#part
    this.#filled = 0
    if (this.#isHeader) {
      this.#readHeader(new FlatBuffer(part))
      this.#isHeader = false
      this.#part = new Uint8Array(PREFIX_BYTES)
    } else {
      this.#readPrefix(part)
    }
  }

  #readPrefix(prefix: Uint8Array): void {
    const view = new DataView(prefix.buffer)
    // Streams older than Arrow 0.15 have none; Snowflake's have it.
    if (view.getUint32(0, true) !== CONTINUATION) throw new ArrowSyntaxError('a message does not begin as one')
    const length = view.getUint32(4, true)
    if (length > MAX_HEADER_BYTES) throw new ArrowSyntaxError(`a message header of ${length} bytes`)
    this.#ended = length === 0
    this.#isHeader = length > 0
    this.#part = new Uint8Array(length)
  }

  #readHeader(buffer: FlatBuffer): void {
    const message = buffer.root()
    const kind = HEADER_KINDS[buffer.uint8(message, MESSAGE.headerKind)]
    const header = buffer.table(message, MESSAGE.header)
    if (kind === 'schema') this.#readSchema(buffer.vectorLength(header, SCHEMA.fields))
    else if (!this.#hasSchema) throw new ArrowSyntaxError('the stream does not begin with a schema')
    else if (kind === 'batch') this.#rows += checkedLength(buffer.int64(header, RECORD_BATCH.length))
    else if (kind !== 'dictionary') throw new ArrowSyntaxError('a message of an unknown kind')
    this.#body = checkedLength(buffer.int64(message, MESSAGE.bodyLength))
  }

  #readSchema(columns: number): void {
    if (this.#hasSchema) throw new ArrowSyntaxError('a second schema')
    if (columns !== this.#width) {
      throw new ArrowSyntaxError(`${columns} columns where ${this.#width} were promised`)
    }
    this.#hasSchema = true
  }
}

/** Rows of a stream in base64, as it stands in an answer; none where the text is empty. Throws ArrowSyntaxError. */
export function countArrowRows(base64: string, width: number): number {
  // Decoders differ in what they leave out, so nothing is left out: what another would read must be what was counted.
  if (base64.length % 4 !== 0) throw new ArrowSyntaxError('not base64')
  const counter = new ArrowRowCounter(width)
  for (let at = 0; at < base64.length; at += SLICE) {
    const slice = base64.slice(at, at + SLICE)
    const isLast = at + SLICE >= base64.length
    if (!(isLast ? LAST_SLICE : INNER_SLICE).test(slice)) throw new ArrowSyntaxError('not base64')
    counter.push(Buffer.from(slice, 'base64'))
  }
  return counter.end()
}

/** Divisible by 4: each slice decodes by itself. */
const SLICE = 256 * 1024
const INNER_SLICE = /^[A-Za-z0-9+/]*$/
const LAST_SLICE = /^[A-Za-z0-9+/]*={0,2}$/

function checkedLength(value: bigint): number {
  const length = Number(value)
  if (length < 0 || !Number.isSafeInteger(length)) throw new ArrowSyntaxError('a length that cannot be')
  return length
}

/** The few accessors of FlatBuffers that are needed (flatbuffers.dev/internals). An absent field reads as 0. */
class FlatBuffer {
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

  vectorLength(table: number, field: number): number {
    const at = this.#field(table, field)
    if (at === null) return 0
    const vector = this.#follow(at)
    return this.#read(4, vector, (view) => view.getUint32(vector, true))
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
