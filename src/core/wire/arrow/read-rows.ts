/** Rows of an Arrow IPC stream as texts, for people to read: what drivers get passes by as bytes. */
import { readCell } from './cells.ts'
import { ArrowSyntaxError, FlatBuffer } from './flat-buffer.ts'
import { CONTINUATION, checkedLength, HEADER_KINDS, MAX_HEADER_BYTES, MESSAGE, PREFIX_BYTES } from './format.ts'
import { type ArrowField, readSchema } from './schema.ts'
import { readBatch } from './vectors.ts'

/**
 * Up to `limit` rows, each cell as in a JSON row (driver-protocol.md#json-cells). The stream may be cut off anywhere,
 * as the beginning of a larger one is: what is there in whole record batches is read. Throws ArrowSyntaxError.
 */
export function* readArrowRows(stream: Uint8Array, limit: number): Generator<readonly (string | null)[]> {
  let fields: readonly ArrowField[] | null = null
  let left = limit
  for (const { kind, buffer, table, body } of messages(stream)) {
    if (kind === 'schema') fields = readSchema(buffer, table)
    if (kind !== 'batch') continue
    if (fields === null) throw new ArrowSyntaxError('the stream does not begin with a schema')
    const { rows, columns } = readBatch(fields, { buffer, table }, body)
    for (let row = 0; row < rows && left > 0; row += 1, left -= 1) yield columns.map((column) => readCell(column, row))
    if (left <= 0) return
  }
}

interface Message {
  readonly kind: 'schema' | 'dictionary' | 'batch' | undefined
  readonly buffer: FlatBuffer
  /** The header of its kind. */
  readonly table: number
  readonly body: Uint8Array
}

/** Those that are there as a whole. */
function* messages(stream: Uint8Array): Generator<Message> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength)
  for (let at = 0; at + PREFIX_BYTES <= stream.length; ) {
    if (view.getUint32(at, true) !== CONTINUATION) throw new ArrowSyntaxError('a message does not begin as one')
    const length = view.getUint32(at + 4, true)
    if (length === 0) return
    if (length > MAX_HEADER_BYTES) throw new ArrowSyntaxError(`a message header of ${length} bytes`)
    const start = at + PREFIX_BYTES
    if (start + length > stream.length) return
    const buffer = new FlatBuffer(stream.subarray(start, start + length))
    const message = buffer.root()
    const bodyLength = checkedLength(buffer.int64(message, MESSAGE.bodyLength))
    const end = start + length + bodyLength
    if (end > stream.length) return
    yield {
      kind: HEADER_KINDS[buffer.uint8(message, MESSAGE.headerKind)],
      buffer,
      table: buffer.table(message, MESSAGE.header),
      body: stream.subarray(start + length, end),
    }
    at = end
  }
}
