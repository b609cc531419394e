/** A range of bytes, end exclusive. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export interface JsonValue extends ByteSpan {
  readonly kind: JsonKind
  /** For an object on a path that was asked for: its members in order. Empty for everything else. */
  readonly members: readonly JsonMember[]
}

export interface JsonMember {
  readonly name: string
  /** Where the opening quote of the name is. */
  readonly start: number
  readonly value: JsonValue
}

/** JSON that was read through to its last byte, with the places of the values that were asked for. */
export interface JsonDocument {
  readonly bytes: Uint8Array
  readonly root: JsonValue
  /** Which of the watched names occur as a member name anywhere in the watched part. */
  readonly watched: ReadonlySet<string>
}

/** The value at a path like `data.rowset`; `''` is the root. Only paths that were scanned for can be found. */
export function findValue(document: JsonDocument, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = document.root
  for (const name of splitPath(path)) {
    value = value?.members.find((member) => member.name === name)?.value
  }
  return value
}

export function splitPath(path: string): readonly string[] {
  return path === '' ? [] : path.split('.')
}

/** The bytes of a value, as a view. */
export function bytesOf(document: JsonDocument, span: ByteSpan): Uint8Array {
  return document.bytes.subarray(span.start, span.end)
}
