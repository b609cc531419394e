/**
 * The journal: events in, durable when the promise resolves.
 *
 * Group commit without a timer: a flush takes whatever arrived while the one before it ran. When a write fails, the
 * segment is given up (a failed flush must never be repeated on the same file: the kernel may have dropped the pages),
 * and what was not acknowledged goes into a new segment, once. When that fails too, the journal fails closed: every
 * append is refused until a probe finds that it can write again.
 */
import type { KeyObject } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventTimes, encodeEvent, type PlacedEvent, segmentName } from '../../core/recording/format/index.ts'
import type { EventInput, EventType, RecordedEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { Recorder } from '../../gate/ports.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Ids } from '../../lib/ids.ts'
import { type Append, AppendQueue, type Batch } from './append-queue.ts'
import { keepBallast, releaseBallast } from './ballast.ts'
import { ClockWatch } from './clock-watch.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { type JournalFiles, nodeFiles } from './journal-files.ts'
import { DEFAULT_JOURNAL_LIMITS, type JournalLimits } from './journal-limits.ts'
import { recoverJournal } from './recover.ts'
import { type FlushedFrame, SegmentWriter } from './segment-writer.ts'

export interface JournalOptions {
  /** A folder of its own; made when it is not there. */
  readonly folder: string
  readonly kek: KeyObject
  readonly clock: Clock
  readonly ids: Ids
  readonly limits?: Partial<JournalLimits>
  readonly files?: JournalFiles
  /** Told the number of the last event before anything is written. Where it rejects, nothing is, and opening rejects so. */
  assertLast?(lsn: number): Promise<void>
}

/**
 * Told of events that became durable together, in order. Bodies are good until the listener returns: whoever made them
 * may release their memory then.
 */
export type DurableListener = (events: readonly PlacedEvent[]) => void

/** Events that begin new work: refused when space runs low, while work under way may still be recorded to its end. */
const NEW_WORK: ReadonlySet<EventType> = new Set([
  'session.opened',
  'statement.received',
  'login.refused',
  'request.refused',
])

/** Enough of the chain to tell one history from another in a query tag. */
const HEAD_HEX_DIGITS = 16

interface Failure {
  readonly reason: string
  readonly since: number
  refusedAppends: number
}

interface JournalState {
  readonly options: JournalOptions
  readonly limits: JournalLimits
  readonly files: JournalFiles
  readonly lock: FolderLock
  readonly nextNumber: number
  readonly nextLsn: number
  readonly chain: Buffer
  readonly verifiedFrom: number
}

/**
 * Opens the journal of a folder, repairs a torn end, and begins a new segment.
 * Rejects with ICE_JOURNAL_DAMAGED, ICE_KEY_INVALID (another key) or ICE_DATA_FOLDER (locked, not writable, full).
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder } = options
  const files = options.files ?? nodeFiles
  const limits = { ...DEFAULT_JOURNAL_LIMITS, ...options.limits }
  await usable(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const lock = await usable(folder, async () => lockFolder(folder))
  try {
    const found = await recoverJournal(options, limits.verifyBytes)
    const { number: nextNumber, firstLsn: nextLsn, previousChain: chain, verifiedFrom } = found
    await options.assertLast?.(nextLsn - 1)
    const journal = new Journal({ options, limits, files, lock, nextNumber, nextLsn, chain, verifiedFrom })
    await usable(folder, () => journal.start())
    if (found.dropped !== null) {
      await journal.append({ type: 'journal.recovered', session: null, facts: found.dropped })
    }
    return journal
  } catch (error) {
    lock.release()
    throw error
  }
}

/** What the file system refuses is said of the folder, with what to do; what is one of our errors already stays. */
async function usable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof IcecoreError) throw cause
    const reason = reasonOf(cause)
    throw new IcecoreError('ICE_DATA_FOLDER', { folder, reason }, { cause, ...hintOf(reason) })
  }
}

const FOLDER_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Icecore runs as a user who may not write there: give it a data folder of its own.',
  EPERM: 'Icecore runs as a user who may not write there: give it a data folder of its own.',
  EROFS: 'The file system is mounted read-only.',
  ENOSPC: 'The disk is full, or too small for the reserve of recording.ballast.',
}

function hintOf(reason: string): { readonly hint?: string } {
  const hint = FOLDER_HINTS[reason]
  return hint === undefined ? {} : { hint }
}

export class Journal implements Recorder {
  readonly #options: JournalOptions
  readonly #limits: JournalLimits
  readonly #files: JournalFiles
  readonly #lock: FolderLock
  /** Number of the first segment that was read whole at the start: those before it are for a `JournalCheck`. */
  readonly verifiedFrom: number
  readonly #queue = new AppendQueue()
  readonly #clockWatch = new ClockWatch()
  readonly #listeners = new Set<DurableListener>()
  #writer: SegmentWriter | null = null
  #nextNumber: number
  /** Sequence number of the next event, and the hash of the frame before it: of what is durable only. */
  #nextLsn: number
  #chain: Buffer
  #pump: Promise<void> | null = null
  #inFlight: Batch | null = null
  #failure: Failure | null = null
  #lowSpace: string | null = null
  #probeTimer: Timer | null = null
  #probing: Promise<void> | null = null
  #closed = false

  constructor(state: JournalState) {
    this.#options = state.options
    this.#limits = state.limits
    this.#files = state.files
    this.#lock = state.lock
    this.#nextNumber = state.nextNumber
    this.#nextLsn = state.nextLsn
    this.#chain = state.chain
    this.verifiedFrom = state.verifiedFrom
  }

  /** Reserves the ballast and begins the first segment. */
  async start(): Promise<void> {
    await keepBallast(this.#files, this.#options.folder, this.#limits.ballastBytes)
    await this.#beginSegment()
    await this.#checkSpace()
    this.#scheduleProbe()
  }

  /**
   * Resolves when all events are durable, in order and in one flush. The events and their bodies must not change until
   * then. A rejection means that nothing may be sent or released; it does not promise that nothing was written.
   */
  append(...events: readonly EventInput[]): Promise<void> {
    const refusal = this.#refusal(events)
    if (refusal !== null) {
      return Promise.reject(unavailable(refusal))
    }
    const times = this.#times()
    const byMs = this.#clockWatch.stepAt(times)
    if (byMs !== null) {
      this.#queue.push(this.#ownAppend({ type: 'journal.clockStepped', session: null, facts: { byMs } }, times))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ events, times, resolve, reject })
      this.#pump ??= this.#runPump()
    })
  }

  head(): string {
    return `${this.#nextLsn - 1}:${this.#chain.toString('hex').slice(0, HEAD_HEX_DIGITS)}`
  }

  failure(): string | null {
    return this.#failure?.reason ?? this.#lowSpace
  }

  /** Calls back with every event after it became durable, in order. Returns the way to stop that. */
  subscribe(listener: DurableListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when nothing is under way: no flush, and no attempt to come back from a failure. */
  async settled(): Promise<void> {
    while (this.#pump !== null || this.#probing !== null) {
      await this.#pump
      await this.#probing
    }
  }

  /** Waits for what was appended, writes the closing mark and lets go of the folder. */
  async close(): Promise<void> {
    if (this.#closed) {
      return
    }
    this.#closed = true
    this.#probeTimer?.cancel()
    await this.settled()
    if (this.#failure === null && this.#writer !== null) {
      await this.#flush(this.#own({ type: 'journal.closed', session: null, facts: { reason: 'stopped' } }))
      await this.#writer?.close()
    } else {
      await this.#writer?.abandon()
    }
    this.#lock.release()
  }

  #refusal(events: readonly EventInput[]): string | null {
    if (this.#closed) {
      return 'the journal is closed'
    }
    if (this.#failure !== null) {
      this.#failure.refusedAppends += 1
      return this.#failure.reason
    }
    if (this.#lowSpace !== null && events.some((event) => NEW_WORK.has(event.type))) {
      return this.#lowSpace
    }
    const large = events.find((event) => (event.body?.length ?? 0) > this.#limits.eventBytes)
    return large === undefined ? null : `an event of type ${large.type} is larger than ${this.#limits.eventBytes} bytes`
  }

  async #runPump(): Promise<void> {
    // Lets everything that is appended in the same turn join the first flush.
    await Promise.resolve()
    while (this.#queue.length > 0 && this.#failure === null) {
      await this.#flush(this.#queue.take(this.#limits.flushBytes))
    }
    this.#pump = null
  }

  /** Never rejects: what cannot be made durable is rejected to its callers. */
  async #flush(batch: Batch): Promise<void> {
    this.#inFlight = batch
    const stall = this.#options.clock.timer(this.#limits.stallMs, () => {
      this.#fail(`the disk has not finished a write for ${this.#limits.stallMs} ms`)
    })
    try {
      await this.#write(batch)
    } catch (error) {
      this.#fail(reasonOf(error))
      await this.#recordFailure()
      return
    } finally {
      stall.cancel()
      this.#inFlight = null
    }
    for (const append of batch.appends) {
      append.resolve()
    }
    if (this.#failure !== null) {
      // The write that had stalled came to its end after all.
      this.#resume()
    }
  }

  async #write(batch: Batch): Promise<void> {
    try {
      if (this.#writer !== null && this.#writer.bytes + batch.bytes > this.#limits.segmentBytes) {
        await this.#writer.close()
        this.#writer = null
      }
      this.#writer ??= await this.#beginSegment()
      this.#accept(batch, await this.#writer.flush(batch.payloads))
    } catch (error) {
      const segment = this.#writer?.name ?? 'none'
      await this.#abandonSegment()
      if (this.#failure !== null) {
        throw error
      }
      const mark = this.#own({ type: 'journal.continued', session: null, facts: { segment, reason: reasonOf(error) } })
      const again = joinBatches(mark, batch)
      this.#writer = await this.#beginSegment()
      this.#accept(again, await this.#writer.flush(again.payloads))
    }
  }

  #accept(batch: Batch, flushed: readonly FlushedFrame[]): void {
    const inputs = batch.appends.flatMap(({ events, times }) => events.map((event) => ({ ...event, ...times })))
    const events = inputs.map((event, index): PlacedEvent => {
      const { lsn, place, hash } = flushed[index]!
      const recorded: RecordedEvent = { ...event, lsn }
      return { event: recorded, place, hash }
    })
    this.#nextLsn += events.length
    this.#chain = flushed.at(-1)?.hash ?? this.#chain
    for (const listener of this.#listeners) {
      queueMicrotask(() => listener(events))
    }
  }

  async #beginSegment(): Promise<SegmentWriter> {
    const { folder, kek, ids, clock } = this.#options
    // Where the segment before is gone, the folder is no longer this journal's: what went on here would have a hole.
    const before = segmentName(this.#nextNumber - 1)
    if (this.#nextNumber > 1 && !(await this.#files.exists(join(folder, before)))) {
      throw new Error(`segment ${before} is no longer in its folder`)
    }
    const writer = await SegmentWriter.create(this.#files, {
      folder,
      kek,
      number: this.#nextNumber,
      id: ids.uuid(),
      firstLsn: this.#nextLsn,
      createdAt: clock.now(),
      previousChain: this.#chain,
      aheadBytes: this.#limits.aheadBytes,
    })
    this.#nextNumber += 1
    this.#writer = writer
    return writer
  }

  async #abandonSegment(): Promise<void> {
    await this.#writer?.abandon()
    this.#writer = null
  }

  /** Refuses everything that waits, and everything from now on. */
  #fail(reason: string): void {
    this.#failure ??= { reason, since: this.#options.clock.monotonic(), refusedAppends: 0 }
    const waiting = [...(this.#inFlight?.appends ?? []), ...this.#queue.drain()]
    this.#failure.refusedAppends += waiting.length
    for (const append of waiting) {
      append.reject(unavailable(reason))
    }
  }

  /** Leaves word of the failure in the record, with the space that the ballast had kept for it. */
  async #recordFailure(): Promise<void> {
    await this.#abandonSegment()
    const reason = this.#failure?.reason ?? 'unknown'
    try {
      await releaseBallast(this.#files, this.#options.folder)
      const word = this.#own({ type: 'journal.failed', session: null, facts: { reason } })
      const writer = await this.#beginSegment()
      this.#accept(word, await writer.flush(word.payloads))
    } catch {
      // Where not even this can be written, `failure()` and the refused statements are the word that is left.
      await this.#abandonSegment()
    }
  }

  /** Looks at the free space every `probeMs`, and tries a failed journal again. */
  #scheduleProbe(): void {
    this.#probeTimer = this.#options.clock.timer(this.#limits.probeMs, () => {
      this.#probing = this.#probe().finally(() => {
        this.#probing = null
      })
    })
  }

  async #probe(): Promise<void> {
    await this.#checkSpace()
    if (this.#failure !== null && this.#lowSpace === null && this.#pump === null && !this.#closed) {
      await this.#tryAgain()
    }
    if (!this.#closed) {
      this.#scheduleProbe()
    }
  }

  async #tryAgain(): Promise<void> {
    try {
      await keepBallast(this.#files, this.#options.folder, this.#limits.ballastBytes)
      await this.#abandonSegment()
      await this.#beginSegment()
    } catch {
      await this.#abandonSegment()
      return
    }
    this.#resume()
  }

  /** Takes appends again; the first event is the word of the failure's end. */
  #resume(): void {
    const { since, refusedAppends } = this.#failure!
    const failedForMs = Math.round(this.#options.clock.monotonic() - since)
    this.#failure = null
    this.#queue.push(
      this.#ownAppend({ type: 'journal.resumed', session: null, facts: { failedForMs, refusedAppends } }),
    )
    this.#pump ??= this.#runPump()
  }

  async #checkSpace(): Promise<void> {
    const { lowWaterBytes } = this.#limits
    try {
      const free = await this.#files.freeBytes(this.#options.folder)
      this.#lowSpace = free < lowWaterBytes ? `only ${free} bytes are free on the disk of the journal` : null
    } catch (error) {
      this.#lowSpace = `the free space of the journal cannot be read (${reasonOf(error)})`
    }
  }

  /** An event of the journal itself, as a batch of one. */
  #own(event: EventInput): Batch {
    const append = this.#ownAppend(event)
    return { appends: [append], payloads: [encodeEvent(event, append.times)], bytes: 0 }
  }

  #ownAppend(event: EventInput, times = this.#times()): Append {
    return { events: [event], times, resolve: () => undefined, reject: () => undefined }
  }

  #times(): EventTimes {
    const { clock } = this.#options
    return { at: clock.now(), monotonic: clock.monotonic() }
  }
}

function joinBatches(first: Batch, second: Batch): Batch {
  return {
    appends: [...first.appends, ...second.appends],
    payloads: [...first.payloads, ...second.payloads],
    bytes: first.bytes + second.bytes,
  }
}

function unavailable(reason: string): IcecoreError {
  return new IcecoreError('ICE_RECORD_UNAVAILABLE', {}, { cause: new Error(reason) })
}

/** An error of the system by its code, without paths. */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code ?? (error as Error).message
}
