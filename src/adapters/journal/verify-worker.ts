/** The thread of `JournalCheck`: reads older segments whole, slowly enough to be in nobody's way. */
import type { KeyObject } from 'node:crypto'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { delay, systemClock } from '../../lib/clock.ts'
import { type JournalVerification, type VerifyProgress, verifyJournal } from './verify-journal.ts'

export interface VerifyWork {
  readonly folder: string
  readonly kek: KeyObject
  readonly before: number
  readonly bytesPerSecond: number
}

export type VerifyReply =
  | { readonly verified: JournalVerification }
  /** It could not be read at all. */
  | { readonly failed: string }

const LEAST_PRIORITY = 19
const { folder, kek, before, bytesPerSecond } = workerData as VerifyWork

// On Linux a thread has a priority of its own (setpriority(2)); elsewhere this would slow the whole process.
if (process.platform === 'linux') setPriority(0, LEAST_PRIORITY)
const begun = systemClock.monotonic()
// A timer of the clock keeps nothing alive.
parentPort?.ref()
parentPort?.postMessage(await verify())
parentPort?.close()

async function verify(): Promise<VerifyReply> {
  try {
    return { verified: await verifyJournal(folder, kek, keepPace, { before }) }
  } catch (error) {
    return { failed: (error as Error).message }
  }
}

async function keepPace({ bytes }: VerifyProgress): Promise<void> {
  const due = begun + (bytes / bytesPerSecond) * 1000
  await delay(systemClock, Math.max(0, due - systemClock.monotonic()))
}
