/** All scenarios of one client, one after the other, in worlds of its own. */
import { ClientWorld } from './client-world.ts'
import { type CommandResult, type Installed, type Kit, runCommand } from './kits/index.ts'
import type { Answer, Scenario } from './scenario.ts'
import { directTarget, icecoreTarget } from './target.ts'

const PROGRAM_MS = 300_000

export interface ScenarioOutcome {
  readonly scenario: Scenario
  /** `except`: the scenario is not for this client. */
  readonly state: 'ok' | 'failed' | 'except'
  readonly why: string
  readonly answer: Answer | null
}

export interface KitOutcome {
  readonly kit: Kit
  readonly installed: Installed
  readonly outcomes: readonly ScenarioOutcome[]
}

export interface KitRun {
  readonly kit: Kit
  readonly cache: string
  readonly scenarios: readonly Scenario[]
  /** For somebody who waits. */
  readonly say: (text: string) => void
  /** Longest time for one program. */
  readonly limitMs?: number
}

export async function runKit({ kit, cache, scenarios, say, limitMs = PROGRAM_MS }: KitRun): Promise<KitOutcome> {
  const installed = await kit.install(cache)
  if (!installed.ok) return { kit, installed, outcomes: [] }
  const worlds = new Worlds()
  const outcomes: ScenarioOutcome[] = []
  try {
    for (const scenario of scenarios) {
      const outcome = await runScenario(scenario, { kit, command: installed.command, worlds, limitMs })
      if (outcome.state === 'failed') say(`${kit.name}, ${scenario.name}: ${outcome.why}`)
      outcomes.push(outcome)
    }
  } finally {
    await worlds.close()
  }
  return { kit, installed, outcomes }
}

type Patience = 'usual' | 'impatient'

const CONFIGURATIONS: Readonly<Record<Patience, string>> = {
  usual: '',
  impatient: 'sessions: {token_life: 10s, renew_grace: 0s}\nlimits: {hold: 2s}',
}

/** Each is there once somebody asks for it. */
class Worlds {
  readonly #worlds = new Map<Patience, Promise<ClientWorld>>()

  get(patience: Patience): Promise<ClientWorld> {
    const known = this.#worlds.get(patience) ?? ClientWorld.start(CONFIGURATIONS[patience])
    this.#worlds.set(patience, known)
    return known
  }

  async close(): Promise<void> {
    for (const world of this.#worlds.values()) await (await world).close()
  }
}

interface Client {
  readonly kit: Kit
  readonly command: readonly string[]
  readonly worlds: Worlds
  readonly limitMs: number
}

async function runScenario(scenario: Scenario, client: Client): Promise<ScenarioOutcome> {
  const exception = scenario.except?.[client.kit.name]
  if (exception !== undefined) return { scenario, state: 'except', why: exception, answer: null }
  const world = await client.worlds.get(scenario.world ?? 'usual')
  let answer: Answer | null = null
  try {
    const direct = scenario.compared ? await ask(scenario, client, world, 'direct') : null
    const recorded = (await world.events()).at(-1)?.lsn ?? 0
    const ran = world.emulator.inspect.statements().length
    scenario.before?.(world)
    answer = await ask(scenario, client, world, 'icecore')
    await scenario.check({
      answer,
      direct,
      kit: client.kit,
      world,
      wire: world.wire.seen,
      reached: world.emulator.inspect
        .statements()
        .slice(ran)
        .filter(({ queryTag }) => queryTag.includes('"statement":"')),
      events: async () => (await world.events()).filter(({ lsn }) => lsn > recorded),
    })
    return { scenario, state: 'ok', why: '', answer }
  } catch (error) {
    const why = (error as Error).message.split('\n').slice(0, 12).join('\n  ')
    return { scenario, state: 'failed', why, answer }
  } finally {
    world.wire.reset()
    world.emulator.faults.clear()
    await scenario.afterwards?.(world)
  }
}

async function ask(
  scenario: Scenario,
  { kit, command, limitMs }: Client,
  world: ClientWorld,
  way: 'direct' | 'icecore',
): Promise<Answer> {
  let meanwhile: Promise<void> | undefined
  const where = way === 'direct' ? directTarget(kit, world) : icecoreTarget(kit, world, placeOf(scenario, world))
  const target = { ...where, ...scenario.target?.(world) }
  const trust = scenario.trusts === undefined ? {} : await kit.trust(world.authorityFile(scenario.trusts))
  const ended = await runCommand([...command, scenario.program], {
    timeoutMs: limitMs,
    environment: {
      ICECORE_TARGET: JSON.stringify(target),
      SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
      ...scenario.environment,
      ...trust,
    },
    onStarted: async () => {
      if (way === 'direct') return
      await scenario.begun?.(world)
      meanwhile = scenario.meanwhile?.(world)
    },
  })
  await meanwhile
  return readAnswer(ended)
}

/** The last line that a program writes is its answer; a log of its driver may stand before it. */
function readAnswer({ stdout, stderr, code }: CommandResult): Answer {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{'))
    throw new Error(`the program ended with ${code}: ${stderr.trim().split('\n').slice(-5).join(' | ')}`)
  return JSON.parse(line) as Answer
}

function placeOf({ through }: Scenario, world: ClientWorld): string {
  if (through === 'tls') return world.tlsUrl
  return through === 'gateway' ? world.gatewayUrl : world.wire.url
}
