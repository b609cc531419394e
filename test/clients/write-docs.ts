/** Puts what a run has shown into the documentation: between the marks, nothing else is touched. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { KITS } from './kits/index.ts'
import { renderErrors, renderScenarioTable, renderTraps } from './report.ts'
import type { KitOutcome } from './run-kit.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'

const BEGIN = '<!-- from here: written by test:clients -->'
const END = '<!-- to here -->'

/** Half a run would take away what the rest of it has shown. */
export async function writeDocs(kits: readonly KitOutcome[], scenarios: readonly Scenario[]): Promise<void> {
  if (kits.length < KITS.length || kits.some(({ installed }) => !installed.ok) || scenarios.length < SCENARIOS.length)
    throw new Error('the documentation is written of a whole run only: all clients, all scenarios')
  await replace('clients.md', `${renderScenarioTable(kits, scenarios)}\n\n## Traps\n\n${renderTraps(scenarios)}`)
  await replace('client-errors.md', renderErrors(kits, scenarios))
}

async function replace(page: string, text: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../docs/reference/${page}`, import.meta.url))
  const before = await readFile(path, 'utf8')
  const [start, end] = [before.indexOf(BEGIN), before.indexOf(END)]
  if (start < 0 || end < start) throw new Error(`${path} has no place for it`)
  await writeFile(path, `${before.slice(0, start)}${BEGIN}\n\n${text.trim()}\n\n${before.slice(end)}`)
}
