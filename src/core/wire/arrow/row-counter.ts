/**
 * How many rows an Arrow IPC stream holds, told from the headers of its messages alone: the values stay unread, and
 * the bytes as they are.
 */
import { ArrowSyntaxError, FlatBuffer } from './flat-buffer.ts'
import {
  CONTINUATION,
  checkedLength,
  HEADER_KINDS,
  MAX_HEADER_BYTES,
  MESSAGE,
  PREFIX_BYTES,
  RECORD_BATCH,
  SCHEMA,
} from './format.ts'

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
