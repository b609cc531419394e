export { editJson, type JsonEdit } from './edit-json.ts'
export {
  type ByteSpan,
  bytesOf,
  findValue,
  type JsonDocument,
  type JsonKind,
  type JsonMember,
  type JsonValue,
} from './json-document.ts'
export { JsonSyntaxError } from './json-syntax-error.ts'
export { rawInteger } from './raw-integer.ts'
export { parseValue, readBoolean, readInteger, readSafeInteger, readScalar, readString } from './read-value.ts'
export { countRows, RowCounter } from './row-counter.ts'
export { type ScanOptions, scanObject } from './scan-object.ts'
