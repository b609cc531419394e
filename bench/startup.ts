/**
 * How long a gateway takes from its start until it listens, after an end without warning: with many sessions open and a
 * long journal; and what an idle session costs in memory. The data folder is written by the product's own journal, index
 * and seals, and started on as often as there are rounds.
 */
import { cp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalReader, openJournal } from '../src/adapters/journal/index.ts'
import { createSealer, loadKek } from '../src/adapters/secrets/index.ts'
import { RecordingIndex, recordFolders } from '../src/adapters/store/index.ts'
import { systemClock } from '../src/lib/clock.ts'
import { randomIds } from '../src/lib/ids.ts'
import { writeBenchConfig } from './support/bench-config.ts'
import { startBenchIssuer } from './support/bench-issuer.ts'
import { type BenchOptions, type BenchReport, loadAverage } from './support/bench-report.ts'
import { buildProduct } from './support/build-product.ts'
import { startChild } from './support/child-process.ts'
import { type Spread, show, spreadOf } from './support/figures.ts'
import type { GatewayOptions, GatewayReady } from './support/gateway.ts'
import { type SessionOrigin, sessionOpened, statementEvents } from './support/recorded-load.ts'

const AIM_SECONDS = 5
/** Nothing listens there: at a start nothing is asked of it. */
const UPSTREAM = 'http://127.0.0.1:1'
const GIB = 1024 ** 3
/** Statements appended at once while the journal is filled. */
const AT_ONCE = 64
const MIB = 1024 ** 2

interface Case {
  readonly what: string
  readonly sessions: number
  readonly bytes: number
}

const CASES: readonly Case[] = [
  { what: 'empty', sessions: 0, bytes: 0 },
  { what: '1,000 sessions', sessions: 1000, bytes: 0 },
  { what: '1,000 sessions, 1 GiB of journal', sessions: 1000, bytes: GIB },
]

interface Started {
  readonly seconds: number
  readonly rssMb: number
}

export async function benchStartup({ rounds, say }: BenchOptions): Promise<BenchReport> {
  const issuer = await startBenchIssuer()
  const rows: { what: string; events: number; seconds: Spread; rssMb: Spread }[] = []
  try {
    for (const each of CASES) {
      const folder = await writeBenchConfig(UPSTREAM, issuer)
      say(`${each.what}: the journal is written`)
      const events = await fill(folder, each, { upstream: UPSTREAM, issuer: issuer.issuer })
      const product = await buildProduct(folder)
      const started: Started[] = []
      for (let round = 1; round <= rounds; round += 1) {
        say(`${each.what}: start ${round} of ${rounds}`)
        started.push(await startOnCopy(folder, product))
      }
      await rm(folder, { recursive: true })
      const spread = (read: (one: Started) => number): Spread => spreadOf(started.map(read))
      rows.push({
        what: each.what,
        events,
        seconds: spread(({ seconds }) => seconds),
        rssMb: spread(({ rssMb }) => rssMb),
      })
    }
  } finally {
    issuer.close()
  }
  const [empty, sessions] = rows
  const perSession = ((sessions?.rssMb.median ?? Number.NaN) - (empty?.rssMb.median ?? Number.NaN)) / 1000
  return {
    title: 'From the start of the process until it listens, after an end without warning',
    figures: { aimSeconds: AIM_SECONDS, rows, idleSessionKb: perSession * 1000 },
    table: {
      columns: [
        { name: 'data folder' },
        { name: 'events', align: 'right' },
        { name: 'seconds', align: 'right' },
        { name: 'MB resident', align: 'right' },
      ],
      rows: rows.map(({ what, events, seconds, rssMb }) => [what, String(events), show(seconds, 2), show(rssMb, 0)]),
    },
    notes: [
      `Aim: 1,000 sessions and 1 GiB within ${AIM_SECONDS} s. An idle session takes ${(perSession * 1000).toFixed(0)} KB.`,
      `Load average ${loadAverage().toFixed(1)}`,
    ],
  }
}

/** Leaves the folder as a killed gateway leaves it: no closing mark, the index as far as it was fed. Returns the events. */
async function fill(folder: string, { sessions, bytes }: Case, origin: SessionOrigin): Promise<number> {
  const kek = await loadKek(`\${file:${join(folder, 'keys/record.key')}}`, { environment: {} })
  const { journal: path, index: indexPath } = recordFolders(folder)
  const ids = randomIds
  const limits = { lowWaterBytes: 0, ballastBytes: 0 }
  const journal = await openJournal({ folder: path, kek, clock: systemClock, ids, limits })
  const index = await RecordingIndex.open({ path: indexPath, reader: new JournalReader({ folder: path, kek }) })
  let events = 0
  journal.subscribe((placed) => {
    events += placed.length
    index.feed(placed)
  })
  const sealer = createSealer(kek)
  const open = Array.from({ length: sessions }, () => ids.uuid())
  for (const [number, session] of open.entries()) {
    await journal.append(sessionOpened(session, number, systemClock.now(), origin, { sealer, ids }))
  }
  for (let written = 0; written < bytes; ) {
    const chosen = Array.from({ length: AT_ONCE }, (_, one) => open[(events + one) % open.length] ?? '')
    const batches = chosen.map((session) => statementEvents(session, ids))
    await Promise.all(batches.map((batch) => journal.append(...batch)))
    if (events % (1000 * AT_ONCE) < 6 * AT_ONCE) await index.settled()
    written = await journalBytes(path, written)
  }
  await index.settled()
  await journal.close()
  await index.close()
  return events
}

/** Looked at now and then only: files are many. */
async function journalBytes(folder: string, before: number): Promise<number> {
  const segment = 64 * MIB
  const next = Math.floor(before / segment) + 2
  const name = `${String(next).padStart(10, '0')}.journal`
  const begun = await stat(join(folder, name)).then(
    () => true,
    () => false,
  )
  return begun ? before + segment : before
}

async function startOnCopy(folder: string, product: string): Promise<Started> {
  const copy = `${folder}-copy`
  await cp(folder, copy, { recursive: true, filter: (path) => !path.includes('/product') })
  const options: GatewayOptions = { config: join(copy, 'icecore.yaml'), product }
  const begun = performance.now()
  const gateway = await startChild<GatewayReady>(new URL('./support/gateway.ts', import.meta.url), options)
  const seconds = (performance.now() - begun) / 1000
  const { rss } = await gateway.usage()
  await gateway.stop()
  await rm(copy, { recursive: true })
  return { seconds, rssMb: rss / 1e6 }
}
