/**
 * `npm run test:fuzz -- --count N --seed S [--only INDEX]`: everything that can be wrong with a request to the driver door,
 * against a gateway that must answer, live, say nothing of its inside, and send nothing up that it did not decide and
 * record. Each attack has a twin, the same request unharmed, which must work right after it.
 */
import { parseArgs } from 'node:util'
import { readEvents } from '../support/test-gateway.ts'
import { compareRecord } from './compare-record.ts'
import { FuzzWorld } from './fuzz-world.ts'
import { type Finding, Lane, needleOf, type Tally } from './lane.ts'

const LANES = 24
const SHOWN = 20
const LOOK_MS = 2_000
/** What the process may take beyond what it took in the first quarter of the run. */
const GROWTH = 256 * 1024 * 1024

/** Of a round that could not be played: it, or one beside it, is what the gateway did not bear. */
const UNSERVED = { kind: 'any', mutation: 'of what was under way', sent: Buffer.alloc(0) }

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
const only = values.only === undefined ? null : Number(values.only)

const world = await FuzzWorld.start()
try {
  process.exitCode = await run()
} finally {
  await world.close()
}

async function run(): Promise<number> {
  const begun = performance.now()
  const tally: Tally = { findings: [], ends: new Map(), secrets: new Set(), lostSessions: 0 }
  const lanes = Array.from({ length: only === null ? LANES : 1 }, (_, number) => new Lane(world, number, seed, tally))
  for (const lane of lanes) await lane.begin()
  let next = only ?? 0
  const end = only === null ? count : only + 1
  const memory: number[] = []
  let isServing = true
  const look = setInterval(() => {
    world.memory().then(
      (bytes) => memory.push(bytes),
      () => undefined,
    )
    process.stderr.write(`\r${next} of ${end}, ${tally.findings.length} findings`)
  }, LOOK_MS)
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        while (next < end && isServing) {
          const index = next
          next += 1
          try {
            await lane.round(index)
          } catch (error) {
            isServing = false
            tally.findings.push({ ...UNSERVED, index, what: String(error) })
          }
        }
      }),
    )
  } finally {
    clearInterval(look)
    process.stderr.write('\n')
  }
  const seconds = (performance.now() - begun) / 1000
  if (isServing) for (const lane of lanes) await lane.end()
  const faults = isServing ? [...(await faultsAfterwards(tally)), ...growthOf(memory)] : [await lastWords()]
  for (const finding of tally.findings.slice(0, SHOWN)) print(finding)
  for (const fault of faults.slice(0, SHOWN)) process.stderr.write(`✖ ${fault}\n`)
  const ends = [...tally.ends].toSorted((one, other) => other[1] - one[1]).map(([what, times]) => `${what} ${times}`)
  process.stdout.write(
    `attacks ended: ${ends.join(', ')}\n` +
      `${end - (only ?? 0)} attacks and their twins in ${Math.round(seconds)} s, seed ${seed}: ` +
      `${world.upstream.arrivals.length} statements reached the warehouse, ` +
      `memory ${tenthsOf(memory).map(inMegabytes).join(' ')} MB, ` +
      `${tally.findings.length + faults.length} findings\n`,
  )
  return tally.findings.length + faults.length === 0 ? 0 : 1
}

async function lastWords(): Promise<string> {
  const state = world.gateway.isRunning ? 'lives' : `has ended with code ${await world.gateway.stop('SIGKILL')}`
  return `the gateway ${state}; the end of its log: ${world.gateway.errors.slice(-2_000)}`
}

/** Sessions, the log and the record: what only the whole run can tell. */
async function faultsAfterwards(tally: Tally): Promise<readonly string[]> {
  const faults: string[] = world.upstream.foreign.map(
    (what) => `the warehouse was asked for what nobody should: ${what}`,
  )
  const open = await world.open()
  if (open.sessions > tally.lostSessions)
    faults.push(`${open.sessions} sessions are left, ${tally.lostSessions} may be`)
  if (open.statements > 0) faults.push(`${open.statements} statements have not ended`)
  if (world.upstream.openSessions !== open.sessions) {
    faults.push(`${world.upstream.openSessions} sessions are left at the warehouse, ${open.sessions} in the gateway`)
  }
  const code = await world.gateway.stop('SIGTERM')
  if (code !== 0) faults.push(`the gateway ended with code ${code}`)
  faults.push(...faultsOfLog(world.gateway.errors, tally.secrets))
  const record = await compareRecord(readEvents(world), world.upstream)
  return [...faults, ...record.faults]
}

/** Words that no line of a log may hold. */
function faultsOfLog(log: string, tokens: ReadonlySet<string>): readonly string[] {
  const parts = new Set([...tokens].map(keyOf))
  const told = (log.match(/[\w-]{43,}/g) ?? []).filter((word) => parts.has(keyOf(word)))
  const secrets = [needleOf(seed), 'upstream-token-', 'upstream-master-', 'storage-key', 'eyJ', ...told]
  const said = secrets.filter((secret) => log.includes(secret)).map((secret) => `the log says ${lineWith(log, secret)}`)
  const errors = log.split('\n').filter((line) => /"level":(?:"error"|5\d)|\.internal"/.test(line))
  return [...said, ...errors.map((line) => `the log has an error: ${line.slice(0, 500)}`)]
}

/** A token without its first letters, by which it would be known in another spelling, too. */
function keyOf(token: string): string {
  return token.slice(-30)
}

function lineWith(log: string, word: string): string {
  const line = log.split('\n').find((one) => one.includes(word)) ?? ''
  return line.slice(0, 300)
}

function growthOf(memory: readonly number[]): readonly string[] {
  const first = memory.slice(0, Math.max(1, Math.ceil(memory.length / 4)))
  const growth = Math.max(0, ...memory) - Math.max(0, ...first)
  return growth <= GROWTH ? [] : [`the memory of the gateway grew by ${inMegabytes(growth)} MB`]
}

/** The most in each tenth of the run. */
function tenthsOf(memory: readonly number[]): readonly number[] {
  const size = Math.max(1, memory.length / 10)
  const parts = Array.from({ length: Math.min(10, memory.length) }, (_, part) =>
    memory.slice(Math.floor(part * size), Math.floor((part + 1) * size)),
  )
  return parts.map((part) => Math.max(0, ...part))
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

function print({ index, kind, mutation, what, sent }: Finding): void {
  process.stderr.write(`✖ --seed ${seed} --only ${index}: ${kind}, ${mutation}\n  ${what}\n`)
  if (only !== null) process.stderr.write(`${sent.toString('latin1', 0, 4_000)}\n`)
}
