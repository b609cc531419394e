/**
 * Arrow IPC streams written by hand, byte by byte from the format's own description, for tests of what reads them:
 * a schema of empty columns and record batches that hold a body of any bytes.
 */

export interface BatchFacts {
  readonly rows: number | bigint
  readonly bodyBytes?: number
}

export const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/** A stream without an end marker, as Snowflake sends it. */
export function arrowStream(columns: number, batches: readonly BatchFacts[]): Buffer {
  return Buffer.concat([schemaMessage(columns), ...batches.map(batchMessage)])
}

export function schemaMessage(columns: number): Buffer {
  // table Schema { endianness: short; fields: [Field] }
  const fields = Array.from({ length: columns }, () => table([]))
  return message(1, table([null, vectorOf(fields)]), 0n)
}

export function batchMessage({ rows, bodyBytes = 16 }: BatchFacts): Buffer {
  // table RecordBatch { length: long; … }
  return message(3, table([int64(BigInt(rows))]), BigInt(bodyBytes))
}

/** table Message { version: short; header_type: ubyte; header: union; bodyLength: long } */
export function message(kind: number, header: Part, bodyLength: bigint): Buffer {
  const metadata = finish(table([bytes([4, 0]), bytes([kind]), header, int64(bodyLength)]))
  const prefix = Buffer.alloc(8)
  prefix.writeUInt32LE(0xffff_ffff, 0)
  prefix.writeUInt32LE(metadata.length, 4)
  return Buffer.concat([prefix, metadata, Buffer.alloc(Number(bodyLength), 0xaa)])
}

/** Bytes that stand in a table, or a part of the buffer that an offset in it leads to. */
type Part = { readonly inline: Buffer } | { readonly parts: readonly Part[]; readonly isVector: boolean }

function bytes(values: readonly number[]): Part {
  return { inline: Buffer.from(values) }
}

function int64(value: bigint): Part {
  const inline = Buffer.alloc(8)
  inline.writeBigInt64LE(value)
  return { inline }
}

function table(fields: readonly (Part | null)[]): Part & { readonly parts: readonly Part[] } {
  return { parts: fields.map((field) => field ?? ABSENT), isVector: false }
}

function vectorOf(parts: readonly Part[]): Part {
  return { parts, isVector: true }
}

const ABSENT: Part = { inline: Buffer.alloc(0) }

function finish(root: Part): Buffer {
  const { buffer, at } = place(root, Buffer.alloc(4))
  buffer.writeUInt32LE(at, 0)
  return Buffer.concat([buffer, Buffer.alloc((8 - (buffer.length % 8)) % 8)])
}

/** Appends a table or vector, and what it leads to, behind what is there: offsets lead forward only. */
function place(part: Part, before: Buffer): { readonly buffer: Buffer; readonly at: number } {
  if ('inline' in part) throw new TypeError('only tables and vectors have a place of their own')
  const { parts, isVector } = part
  const slots = parts.map((one) => ('inline' in one ? one.inline : Buffer.alloc(4)))
  const head = isVector ? vectorHead(parts.length) : tableHead(slots)
  const at = before.length + head.length - 4
  const starts = slots.map((_, index) => at + 4 + slots.slice(0, index).reduce((sum, slot) => sum + slot.length, 0))
  let buffer: Buffer = Buffer.concat([before, head, ...slots])
  for (const [index, one] of parts.entries()) {
    if ('inline' in one) continue
    const child = place(one, buffer)
    buffer = child.buffer
    const slot = starts[index] ?? 0
    buffer.writeUInt32LE(child.at - slot, slot)
  }
  return { buffer, at }
}

function vectorHead(length: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(length)
  return head
}

/** The vtable, and the offset back to it with which its table begins. */
function tableHead(slots: readonly Buffer[]): Buffer {
  const size = 4 + 2 * slots.length
  const head = Buffer.alloc(size + 4)
  head.writeUInt16LE(size, 0)
  head.writeUInt16LE(4 + slots.reduce((sum, slot) => sum + slot.length, 0), 2)
  let offset = 4
  for (const [index, slot] of slots.entries()) {
    if (slot.length > 0) head.writeUInt16LE(offset, 4 + 2 * index)
    offset += slot.length
  }
  head.writeInt32LE(size, size)
  return head
}
