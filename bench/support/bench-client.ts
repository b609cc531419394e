/** What is measured from: something that logs in at a target and reads results. */
import type { Target } from './targets.ts'

export interface ResultClient {
  /** As shown beside the figures. */
  readonly name: string
  connect(target: Target): Promise<ResultSession>
}

export interface ResultSession {
  /** A statement with a large result, read to its end. */
  rows(sql: string): Promise<Reading>
  close(): Promise<void>
}

export interface Reading {
  readonly rows: number
  /** From the sending of the statement to its last row. */
  readonly seconds: number
  /** To its first row; null where the client does not tell. */
  readonly firstSeconds: number | null
}

export interface BenchClient extends ResultClient {
  connect(target: Target): Promise<BenchSession>
}

export interface BenchSession extends ResultSession {
  /** One statement with a result of one row. */
  one(sql: string): Promise<void>
}
