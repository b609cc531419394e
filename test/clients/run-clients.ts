/**
 * `npm run test:clients [-- --client NAME] [--scenario NAME] [--cache FOLDER] [--write-docs]`: the official drivers of
 * several languages, each installed from its registry, through the same scenarios. Ends with a table, and says what it
 * left out and why. `--write-docs` puts what it saw into the documentation.
 */
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KITS } from './kits/index.ts'
import { renderForTerminal } from './report.ts'
import { type KitOutcome, runKit } from './run-kit.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { writeDocs } from './write-docs.ts'

const { values } = parseArgs({
  options: {
    client: { type: 'string' },
    scenario: { type: 'string' },
    cache: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
})
const cache = values.cache ?? join(tmpdir(), 'icecore-clients')
const kits = KITS.filter(({ name }) => matches(name, values.client))
const scenarios = SCENARIOS.filter(({ name }) => matches(name, values.scenario))
process.exitCode = await run()

async function run(): Promise<number> {
  const outcomes = await runSideBySide()
  process.stdout.write(`\n${renderForTerminal(outcomes, scenarios)}\n\n`)
  const all = outcomes.flatMap((outcome) => outcome.outcomes)
  const [passed, failed, left] = (['ok', 'failed', 'except'] as const).map(
    (wanted) => all.filter(({ state }) => state === wanted).length,
  )
  const skipped = outcomes.filter(({ installed }) => !installed.ok).length
  process.stdout.write(`${passed} passed, ${failed} failed, ${left} not for the client, ${skipped} clients skipped\n`)
  if (values['write-docs']) await writeDocs(outcomes, scenarios)
  return failed === 0 && all.length > 0 ? 0 : 1
}

/** Most of a run is waiting: one client more than there are processors. */
async function runSideBySide(): Promise<readonly KitOutcome[]> {
  const waiting = [...kits.entries()]
  const outcomes: KitOutcome[] = []
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, kit] = next
      outcomes[index] = await runKit({ kit, cache, scenarios, say })
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane))
  return outcomes
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function matches(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase())
}
