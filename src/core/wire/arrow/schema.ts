/** The columns of an Arrow stream: what lies in memory, and what Snowflake says that it means. */
import { ArrowSyntaxError, type FlatBuffer } from './flat-buffer.ts'
import { FIELD, KEY_VALUE, SCHEMA } from './format.ts'

export interface ArrowField {
  readonly name: string
  readonly layout: Layout
  readonly children: readonly ArrowField[]
  /** Snowflake's `logicalType`, `scale` and others; all of them texts. */
  readonly metadata: ReadonlyMap<string, string>
}

/** How values lie in a column's buffers (arrow.apache.org/docs/format/Columnar.html#physical-memory-layout). */
export type Layout =
  | { readonly kind: 'null' | 'bool' | 'struct' | 'list' }
  | { readonly kind: 'integer'; readonly bytes: 1 | 2 | 4 | 8 }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'float'; readonly bytes: 4 | 8 }
  | { readonly kind: 'text' | 'binary'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'fixed_list'; readonly size: number }

/** Snowflake nests no deeper, and no result has more columns. */
const MAX_DEPTH = 32
const MAX_FIELDS = 100_000

/** `table`: the schema in a message's header. Throws ArrowSyntaxError. */
export function readSchema(buffer: FlatBuffer, table: number): readonly ArrowField[] {
  return new SchemaReader(buffer).fields(table, SCHEMA.fields, 0)
}

class SchemaReader {
  readonly #buffer: FlatBuffer
  #count = 0

  constructor(buffer: FlatBuffer) {
    this.#buffer = buffer
  }

  fields(table: number, position: number, depth: number): readonly ArrowField[] {
    if (depth > MAX_DEPTH) throw new ArrowSyntaxError('columns nested too deep')
    return this.#buffer.tables(table, position).map((field) => this.#field(field, depth))
  }

  #field(table: number, depth: number): ArrowField {
    this.#count += 1
    if (this.#count > MAX_FIELDS) throw new ArrowSyntaxError('too many columns')
    const buffer = this.#buffer
    if (buffer.has(table, FIELD.dictionary)) throw new ArrowSyntaxError('a column with a dictionary')
    const entries = buffer
      .tables(table, FIELD.metadata)
      .map((entry) => [buffer.text(entry, KEY_VALUE.key), buffer.text(entry, KEY_VALUE.value)] as const)
    return {
      name: buffer.text(table, FIELD.name),
      layout: this.#layout(table),
      children: this.fields(table, FIELD.children, depth + 1),
      metadata: new Map(entries),
    }
  }

  /** Numbers of the union `Type`, and the fields of its members: Schema.fbs. */
  #layout(field: number): Layout {
    const buffer = this.#buffer
    const type = (): number => buffer.table(field, FIELD.type)
    switch (buffer.uint8(field, FIELD.typeKind)) {
      case 1:
        return { kind: 'null' }
      case 2:
        return integer(buffer.int32(type(), 0) / 8)
      case 3:
        return float(buffer.int16(type(), 0))
      case 4:
        return { kind: 'binary', offsetBytes: 4 }
      case 5:
        return { kind: 'text', offsetBytes: 4 }
      case 6:
        return { kind: 'bool' }
      case 7:
        if (buffer.int32(type(), 2, 128) !== 128) break
        return { kind: 'decimal', scale: buffer.int32(type(), 1) }
      case 8:
        // Days, in 32 bits; the default is milliseconds.
        if (buffer.int16(type(), 0, 1) !== 0) break
        return integer(4)
      case 12:
      case 17:
        return { kind: 'list' }
      case 13:
        return { kind: 'struct' }
      case 16:
        return { kind: 'fixed_list', size: buffer.int32(type(), 0) }
      case 19:
        return { kind: 'binary', offsetBytes: 8 }
      case 20:
        return { kind: 'text', offsetBytes: 8 }
    }
    throw new ArrowSyntaxError('a column of a type that Snowflake does not send')
  }
}

function integer(bytes: number): Layout {
  if (bytes !== 1 && bytes !== 2 && bytes !== 4 && bytes !== 8) throw new ArrowSyntaxError('an integer of odd size')
  return { kind: 'integer', bytes }
}

/** Precisions: half, single, double. */
function float(precision: number): Layout {
  if (precision !== 1 && precision !== 2) throw new ArrowSyntaxError('a float of odd size')
  return { kind: 'float', bytes: precision === 1 ? 4 : 8 }
}
