/** What large results take: direct, through a plain proxy, through Icecore; and what memory the process between wants. */
import type { ResultClient } from './bench-client.ts'
import { type BenchOptions, type BenchReport, loadAverage } from './bench-report.ts'
import { driverClient } from './driver-client.ts'
import { type Spread, show, spreadOf } from './figures.ts'
import { type ChunkFormat, COLUMNS, INLINE_ROWS, ROWS_PER_CHUNK } from './prepared-chunks.ts'
import { inTurn, startTargets, type Target, type Targets, WAYS, type Way } from './targets.ts'

const LATENCY_MS = 5
export const MILLION = 1_000_000
/** Times the plain proxy's time, and bytes over idle. */
const AIM_RATIO = 1.3
const AIM_GROWTH = 100e6

interface Measured {
  readonly seconds: number
  /** Until the first row; null where the client does not tell. */
  readonly firstSeconds: number | null
  /** Of the process in the way, for a billion bytes of unpacked rows; null for direct. */
  readonly cpuSecondsPerGb: number | null
  /** The most memory of that process over what it has when idle. */
  readonly growth: number | null
}

interface Round {
  readonly ways: Readonly<Record<Way, Measured>>
  readonly load: number
}

interface Figures {
  readonly client: string
  readonly rows: number
  readonly rounds: readonly Round[]
  /** Time through Icecore by time through the proxy, round by round. */
  readonly ratio: Spread
}

export interface Plan {
  readonly client: ResultClient
  readonly rows: number
  readonly rounds: number
}

export async function measureResults(
  { format, plans }: { readonly format: ChunkFormat; readonly plans: readonly Plan[] },
  options: BenchOptions,
): Promise<BenchReport> {
  const chunks = MILLION / ROWS_PER_CHUNK
  const targets = await startTargets({ latencyMs: LATENCY_MS, chunks, format, profile: options.profile })
  try {
    const idle = await warmUp(targets)
    const figures: Figures[] = []
    for (const plan of plans) figures.push(await measurePlan(plan, targets, idle, options))
    return report(format, figures, targets)
  } finally {
    await targets.close()
  }
}

type Idle = Readonly<Record<Way, number>>

/** One small statement each way: what a process has then is what it has when idle. */
async function warmUp(targets: Targets): Promise<Idle> {
  const idle: Partial<Record<Way, number>> = {}
  for (const target of targets.targets) {
    const session = await driverClient.connect(target)
    await session.one('SELECT 1')
    await session.close()
    idle[target.way] = (await targets.usage(target.way))?.rss ?? 0
  }
  return idle as Idle
}

async function measurePlan(plan: Plan, targets: Targets, idle: Idle, options: BenchOptions): Promise<Figures> {
  const rounds: Round[] = []
  for (let round = 0; round < plan.rounds; round += 1) {
    options.say(`${plan.rows.toLocaleString('en')} rows, ${plan.client.name}, round ${round + 1} of ${plan.rounds}`)
    const ways: Partial<Record<Way, Measured>> = {}
    for (const target of inTurn(targets.targets, round)) {
      ways[target.way] = await measureWay(plan, target, targets, idle[target.way])
    }
    rounds.push({ ways: ways as Round['ways'], load: loadAverage() })
  }
  const ratio = spreadOf(rounds.map(({ ways }) => ways.icecore.seconds / ways.proxy.seconds))
  return { client: plan.client.name, rows: plan.rows, rounds, ratio }
}

async function measureWay({ client, rows }: Plan, target: Target, targets: Targets, idle: number): Promise<Measured> {
  const session = await client.connect(target)
  const before = await targets.usage(target.way)
  const { rows: read, seconds, firstSeconds } = await session.rows(`SELECT * FROM ROWS_${rows}`)
  const after = await targets.usage(target.way)
  await session.close()
  if (read !== INLINE_ROWS.length + rows)
    throw new Error(`${client.name} read ${read} rows of 1 + ${rows} by way of ${target.way}`)
  if (before === null || after === null) return { seconds, firstSeconds, cpuSecondsPerGb: null, growth: null }
  const plainBytes = (rows / ROWS_PER_CHUNK) * targets.stub.chunkPlainBytes
  const cpuSecondsPerGb = (after.cpuSeconds - before.cpuSeconds) / (plainBytes / 1e9)
  return { seconds, firstSeconds, cpuSecondsPerGb, growth: after.peakRss - idle }
}

function report(format: ChunkFormat, figures: readonly Figures[], { stub }: Targets): BenchReport {
  const rows = figures.flatMap(({ client, rows, rounds, ratio }) =>
    WAYS.map((way) => {
      const of = (what: keyof Measured): Spread => spreadOf(rounds.map(({ ways }) => ways[way][what] ?? 0))
      return [
        client,
        `${rows / MILLION} M`,
        way,
        show(of('seconds'), 2),
        rounds.some(({ ways }) => ways[way].firstSeconds === null) ? '' : show(of('firstSeconds'), 3),
        way === 'icecore' ? show(ratio, 2) : '',
        way === 'direct' ? '' : show(of('cpuSecondsPerGb'), 2),
        way === 'direct' ? '' : (of('growth').most / 1e6).toFixed(0),
      ]
    }),
  )
  const load = show(spreadOf(figures.flatMap(({ rounds }) => rounds.map((round) => round.load))), 1)
  const sizes = `${(stub.chunkPlainBytes / 1e6).toFixed(1)} MB unpacked, ${(stub.chunkBytes / 1e6).toFixed(1)} MB as sent`
  return {
    title: `Results of ${COLUMNS.length} columns in ${format === 'arrow' ? 'Arrow' : 'JSON'} chunks of ${ROWS_PER_CHUNK.toLocaleString('en')} rows (${sizes})`,
    figures: { stub, aimRatio: AIM_RATIO, aimGrowth: AIM_GROWTH, figures },
    table: {
      columns: [
        { name: 'client' },
        { name: 'rows', align: 'right' },
        { name: 'way' },
        { name: 'seconds', align: 'right' },
        { name: 'to the first row', align: 'right' },
        { name: 'Icecore ÷ proxy', align: 'right' },
        { name: 'CPU s/GB unpacked', align: 'right' },
        { name: 'MB over idle, most', align: 'right' },
      ],
      rows,
    },
    notes: [`Aims, with a driver: ratio ≤ ${AIM_RATIO}, ≤ ${AIM_GROWTH / 1e6} MB over idle. Load average ${load}`],
  }
}
