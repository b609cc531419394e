/** Types of several members: their JSON cells as Arrow's own lists. */
import { type Data, Field, FixedSizeList, Float32, Int32, makeData } from 'apache-arrow'
import type { Cell, Column } from '../../engine.ts'
import { nullsOf } from './nulls.ts'

/** A null has members too, which nobody reads. */
export function vectorData({ fields, vectorDimension = 0 }: Column, cells: readonly Cell[]): Data {
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
