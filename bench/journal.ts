/** How fast the journal makes events durable, beside the bare fdatasync of the same disk and run. */
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JournalLimits, openJournal } from '../src/adapters/journal/index.ts'
import type { EventInput } from '../src/core/recording/index.ts'
import { systemClock } from '../src/lib/clock.ts'
import { randomIds } from '../src/lib/ids.ts'
import { measureBareDisk } from './support/bare-disk.ts'
import { type BenchOptions, type BenchReport, loadAverage } from './support/bench-report.ts'
import { type Latencies, runClosedLoops } from './support/closed-loops.ts'
import { type Spread, show, spreadOf } from './support/figures.ts'

const SECONDS = 1
const KIB = 1024
const SESSIONS = [1, 8, 64, 512]

interface Step {
  readonly what: string
  readonly measure: (folder: string) => Promise<Measured>
}

interface Measured extends Latencies {
  /** CPU time of this process for one append, in microseconds; null where it was not looked at. */
  readonly cpuMicros: number | null
}

const STEPS: readonly Step[] = [
  {
    what: 'bare write + fdatasync, 1 KiB',
    measure: async (folder) => ({ ...(await measureBareDisk(folder, SECONDS)), cpuMicros: null }),
  },
  ...SESSIONS.flatMap((sessions) => [
    journalStep(`journal, ${sessions} sessions, 1 KiB`, sessions, KIB, {}),
    journalStep(`journal, ${sessions} sessions, 1 KiB, no zeros ahead`, sessions, KIB, { aheadBytes: 0 }),
  ]),
  journalStep('journal, 8 sessions, 256 KiB', 8, 256 * KIB, {}),
]

function journalStep(what: string, sessions: number, bytes: number, limits: Partial<JournalLimits>): Step {
  return { what, measure: (folder) => measureJournal(join(folder, 'journal'), sessions, bytes, limits) }
}

async function measureJournal(
  folder: string,
  sessions: number,
  bytes: number,
  limits: Partial<JournalLimits>,
): Promise<Measured> {
  const options = { folder, kek: createSecretKey(randomBytes(32)), clock: systemClock, ids: randomIds }
  const journal = await openJournal({ ...options, limits: { lowWaterBytes: 0, ...limits } })
  const body = randomBytes(bytes)
  const event = (session: number): EventInput => ({
    type: 'session.resumed',
    session: `s${session}`,
    facts: { openStatements: 0 },
    body,
  })
  const before = process.cpuUsage()
  const { count, ...latencies } = await runClosedLoops(SECONDS, sessions, (session) => journal.append(event(session)))
  const { user, system } = process.cpuUsage(before)
  await journal.close()
  await rm(folder, { recursive: true })
  return { ...latencies, cpuMicros: (user + system) / count }
}

export async function benchJournal(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'icecore-bench-'))
  const measured = STEPS.map(({ what }) => ({ what, rounds: [] as Measured[] }))
  for (let round = 0; round < options.rounds; round += 1) {
    options.say(`journal, round ${round + 1} of ${options.rounds}`)
    for (const [index, step] of STEPS.entries()) measured[index]?.rounds.push(await step.measure(folder))
  }
  await rm(folder, { recursive: true })
  return {
    title: 'Appends to the journal until they are durable',
    figures: measured,
    table: {
      columns: [
        { name: 'what' },
        { name: 'appends/s', align: 'right' },
        { name: 'p50 ms', align: 'right' },
        { name: 'p99 ms', align: 'right' },
        { name: 'CPU µs/append', align: 'right' },
      ],
      rows: measured.map(({ what, rounds }) => {
        const of = (name: keyof Measured): Spread => spreadOf(rounds.map((round) => round[name] ?? 0))
        const cpu = rounds[0]?.cpuMicros === null ? '' : show(of('cpuMicros'), 0)
        return [what, show(of('perSecond'), 0), show(of('p50'), 2), show(of('p99'), 2), cpu]
      }),
    },
    notes: [`Load average ${loadAverage().toFixed(1)}`],
  }
}
