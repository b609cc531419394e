/** What a bench hands back: figures for machines, and a table with its words for people. */
import { loadavg } from 'node:os'
import { renderTable, type Table } from '../../src/lib/text/index.ts'

export interface BenchReport {
  readonly title: string
  readonly figures: unknown
  readonly table: Table
  readonly notes: readonly string[]
}

export interface BenchOptions {
  readonly rounds: number
  /** Where measured gateways leave their CPU profiles; null for none. */
  readonly profile: string | null
  /** Told of progress. */
  readonly say: (line: string) => void
}

export function formatReport({ title, table, notes }: BenchReport): string {
  return [title, '', ...renderTable(table, { width: 160 }), '', ...notes, ''].join('\n')
}

/** Load of the machine over the last minute: what else ran while this was measured. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN
}
