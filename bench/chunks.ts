/** Large results in JSON, as Node takes them. */
import type { BenchOptions, BenchReport } from './support/bench-report.ts'
import { driverClient } from './support/driver-client.ts'
import { MILLION, measureResults } from './support/measure-results.ts'
import { bytePump, rowReader } from './support/raw-client.ts'

export function benchChunks(options: BenchOptions): Promise<BenchReport> {
  const { rounds } = options
  const plans = [
    { client: driverClient, rows: MILLION, rounds },
    { client: rowReader, rows: MILLION, rounds },
    { client: bytePump, rows: MILLION, rounds },
    // The driver would take minutes for each way, and hide what lies behind it.
    { client: rowReader, rows: 10 * MILLION, rounds: 1 },
  ]
  return measureResults({ format: 'json', plans }, options)
}
