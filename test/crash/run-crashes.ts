/**
 * `npm run test:crash -- --rounds N --seed S [--signal SIGTERM]`: the gateway is killed (SIGKILL) at random moments under
 * load and started again, while its clients and the warehouse live on. In the end nothing may be lost, unrecorded or run
 * twice; and after a SIGTERM, as in a rolling restart, no outcome may be unknown either.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { NodeDriver } from '../support/node-driver.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { makeWorld, recordedEvents, removeWorld } from '../support/test-gateway.ts'
import type { Client } from './client.ts'
import { compare } from './compare.ts'
import { DriverClient } from './driver-client.ts'
import { RawClient } from './raw-client.ts'

const RAW_CLIENTS = 6
const DRIVERS = 2
/** Statements that a round must see acknowledged before its kill. */
const STATEMENTS_A_ROUND = 200
/** The kill comes within so long after them. */
const KILL_WITHIN_MS = 200
const LOOK_MS = 5

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    signal: { type: 'string', default: 'SIGKILL' },
  },
})
const rounds = Number(values.rounds)
const signal = values.signal === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL'
const random = seededRandom(Number(values.seed))

const world = await makeWorld({
  port: await freePort(),
  // Snowflake keeps results for a day: a driver that pauses before it asks again must find its own.
  emulator: { initSql: 'CREATE TABLE SHOP.SALES.CRASH_MARKS (MARK TEXT)', maxResults: 1_000_000 },
  config: 'limits: {sessions_per_principal: 100}',
})
const gateway = new GatewayProcess(world.config)
try {
  process.exitCode = await run()
} finally {
  await gateway.stop('SIGKILL')
  await removeWorld(world)
}

async function run(): Promise<number> {
  await gateway.start()
  const mint = (): string => world.idp.mint({ sub: 'ada', groups: ['analysts'] })
  const clients: readonly Client[] = Array.from({ length: RAW_CLIENTS + DRIVERS }, (_, number) => {
    const client = number < RAW_CLIENTS ? RawClient : DriverClient
    return new client(`client${number}`, gateway.url, mint, random)
  })
  const stop = new AbortController()
  const running = Promise.all(clients.map((client) => client.run(stop.signal)))
  running.catch(() => stop.abort())
  const acknowledged = (): number =>
    clients.reduce((sum, { told }) => sum + told.filter(({ outcome }) => outcome === 'acknowledged').length, 0)
  const starts: number[] = []
  for (let round = 1; round <= rounds && !stop.signal.aborted; round += 1) {
    const goal = acknowledged() + STATEMENTS_A_ROUND
    while (acknowledged() < goal && !stop.signal.aborted) await pause(LOOK_MS)
    await pause(random() * KILL_WITHIN_MS)
    await gateway.stop(signal)
    const begun = performance.now()
    await gateway.start()
    starts.push(performance.now() - begun)
    process.stderr.write(
      `round ${round} of ${rounds}: ${signal}, and back after ${Math.round(starts.at(-1) ?? 0)} ms\n`,
    )
  }
  stop.abort()
  await running
  const told = clients.flatMap((client) => client.told)
  const ran = world.emulator.inspect.statements().map(({ sqlText }) => sqlText)
  const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: mint() })
  const marks = await driver.query('SELECT MARK FROM SHOP.SALES.CRASH_MARKS')
  await driver.close()
  const { lost, unrecorded, twice, failed, unknown } = compare(
    told,
    await recordedEvents(world),
    ran,
    marks.map(({ MARK }) => String(MARK)),
  )
  for (const [what, list] of Object.entries({ lost, unrecorded, twice, failed })) {
    for (const one of list.slice(0, 20)) process.stderr.write(`${what}: ${one}\n`)
  }
  const longest = Math.max(...clients.map((client) => client.longestMs))
  const [fastest = 0, ...others] = starts.toSorted((one, other) => one - other)
  process.stdout.write(
    `start-up ${Math.round(fastest)}–${Math.round(others.at(-1) ?? fastest)} ms; longest wait of a client ${Math.round(longest)} ms; ` +
      `${unknown} of unknown outcome, ${failed.length} failed\n` +
      `${rounds} rounds, ${told.length} statements: ${lost.length} lost, ${unrecorded.length} unrecorded, ${twice.length} run twice\n`,
  )
  const unexplained = signal === 'SIGTERM' ? unknown : 0
  return lost.length + unrecorded.length + twice.length + failed.length + unexplained === 0 ? 0 : 1
}
