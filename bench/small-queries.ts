/** What a one-row SELECT takes, in a few sessions and in many: direct, through a plain proxy, through Icecore. */

import { measureBareDisk } from './support/bare-disk.ts'
import type { BenchClient, BenchSession } from './support/bench-client.ts'
import { type BenchOptions, type BenchReport, loadAverage } from './support/bench-report.ts'
import { type Latencies, runClosedLoops } from './support/closed-loops.ts'
import { driverClient } from './support/driver-client.ts'
import { type Spread, show, spreadOf } from './support/figures.ts'
import { rowReader } from './support/raw-client.ts'
import { inTurn, startTargets, type Targets, WAYS, type Way } from './support/targets.ts'

const LATENCY_MS = 5
const WARM_UP_SECONDS = 2
const SECONDS = 4
const DISK_SECONDS = 1
const FEW_SESSIONS = 8
/** Milliseconds over the plain proxy, at the median, with few sessions. */
const AIM_MS = 2

interface Measured extends Latencies {
  /** CPU time of the process in the way, for one statement, in milliseconds. */
  readonly cpuMs: number | null
}

interface Round {
  readonly ways: Readonly<Record<Way, Measured>>
  readonly disk: Latencies
  readonly load: number
}

interface ClientFigures {
  readonly client: string
  readonly rounds: readonly Round[]
  /** Median statement through Icecore less that through the proxy, round by round. */
  readonly overProxyMs: Spread
}

interface Load {
  readonly sessions: number
  readonly clients: readonly BenchClient[]
}

export function benchSmallQueries(options: BenchOptions): Promise<BenchReport> {
  return benchLoad({ sessions: FEW_SESSIONS, clients: [driverClient, rowReader] }, options)
}

/** The driver would want more of the machine than what is measured. */
export function benchCrowd(options: BenchOptions): Promise<BenchReport> {
  return benchLoad({ sessions: 64, clients: [rowReader] }, options)
}

async function benchLoad({ sessions, clients }: Load, options: BenchOptions): Promise<BenchReport> {
  const targets = await startTargets({ latencyMs: LATENCY_MS, chunks: 0, format: 'json', profile: options.profile })
  try {
    const figures: ClientFigures[] = []
    for (const client of clients) figures.push(await measureClient({ client, sessions }, targets, options))
    return report(sessions, figures)
  } finally {
    await targets.close()
  }
}

async function measureClient(
  { client, sessions: count }: { readonly client: BenchClient; readonly sessions: number },
  targets: Targets,
  options: BenchOptions,
): Promise<ClientFigures> {
  const sessions = new Map<Way, readonly BenchSession[]>()
  for (const target of targets.targets) {
    const own = await Promise.all(Array.from({ length: count }, () => client.connect(target)))
    sessions.set(target.way, own)
    await runLoops(own, WARM_UP_SECONDS)
  }
  const rounds: Round[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    options.say(`small queries, ${count} sessions, ${client.name}, round ${round + 1} of ${options.rounds}`)
    const ways: Partial<Record<Way, Measured>> = {}
    for (const way of inTurn(WAYS, round)) ways[way] = await measureWay(way, sessions.get(way) ?? [], targets)
    const disk = await measureBareDisk(targets.folder, DISK_SECONDS)
    rounds.push({ ways: ways as Round['ways'], disk, load: loadAverage() })
  }
  for (const session of [...sessions.values()].flat()) await session.close()
  const overProxyMs = spreadOf(rounds.map(({ ways }) => ways.icecore.p50 - ways.proxy.p50))
  return { client: client.name, rounds, overProxyMs }
}

async function measureWay(way: Way, sessions: readonly BenchSession[], targets: Targets): Promise<Measured> {
  const before = await targets.usage(way)
  const { count, ...latencies } = await runLoops(sessions, SECONDS)
  const after = await targets.usage(way)
  const cpu = before === null || after === null ? null : after.cpuSeconds - before.cpuSeconds
  return { ...latencies, cpuMs: cpu === null ? null : (cpu / count) * 1000 }
}

function runLoops(sessions: readonly BenchSession[], seconds: number): ReturnType<typeof runClosedLoops> {
  let number = 0
  return runClosedLoops(seconds, sessions.length, async (loop) => {
    number += 1
    await sessions[loop]?.one(`SELECT ${number}`)
  })
}

function report(sessions: number, clients: readonly ClientFigures[]): BenchReport {
  const rows = clients.flatMap(({ client, rounds }) => {
    const of = (way: Way, what: keyof Measured): Spread => spreadOf(rounds.map(({ ways }) => ways[way][what] ?? 0))
    const wayRows = WAYS.map((way) => [
      client,
      way,
      show(of(way, 'p50'), 2),
      show(of(way, 'p99'), 2),
      show(of(way, 'perSecond'), 0),
      way === 'direct' ? '' : show(of(way, 'cpuMs'), 2),
      way === 'direct' ? '' : (1000 / of(way, 'cpuMs').median).toFixed(0),
    ])
    const disk = (what: 'p50' | 'p99' | 'perSecond'): Spread => spreadOf(rounds.map((round) => round.disk[what]))
    const diskRow = ['none', 'bare fdatasync, 1 KiB', show(disk('p50'), 2), show(disk('p99'), 2)]
    return [...wayRows, [...diskRow, show(disk('perSecond'), 0), '', '']]
  })
  return {
    title: `One-row SELECT, ${sessions} sessions, upstream of ${LATENCY_MS} ms`,
    figures: { sessions, upstreamMs: LATENCY_MS, aimMs: AIM_MS, clients },
    table: {
      columns: [
        { name: 'client' },
        { name: 'way' },
        { name: 'p50 ms', align: 'right' },
        { name: 'p99 ms', align: 'right' },
        { name: 'statements/s', align: 'right' },
        { name: 'CPU ms/statement', align: 'right' },
        { name: 'statements/CPU s', align: 'right' },
      ],
      rows,
    },
    notes: clients.map(({ client, rounds, overProxyMs }) => {
      const aim = sessions === FEW_SESSIONS ? ` (aim: ${AIM_MS})` : ''
      const load = show(spreadOf(rounds.map((round) => round.load)), 1)
      return `${client}: Icecore takes ${show(overProxyMs, 2)} ms over the proxy at p50${aim}; load average ${load}`
    }),
  }
}
