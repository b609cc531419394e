/**
 * What the start left unread of a long journal is read whole after it, in a thread of its own. Damage goes to the log,
 * to readiness and on record: a gateway goes on over it, but nobody can overlook it.
 */
import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { type Damage, damageHint } from '../../core/recording/format/index.ts'
import type { EventInput } from '../../core/recording/index.ts'
import type { Log } from '../../lib/log.ts'
import type { Journal } from './journal.ts'
import type { JournalVerification } from './verify-journal.ts'
import type { VerifyReply, VerifyWork } from './verify-worker.ts'

export interface JournalCheckOptions {
  readonly journal: Journal
  readonly folder: string
  readonly kek: KeyObject
  readonly log: Log
  /** At most so much is read of the disk. */
  readonly bytesPerSecond?: number
}

const BYTES_PER_SECOND = 64 * 1024 * 1024
/** Each on record; of more, the record says how many. */
const MOST_DAMAGES = 100

export class JournalCheck {
  readonly #options: JournalCheckOptions
  readonly #reasons: string[] = []
  #worker: Worker | null = null
  #done: Promise<void> = Promise.resolve()

  constructor(options: JournalCheckOptions) {
    this.#options = options
  }

  /** Resolves when everything has been read, and what was found is on record; or when it was closed before. */
  start(): Promise<void> {
    const { folder, kek, journal, bytesPerSecond = BYTES_PER_SECOND } = this.#options
    if (journal.verifiedFrom === 1) return this.#done
    const workerData: VerifyWork = { folder, kek, before: journal.verifiedFrom, bytesPerSecond }
    this.#worker = new Worker(new URL(workerFile, import.meta.url), { workerData })
    this.#worker.unref()
    this.#done = this.#take(this.#worker)
    return this.#done
  }

  /** What an operator must see, one sentence each; empty while nothing is known to be wrong. */
  reasons(): readonly string[] {
    return this.#reasons
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    await this.#done
  }

  async #take(worker: Worker): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<VerifyReply | null>()
    worker.once('message', resolve)
    worker.once('error', (error: Error) => resolve({ failed: error.message }))
    // Without a word before it, it was closed.
    worker.once('exit', () => resolve(null))
    const reply = await promise
    if (reply === null) return
    if ('failed' in reply) this.#fail(reply.failed)
    else await this.#report(reply.verified)
  }

  #fail(reason: string): void {
    this.#options.log.error('journal.unverified', { reason })
    this.#reasons.push(`the older segments of the journal could not be checked: ${reason}`)
  }

  async #report({ segments, events, bytes, damages }: JournalVerification): Promise<void> {
    const { journal, log } = this.#options
    for (const damage of damages) {
      log.error('journal.damaged', { ...damage, hint: damageHint(damage.kind) })
      this.#reasons.push(`the journal is damaged: ${damage.text}. ${damageHint(damage.kind)}`)
    }
    this.#reasons.splice(MOST_DAMAGES)
    log.info('journal.verified', { segments, events, bytes, damages: damages.length })
    const summary = { segments, events, bytes, damages: damages.length }
    try {
      await journal.append(...damages.slice(0, MOST_DAMAGES).map(eventOf), {
        type: 'journal.verified',
        session: null,
        facts: summary,
      })
    } catch (error) {
      // The journal cannot be written now: readiness says that too, and the next start finds the damage again.
      log.error('journal.unrecorded', { ...summary, error })
    }
  }
}

/** The compiled package carries the worker as JavaScript beside this file. */
const workerFile = import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js'

function eventOf({ kind, segment, offset, lsn, text }: Damage): EventInput {
  return { type: 'journal.damaged', session: null, facts: { kind, segment, offset, lsn, text } }
}
