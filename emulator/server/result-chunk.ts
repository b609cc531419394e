import type { Cell } from '../engine.ts'
import type { NumberBits } from './arrow/index.ts'

export type Row = readonly Cell[]

/** A chunk at rest: a gzip file. */
export interface ResultChunk {
  readonly file: string
  readonly rowCount: number
  readonly uncompressedSize: number
  readonly compressedSize: number
  /** How wide its numbers are, in Arrow. */
  readonly numberBits: NumberBits
}

export interface ChunkWriter {
  readonly isFull: boolean
  add(row: Row): void
  /** Hands the gathered rows on; waits while the disk is behind. */
  flush(): Promise<void>
  close(): Promise<ResultChunk>
  /** Leaves no file behind. */
  discard(): Promise<void>
}

/** About as long as the row's JSON. */
export function rowSize(row: Row): number {
  return row.reduce((size, cell) => size + (cell?.length ?? 2) + 3, 0)
}
