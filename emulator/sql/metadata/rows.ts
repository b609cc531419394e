import type { Cell } from '../../engine.ts'
import { secondsText } from '../types/index.ts'

/** A row by its columns; those left out are null. */
export type Row = Readonly<Record<string, Cell>>

export function time(milliseconds: number): string {
  return secondsText(BigInt(milliseconds) * 1_000_000n, 9)
}
