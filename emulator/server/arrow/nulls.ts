/** What Arrow keeps of a column's nulls: how many, and one bit a row that is set where there is a value. */
export function nullsOf(values: readonly unknown[]): {
  readonly length: number
  readonly nullCount: number
  readonly nullBitmap: Uint8Array
} {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8))
  let nullCount = 0
  for (const [row, value] of values.entries()) {
    if (value === null) nullCount += 1
    else nullBitmap[row >> 3]! |= 1 << (row & 7)
  }
  return { length: values.length, nullCount, nullBitmap }
}
