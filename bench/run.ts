/** Runs the measurements: see README.md. */
import { parseArgs } from 'node:util'
import { benchChunks } from './chunks.ts'
import { benchDrivers } from './drivers.ts'
import { benchJournal } from './journal.ts'
import { benchLarge } from './large.ts'
import { benchCrowd, benchSmallQueries } from './small-queries.ts'
import { benchStartup } from './startup.ts'
import { type BenchOptions, type BenchReport, formatReport } from './support/bench-report.ts'

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  small: benchSmallQueries,
  crowd: benchCrowd,
  chunks: benchChunks,
  drivers: benchDrivers,
  large: benchLarge,
  journal: benchJournal,
  startup: benchStartup,
}
const USAGE = `usage: bench/run.ts [${Object.keys(BENCHES).join('|')}]… [--rounds N] [--json] [--profile FOLDER]\n`

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals
  if (!Number.isSafeInteger(rounds) || rounds < 1 || names.some((name) => BENCHES[name] === undefined)) {
    process.stderr.write(USAGE)
    return 2
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  for (const name of names) {
    const report = await BENCHES[name]?.({ rounds, profile: values.profile ?? null, say })
    if (report === undefined) continue
    const { title, figures } = report
    process.stdout.write(
      values.json ? `${JSON.stringify({ bench: name, title, figures })}\n` : `${formatReport(report)}\n`,
    )
  }
  return 0
}

process.exitCode = await main()
