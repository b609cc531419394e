/** Types of several members: their JSON cells as Arrow's own lists, structs and maps. */
import { type Data, Field, FixedSizeList, Float32, Int32, List, Map_, makeData, Struct } from 'apache-arrow'
import type { Cell, Column } from '../../engine.ts'
import { toField } from './field.ts'
import { memberCell, parseMembers } from './members.ts'
import { nullsOf } from './nulls.ts'

type Cells = readonly Cell[]

/** A null has members too, which nobody reads. */
export function vectorData({ fields, vectorDimension = 0 }: Column, cells: Cells): Data {
  const empty = Array<number>(vectorDimension).fill(0)
  const members = cells.flatMap((cell) => (cell === null ? empty : (JSON.parse(cell) as number[])))
  const length = members.length
  const child =
    fields?.[0]?.type === 'fixed'
      ? makeData({ type: new Int32(), length, nullCount: 0, data: Int32Array.from(members) })
      : makeData({ type: new Float32(), length, nullCount: 0, data: Float32Array.from(members) })
  const type = new FixedSizeList(vectorDimension, new Field('element', child.type, true))
  return makeData({ type, child, ...nullsOf(cells) })
}

/** Writes members, which may be nested themselves. */
type Encode = (column: Column, cells: Cells) => Data

/** A structured OBJECT, ARRAY or MAP. */
export function nestedData(column: Column, cells: Cells, encode: Encode): Data {
  const values = cells.map((cell) => (cell === null ? null : parseMembers(cell)))
  const [first, second] = column.fields ?? []
  if (column.type === 'object' || first === undefined) {
    const children = (column.fields ?? []).map((field) =>
      encode(
        field,
        values.map((value) => memberCell(field, (value as Record<string, unknown> | null)?.[field.name])),
      ),
    )
    return makeData({ type: structOf(column.fields ?? [], children), children, ...nullsOf(cells) })
  }
  if (second === undefined) {
    const lists = values.map((value) => (value ?? []) as readonly unknown[])
    const element = { ...first, name: 'element' }
    const child = encode(
      element,
      lists.flat().map((item) => memberCell(element, item)),
    )
    const type = new List(toField(element, child.type))
    return makeData({ type, child, valueOffsets: offsetsOf(lists), ...nullsOf(cells) })
  }
  const entries = values.map((value) => Object.entries(value ?? {}))
  const members = [
    { ...first, name: 'key', nullable: false },
    { ...second, name: 'value' },
  ] as const
  const keys = entries.flat().map(([key]) => key)
  const items = entries.flat().map(([, item]) => memberCell(second, item))
  const children = [encode(members[0], keys), encode(members[1], items)]
  const pairs = structOf(members, children)
  const child = makeData({ type: pairs, children, length: keys.length, nullCount: 0 })
  const type = new Map_(new Field('entries', pairs, false))
  return makeData({ type, child, valueOffsets: offsetsOf(entries), ...nullsOf(cells) })
}

function structOf(fields: readonly Column[], children: readonly Data[]): Struct {
  return new Struct(fields.map((field, index) => toField(field, children[index]!.type)))
}

function offsetsOf(lists: readonly (readonly unknown[])[]): Int32Array {
  const offsets = new Int32Array(lists.length + 1)
  for (const [row, { length }] of lists.entries()) offsets[row + 1] = offsets[row]! + length
  return offsets
}
