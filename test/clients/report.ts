/** What a run has shown, as tables for the terminal and for the documentation. */
import { renderTable } from '../../src/lib/text/index.ts'
import type { KitOutcome, ScenarioOutcome } from './run-kit.ts'
import type { Scenario } from './scenario.ts'
import { TRAPS } from './traps.ts'

export function renderForTerminal(kits: readonly KitOutcome[], scenarios: readonly Scenario[]): string {
  const columns = ['scenario', ...kits.map(heading)].map((name) => ({ name }))
  const rows = scenarios.map((scenario) => [scenario.title, ...kits.map((kit) => cell(kit, scenario))])
  const table = renderTable({ columns, rows }, { width: 200 })
  return [...table, '', ...reasons(kits), '', ...kits.flatMap(patience)].join('\n')
}

const LONG_SECONDS = 30

/** The table client × scenario of docs/reference/clients.md. */
export function renderScenarioTable(kits: readonly KitOutcome[], scenarios: readonly Scenario[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rows = scenarios.map((scenario) => row([scenario.title, ...kits.map((kit) => cell(kit, scenario))]))
  return [
    row(['scenario', ...kits.map(heading)]),
    `|${'---|'.repeat(kits.length + 1)}`,
    ...rows,
    '',
    'A dash: not for this client.',
    '',
    ...reasons(kits).map((reason) => `- ${reason}`),
  ].join('\n')
}

/** Where drivers differ, and what would show it. */
export function renderTraps(scenarios: readonly Scenario[]): string {
  const title = (name: string): string => scenarios.find((scenario) => scenario.name === name)?.title ?? name
  const rows = TRAPS.map(({ trap, scenarios: names }) => `| ${trap} | ${names.map(title).join('; ')} |`)
  return ['| trap | scenarios |', '|---|---|', ...rows].join('\n')
}

/** What a person sees, by situation: docs/reference/client-errors.md. */
export function renderErrors(kits: readonly KitOutcome[], scenarios: readonly Scenario[]): string {
  return scenarios
    .filter(({ shows }) => shows !== undefined)
    .map((scenario) =>
      [`## ${capital(scenario.shows ?? '')}`, '', ...kits.flatMap((kit) => shown(kit, scenario))].join('\n'),
    )
    .join('\n')
}

function shown({ kit, outcomes }: KitOutcome, scenario: Scenario): readonly string[] {
  const answer = find(outcomes, scenario)?.answer
  if (answer?.error === undefined) return []
  const { message } = answer.error
  return [`${kit.name}, after ${answer.seconds.toFixed(1)} s:`, '', '```text', withoutChance(message), '```', '']
}

/** Ids, ports and times differ from run to run. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replaceAll(/\b(st|req)_\w+/g, '$1_<id>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8484')
    .replaceAll(/(port=?'?)\d{4,5}/g, '$18484')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .trimEnd()
}

function heading({ kit, installed }: KitOutcome): string {
  // The version says more than the major in the name.
  return installed.ok ? `${kit.name.replace(/ \d+$/, '')} ${installed.version}` : kit.name
}

function cell({ installed, outcomes }: KitOutcome, scenario: Scenario): string {
  if (!installed.ok) return 'skipped'
  const state = find(outcomes, scenario)?.state
  return state === 'except' ? '–' : state === 'ok' ? 'ok' : 'FAILED'
}

/** What took longer than anybody likes to wait. */
function patience({ kit, outcomes }: KitOutcome): readonly string[] {
  const slow = outcomes.filter(({ answer }) => (answer?.seconds ?? 0) > LONG_SECONDS)
  return slow.map(({ scenario, answer }) => `${kit.name}, ${scenario.title}: ${answer?.seconds.toFixed(0)} s`)
}

/** Why clients and scenarios were left out. */
function reasons(kits: readonly KitOutcome[]): readonly string[] {
  return kits.flatMap(({ kit, installed, outcomes }) => {
    if (!installed.ok) return [`${kit.name} was skipped: ${installed.why}`]
    const exceptions = outcomes.filter(({ state }) => state === 'except')
    return exceptions.map(({ scenario, why }) => `${kit.name}, ${scenario.title}: ${why}`)
  })
}

function find(outcomes: readonly ScenarioOutcome[], scenario: Scenario): ScenarioOutcome | undefined {
  return outcomes.find(({ scenario: { name } }) => name === scenario.name)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
