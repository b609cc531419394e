/** Writes one segment: created whole under a temporary name, then appended to by flushes, never continued later. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  type EncodedFrame,
  type EventPlace,
  encodeFrame,
  encodeSegmentHeader,
  hashOf,
  segmentName,
} from '../../core/recording/format/index.ts'
import { releaseMemory } from '../../lib/release-memory.ts'
import { type JournalFile, type JournalFiles, writeFully } from './journal-files.ts'

export interface SegmentPlan {
  readonly folder: string
  readonly kek: KeyObject
  readonly number: number
  readonly id: string
  readonly firstLsn: number
  readonly createdAt: number
  /** Hash of the frame before `firstLsn`. */
  readonly previousChain: Buffer
  readonly aheadBytes: number
}

export interface FlushedFrame {
  readonly lsn: number
  readonly place: EventPlace
  readonly hash: Buffer
}

/** Pieces up to this size are gathered into one buffer before writing; larger ones are written from where they lie. */
const GATHER_BYTES = 16 * 1024

export class SegmentWriter {
  readonly number: number
  readonly name: string
  readonly #file: JournalFile
  readonly #frameKey: { readonly idBytes: Buffer; readonly key: KeyObject }
  readonly #aheadBytes: number
  #end: number
  #zeroedTo: number
  #nextLsn: number
  #chain: Buffer

  private constructor(plan: SegmentPlan, file: JournalFile, header: Buffer, dataKey: Buffer) {
    this.number = plan.number
    this.name = segmentName(plan.number)
    this.#file = file
    this.#frameKey = { idBytes: Buffer.from(plan.id.replaceAll('-', ''), 'hex'), key: createSecretKey(dataKey) }
    this.#aheadBytes = plan.aheadBytes
    this.#end = header.length
    this.#zeroedTo = header.length
    this.#nextLsn = plan.firstLsn
    this.#chain = hashOf(header)
  }

  /** The file appears under its name only when its header is durable: a segment without a header is always damage. */
  static async create(files: JournalFiles, plan: SegmentPlan): Promise<SegmentWriter> {
    const path = join(plan.folder, segmentName(plan.number))
    const temporary = `${path}.new`
    const dataKey = randomBytes(32)
    const header = encodeSegmentHeader(plan, { kek: plan.kek, dataKey, wrapNonce: randomBytes(12) })
    const file = await files.create(temporary)
    try {
      await writeFully(file, [header], 0)
      await files.publish(temporary, path)
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    return new SegmentWriter(plan, file, header, dataKey)
  }

  get bytes(): number {
    return this.#end
  }

  /**
   * Writes the payloads as one flush and returns when they are durable. After a rejection the writer must not be used
   * again: the kernel may have dropped the pages that it could not write, and would report success the second time.
   */
  async flush(payloads: readonly (readonly Uint8Array[])[]): Promise<FlushedFrame[]> {
    const flushed: FlushedFrame[] = []
    const frames: EncodedFrame[] = []
    let offset = this.#end
    let chain = this.#chain
    for (const [index, payload] of payloads.entries()) {
      const lsn = this.#nextLsn + index
      const frame = encodeFrame(this.#frameKey, { lsn, flushOffset: index, chain, payload })
      frames.push(frame)
      flushed.push({ lsn, place: { segment: this.number, offset, bytes: frame.bytes }, hash: frame.hash })
      offset += frame.bytes
      chain = frame.hash
    }
    const pieces = gather(frames.flatMap((frame) => frame.pieces))
    if (offset > this.#zeroedTo && this.#aheadBytes > 0) {
      pieces.push(Buffer.alloc(this.#aheadBytes))
      this.#zeroedTo = offset + this.#aheadBytes
    }
    await writeFully(this.#file, pieces, this.#end)
    for (const piece of pieces) releaseMemory(piece)
    this.#end = offset
    this.#chain = chain
    this.#nextLsn += payloads.length
    return flushed
  }

  /** Orderly end: the zeros written ahead are given back. */
  async close(): Promise<void> {
    await this.#file.truncate(this.#end)
    await this.#file.close()
  }

  /** After a failed write: the file is left as it is, and not touched again but to free its descriptor. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }
}

function gather(pieces: readonly Buffer[]): Buffer[] {
  const gathered: Buffer[] = []
  let small: Buffer[] = []
  for (const piece of pieces) {
    if (piece.length <= GATHER_BYTES) {
      small.push(piece)
      continue
    }
    gathered.push(Buffer.concat(small), piece)
    small = []
  }
  gathered.push(Buffer.concat(small))
  return gathered
}
