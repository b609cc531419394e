/** One result of some 10 GB unpacked, read once by one client: memory must not grow with it. */
import type { BenchOptions, BenchReport } from './support/bench-report.ts'
import { MILLION, measureResults } from './support/measure-results.ts'
import { bytePump } from './support/raw-client.ts'

/** About 120 bytes a row, unpacked. */
const ROWS = 85 * MILLION

export function benchLarge(options: BenchOptions): Promise<BenchReport> {
  return measureResults({ format: 'arrow', plans: [{ client: bytePump, rows: ROWS, rounds: 1 }] }, options)
}
