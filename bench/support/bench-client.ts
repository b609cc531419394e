/** What is measured from: something that logs in at a target and reads results. */
import type { Target } from './targets.ts'

export interface BenchClient {
  /** As shown beside the figures. */
  readonly name: string
  connect(target: Target): Promise<BenchSession>
}

export interface BenchSession {
  /** One statement with a result of one row. */
  one(sql: string): Promise<void>
  /** A statement with a large result, read to its end; the number of its rows. */
  rows(sql: string): Promise<number>
  close(): Promise<void>
}
