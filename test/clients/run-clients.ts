/**
 * `npm run test:clients [-- --client NAME] [--scenario NAME] [--cache FOLDER]`: the official drivers of several languages,
 * each installed from its registry, through the same scenarios. Ends with a table, and says what it skipped and why.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { renderTable } from '../../src/lib/text/index.ts'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { makeWorld, removeWorld } from '../support/test-gateway.ts'
import { goKit } from './kits/go-kit.ts'
import { jdbcKit } from './kits/jdbc-kit.ts'
import type { Installed, Kit } from './kits/kit.ts'
import { nodeKit } from './kits/node-kit.ts'
import { pythonKit } from './kits/python-kit.ts'
import { runCommand } from './kits/run-command.ts'
import { type Answer, SCENARIOS, type Scenario, TYPES_SQL } from './scenarios.ts'

const KITS: readonly Kit[] = [
  nodeKit,
  pythonKit(4, 'snowflake-connector-python>=4,<5'),
  pythonKit(5, 'snowflake-connector-python>=5,<6'),
  goKit,
  jdbcKit,
]
const SCENARIO_MS = 120_000
const DIRECT_USER = { name: 'DIRECT', password: 'direct-password' }

const { values } = parseArgs({
  options: { client: { type: 'string' }, scenario: { type: 'string' }, cache: { type: 'string' } },
})
const cache = values.cache ?? join(tmpdir(), 'icecore-clients')

const world = await makeWorld({
  port: await freePort(),
  config: 'limits: {sessions_per_principal: 100}',
  users: [{ ...DIRECT_USER, roles: ['ANALYST'], defaultRole: 'ANALYST', defaultWarehouse: 'COMPUTE_WH' }],
})
const gateway = new GatewayProcess(world.config)
try {
  await gateway.start()
  process.exitCode = await run()
} finally {
  await gateway.stop('SIGKILL')
  await removeWorld(world)
}

interface Outcome {
  readonly kit: Kit
  readonly installed: Installed
  /** By scenario: null when it passed, else what went wrong. */
  readonly failures: ReadonlyMap<string, string | null>
}

async function run(): Promise<number> {
  const outcomes: Outcome[] = []
  for (const kit of KITS.filter(({ name }) => matches(name, values.client))) outcomes.push(await runKit(kit))
  const wanted = SCENARIOS.filter(({ name }) => matches(name, values.scenario))
  const columns = [
    'scenario',
    ...outcomes.map(({ kit, installed }) => (installed.ok ? `${kit.name} (${installed.version})` : kit.name)),
  ]
  const rows = wanted.map(({ name, title }) => [title, ...outcomes.map((outcome) => cell(outcome, name))])
  const table = renderTable({ columns: columns.map((name) => ({ name })), rows }, { width: 200 })
  process.stdout.write(`\n${table.join('\n')}\n\n`)
  for (const { kit, installed } of outcomes)
    if (!installed.ok) process.stdout.write(`skipped ${kit.name}: ${installed.why}\n`)
  const all = outcomes.flatMap(({ kit, failures }) => [...failures].map(([name, why]) => ({ kit, name, why })))
  const failed = all.filter(({ why }) => why !== null)
  for (const { kit, name, why } of failed) process.stdout.write(`${kit.name}, ${name}: ${why}\n`)
  process.stdout.write(
    `${all.length - failed.length} passed, ${failed.length} failed, ${outcomes.filter(({ installed }) => !installed.ok).length} clients skipped\n`,
  )
  return failed.length === 0 ? 0 : 1
}

function matches(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase())
}

function cell({ installed, failures }: Outcome, scenario: string): string {
  if (!installed.ok) return 'skipped'
  return failures.get(scenario) === null ? 'ok' : 'FAILED'
}

async function runKit(kit: Kit): Promise<Outcome> {
  process.stderr.write(`${kit.name}: installing\n`)
  const installed = await kit.install(cache)
  const failures = new Map<string, string | null>()
  if (!installed.ok) return { kit, installed, failures }
  for (const scenario of SCENARIOS.filter(({ name }) => matches(name, values.scenario))) {
    const why = await runScenario(kit, installed.command, scenario)
    failures.set(scenario.name, why)
    process.stderr.write(`${kit.name}: ${scenario.title}: ${why === null ? 'ok' : `FAILED: ${why}`}\n`)
  }
  return { kit, installed, failures }
}

/** Null when it passed. */
async function runScenario(kit: Kit, command: readonly string[], scenario: Scenario): Promise<string | null> {
  try {
    const direct = scenario.compared ? await ask(kit, command, scenario, 'direct') : null
    scenario.check(await ask(kit, command, scenario, 'icecore'), direct)
    return null
  } catch (error) {
    return (error as Error).message.split('\n').slice(0, 12).join('\n  ')
  }
}

async function ask(
  kit: Kit,
  command: readonly string[],
  scenario: Scenario,
  way: 'direct' | 'icecore',
): Promise<Answer> {
  let restarting: Promise<void> | null = null
  const { stdout, stderr, code } = await runCommand([...command, scenario.name], {
    timeoutMs: SCENARIO_MS,
    environment: { ICECORE_TARGET: JSON.stringify(targetOf(kit, way)), SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true' },
    onStderr: (text) => {
      if (scenario.restarts && text.includes('started')) restarting ??= restart()
    },
  })
  await restarting
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{'))
    throw new Error(`the program ended with ${code}: ${stderr.trim().split('\n').slice(-5).join(' | ')}`)
  return JSON.parse(line) as Answer
}

/** In the middle of the statement. */
async function restart(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await gateway.stop('SIGKILL')
  await gateway.start()
}

function targetOf({ major }: Kit, way: 'direct' | 'icecore'): Readonly<Record<string, unknown>> {
  const url = new URL(way === 'direct' ? world.emulator.url : gateway.url)
  const where = { host: url.hostname, port: Number(url.port), protocol: 'http', sql: TYPES_SQL, major }
  return way === 'direct'
    ? { ...where, account: world.emulator.account, user: DIRECT_USER.name, password: DIRECT_USER.password }
    : { ...where, account: 'prod', user: 'agent', token: world.idp.mint({ sub: 'ada', groups: ['analysts'] }) }
}
