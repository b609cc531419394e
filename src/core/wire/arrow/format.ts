/**
 * The Arrow IPC streaming format (arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format): how messages begin,
 * and the positions of fields in their tables, as Message.fbs and Schema.fbs list them; a union takes two.
 */
import { ArrowSyntaxError } from './flat-buffer.ts'

/** Before each message: a marker, and the length of its header; 0 ends the stream. */
export const PREFIX_BYTES = 8
/** Streams older than Arrow 0.15 have none; Snowflake's have it. */
export const CONTINUATION = 0xffff_ffff
/** A header describes columns and buffers, never values: thousands of columns need a few megabytes. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024

export const HEADER_KINDS: Readonly<Record<number, 'schema' | 'dictionary' | 'batch'>> = {
  1: 'schema',
  2: 'dictionary',
  3: 'batch',
}

export const MESSAGE = { headerKind: 1, header: 2, bodyLength: 3 } as const
export const SCHEMA = { fields: 1 } as const
export const FIELD = { name: 0, typeKind: 2, type: 3, dictionary: 4, children: 5, metadata: 6 } as const
export const KEY_VALUE = { key: 0, value: 1 } as const
export const RECORD_BATCH = { length: 0, nodes: 1, buffers: 2, compression: 3 } as const

/** A length of the format, where it can be one. Throws ArrowSyntaxError. */
export function checkedLength(value: bigint): number {
  const length = Number(value)
  if (length < 0 || !Number.isSafeInteger(length)) throw new ArrowSyntaxError('a length that cannot be')
  return length
}
