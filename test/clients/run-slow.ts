/**
 * `npm run test:slow [-- --minutes N] [--client NAME] [--cache FOLDER]`: statements that really take N minutes (15 where
 * nothing is said), through all drivers at once; and a driver that dies under way, whose statement Icecore cancels after
 * five minutes, where there are as many.
 */
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ClientWorld } from './client-world.ts'
import { KITS, type Kit, runCommand } from './kits/index.ts'
import { runKit } from './run-kit.ts'
import type { Scenario } from './scenario.ts'
import { lastCell } from './scenario.ts'
import { icecoreTarget } from './target.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    client: { type: 'string', default: '' },
    cache: { type: 'string', default: join(tmpdir(), 'icecore-clients') },
  },
})
const seconds = Number(values.minutes) * 60
const kits = KITS.filter(({ name }) => name.toLowerCase().includes(values.client.toLowerCase()))
/** Nobody has asked for the result for this long: Icecore takes the client for dead. */
const DEAD_AFTER_SECONDS = 300
/** Sessions are looked through four times a minute. */
const NOTICED_SECONDS = 30

const LONG: Scenario = {
  name: 'long',
  title: `a statement of ${values.minutes} minutes`,
  program: 'statement',
  target: () => ({ sql: `SELECT SYSTEM$WAIT(${seconds}), 7 AS N` }),
  check: ({ answer, reached }) => {
    assert.match(String(lastCell(answer)), /\b7$/)
    assert.ok(answer.seconds >= seconds)
    assert.equal(reached.length, 1, 'it ran more than once')
  },
}

process.exitCode = await run()

async function run(): Promise<number> {
  assert.ok(seconds > 0, `--minutes ${values.minutes} is no number of minutes`)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const limitMs = (seconds + 120) * 1000
  const runs = kits.map(async (kit): Promise<boolean> => {
    const { installed, outcomes } = await runKit({ kit, cache: values.cache, scenarios: [LONG], say, limitMs })
    if (!installed.ok) say(`${kit.name}: skipped: ${installed.why}`)
    for (const { state, answer } of outcomes) say(`${kit.name}: ${LONG.title}: ${state}, ${answer?.seconds ?? '–'} s`)
    return outcomes.every(({ state }) => state !== 'failed')
  })
  const [first] = kits
  if (first !== undefined && seconds >= DEAD_AFTER_SECONDS + NOTICED_SECONDS) runs.push(cancelForTheDead(first, say))
  return (await Promise.all(runs)).every((passed) => passed) ? 0 : 1
}

/** The driver is killed once its statement runs; Icecore must notice, cancel it, and say so on record. */
async function cancelForTheDead(kit: Kit, say: (text: string) => void): Promise<boolean> {
  const installed = await kit.install(values.cache)
  if (!installed.ok) return true
  const world = await ClientWorld.start('')
  try {
    const target = { ...icecoreTarget(kit, world, world.gatewayUrl), sql: `SELECT SYSTEM$WAIT(${seconds * 2}), 7 AS N` }
    await runCommand([...installed.command, 'statement'], {
      timeoutMs: 15_000,
      environment: { ICECORE_TARGET: JSON.stringify(target) },
    })
    await new Promise((resolve) => setTimeout(resolve, (DEAD_AFTER_SECONDS + NOTICED_SECONDS) * 1000))
    const cancelled = (await world.events()).filter((event) => event.type === 'statement.cancelled')
    say(`${kit.name}: died under way: ${cancelled.map(({ facts }) => facts.by).join() || 'FAILED: not cancelled'}`)
    return cancelled.length === 1
  } finally {
    await world.close()
  }
}
