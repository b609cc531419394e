/** Large results in Arrow, as the drivers of other languages take them, beside who only drops the bytes. */
import { KITS } from '../test/clients/kits/index.ts'
import type { BenchOptions, BenchReport } from './support/bench-report.ts'
import { installClient, type ReadMode } from './support/installed-client.ts'
import { MILLION, measureResults, type Plan } from './support/measure-results.ts'
import { bytePump } from './support/raw-client.ts'

const READERS: readonly (readonly [kit: string, mode: ReadMode])[] = [
  ['Python 5', 'arrow'],
  ['Python 5', 'pandas'],
  ['Python 4', 'arrow'],
  ['Python 4', 'pandas'],
  ['Go', 'rows'],
  ['JDBC', 'rows'],
]

export async function benchDrivers(options: BenchOptions): Promise<BenchReport> {
  const { rounds } = options
  const plans: Plan[] = [{ client: bytePump, rows: MILLION, rounds }]
  for (const [name, mode] of READERS) {
    const kit = KITS.find((one) => one.name === name)
    if (kit === undefined) throw new Error(`there is no client ${name}`)
    options.say(`${name}: installing`)
    plans.push({ client: await installClient(kit, mode), rows: MILLION, rounds })
  }
  return measureResults({ format: 'arrow', plans }, options)
}
