/**
 * How fast the journal makes events durable, beside the bare fdatasync of the same disk and run.
 *
 *   node bench/journal.ts [seconds per step] [--json]
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type JournalLimits, openJournal } from '../src/adapters/journal/index.ts'
import type { EventInput } from '../src/core/recording/index.ts'
import { systemClock } from '../src/lib/clock.ts'
import { randomIds } from '../src/lib/ids.ts'

interface Figures {
  readonly what: string
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU time of this process for one append, in microseconds. */
  readonly cpuMicros: number
}

const args = process.argv.slice(2)
const SECONDS = Number(args.find((arg) => !arg.startsWith('--')) ?? 2)
const EVENT_BYTES = 1024

/** Closed loops: each asks again when its answer is in. */
async function measure(what: string, loops: number, once: (loop: number) => Promise<unknown>): Promise<Figures> {
  const times: number[] = []
  const cpu = process.cpuUsage()
  const start = performance.now()
  const end = start + SECONDS * 1000
  const loop = async (index: number): Promise<void> => {
    for (let now = performance.now(); now < end; ) {
      await once(index)
      const after = performance.now()
      times.push(after - now)
      now = after
    }
  }
  await Promise.all(Array.from({ length: loops }, (_, index) => loop(index)))
  const elapsed = performance.now() - start
  const used = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0
  const cpuMicros = (used.user + used.system) / times.length
  return { what, perSecond: (times.length / elapsed) * 1000, p50: at(0.5), p99: at(0.99), cpuMicros }
}

async function bareDisk(folder: string): Promise<Figures> {
  const fd = fs.openSync(join(folder, 'bare'), 'w')
  const write = promisify(fs.write)
  const sync = promisify(fs.fdatasync)
  const bytes = randomBytes(EVENT_BYTES)
  let at = 0
  const figures = await measure('bare write + fdatasync, 1 KiB', 1, async () => {
    await write(fd, bytes, 0, bytes.length, at)
    await sync(fd)
    at += bytes.length
  })
  fs.closeSync(fd)
  return figures
}

async function journalRun(what: string, sessions: number, bytes: number, limits: Partial<JournalLimits>) {
  const folder = await mkdtemp(join(tmpdir(), 'icecore-bench-'))
  const options = { folder, kek: createSecretKey(randomBytes(32)), clock: systemClock, ids: randomIds }
  const journal = await openJournal({ ...options, limits: { lowWaterBytes: 0, ...limits } })
  const body = randomBytes(bytes)
  const event = (session: number): EventInput => ({ type: 'session.renewed', session: `s${session}`, facts: {}, body })
  const figures = await measure(what, sessions, (session) => journal.append(event(session)))
  await journal.close()
  await rm(folder, { recursive: true })
  return figures
}

const results: Figures[] = []
const folder = await mkdtemp(join(tmpdir(), 'icecore-bench-'))
results.push(await bareDisk(folder))
await rm(folder, { recursive: true })
for (const sessions of [1, 8, 64]) {
  results.push(await journalRun(`journal, ${sessions} sessions, 1 KiB`, sessions, EVENT_BYTES, {}))
  results.push(await journalRun(`the same, no zeros ahead`, sessions, EVENT_BYTES, { aheadBytes: 0 }))
}
results.push(await journalRun('journal, 8 sessions, 256 KiB', 8, 256 * 1024, {}))

if (args.includes('--json')) {
  process.stdout.write(`${JSON.stringify(results)}\n`)
} else {
  for (const { what, perSecond, p50, p99, cpuMicros } of results) {
    const figures = `${perSecond.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`
    process.stdout.write(`${what.padEnd(32)} ${figures}  CPU ${cpuMicros.toFixed(0)} µs\n`)
  }
}
