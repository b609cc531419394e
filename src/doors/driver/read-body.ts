/** Request bodies: read to a limit, unpacked to a limit, and never kept beyond either. */
import type { IncomingMessage } from 'node:http'
import { IcecoreError } from '../../errors.ts'
import type { GiveBack, Room } from '../../lib/room.ts'
import { UnpackedTooLarge, unpackGzip } from '../../lib/unpack-gzip.ts'

export interface BodyLimits {
  /** Bytes as received. */
  readonly received: number
  /** Bytes after unpacking. */
  readonly unpacked: number
}

/** What a refused body may still send before the connection is cut: a driver reads the refusal only after it has sent all. */
const DRAINED_FACTOR = 8
/** Nothing that zlib packs grows by more when it is unpacked (zlib.net/zlib_tech.html). */
const LARGEST_FACTOR = 1032

/** Reads a body that nobody wants, and keeps none of it. Cuts the connection where it does not end. */
export async function discardBody(request: IncomingMessage, limit: number): Promise<void> {
  let size = 0
  for await (const block of blocksOf(request)) {
    size += block.length
    if (size > limit) request.destroy()
  }
}

export interface ReadBody {
  readonly bytes: Buffer
  /** To be called when the bytes are no longer needed. */
  readonly release: GiveBack
}

/**
 * Rejects with ICE_REQUEST_TOO_LARGE, ICE_REQUEST_MALFORMED, or ICE_REQUEST_MEMORY_LIMIT: `memory` is shared by all
 * bodies that are read or held at a time.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits, memory: Room): Promise<ReadBody> {
  const received = await receive(request, limits.received, memory)
  if (!isGzip(request, received.bytes)) return received
  try {
    return await inflate(received.bytes, limits.unpacked, memory)
  } finally {
    received.release()
  }
}

/** Blocks of one body, as long as there is memory for them. */
class KeptBlocks {
  readonly #memory: Room
  readonly #taken: GiveBack[] = []
  readonly #blocks: Buffer[] = []

  constructor(memory: Room) {
    this.#memory = memory
  }

  /** False, and the block not kept, where there is no memory for it. */
  add(block: Buffer): boolean {
    const taken = this.#memory.take(block.length)
    if (taken === null) return false
    this.#taken.push(taken)
    this.#blocks.push(block)
    return true
  }

  release(): void {
    for (const giveBack of this.#taken) giveBack()
    this.#taken.length = 0
    this.#blocks.length = 0
  }

  whole(): ReadBody {
    const bytes = Buffer.concat(this.#blocks)
    this.#blocks.length = 0
    return { bytes, release: () => this.release() }
  }
}

/** A client that goes away in the middle is no defect of ours, and nothing for the log of defects. */
async function* blocksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request as AsyncIterable<Buffer>
  } catch (cause) {
    throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it ends before its end' }, { cause })
  }
}

async function receive(request: IncomingMessage, limit: number, memory: Room): Promise<ReadBody> {
  const kept = new KeptBlocks(memory)
  let size = 0
  let isFull = false
  try {
    for await (const block of blocksOf(request)) {
      size += block.length
      if (size > limit * DRAINED_FACTOR) {
        request.destroy()
        break
      }
      isFull ||= size <= limit && !kept.add(block)
      if (isFull || size > limit) kept.release()
    }
    if (size > limit) throw new IcecoreError('ICE_REQUEST_TOO_LARGE', { limit })
    if (isFull) throw memoryLimit(memory)
    return kept.whole()
  } catch (error) {
    kept.release()
    throw error
  }
}

/** By the header, and by the magic number, in case a proxy drops it (driver-protocol.md#headers-and-compression). */
function isGzip(request: IncomingMessage, body: Buffer): boolean {
  return request.headers['content-encoding'] === 'gzip' || (body[0] === 0x1f && body[1] === 0x8b)
}

/** Memory for the most that can come out is taken first, and what was too much given back. */
async function inflate(packed: Buffer, limit: number, memory: Room): Promise<ReadBody> {
  const reserved = memory.take(Math.min(limit, packed.length * LARGEST_FACTOR))
  if (reserved === null) throw memoryLimit(memory)
  try {
    const bytes = await unpackGzip(packed, limit)
    reserved()
    const release = memory.take(bytes.length)
    if (release === null) throw memoryLimit(memory)
    return { bytes, release }
  } catch (error) {
    if (error instanceof IcecoreError) throw error
    if (error instanceof UnpackedTooLarge) throw new IcecoreError('ICE_REQUEST_TOO_LARGE', { limit })
    throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'the body is not gzip' }, { cause: error })
  } finally {
    reserved()
  }
}

function memoryLimit({ limit }: Room): IcecoreError {
  return new IcecoreError('ICE_REQUEST_MEMORY_LIMIT', { limit })
}
