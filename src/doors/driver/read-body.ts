/** Request bodies: read to a limit, unpacked to a limit, and never kept beyond either. */
import type { IncomingMessage } from 'node:http'
import { IcecoreError } from '../../errors.ts'
import { UnpackedTooLarge, unpackGzip } from '../../lib/unpack-gzip.ts'

export interface BodyLimits {
  /** Bytes as received. */
  readonly received: number
  /** Bytes after unpacking. */
  readonly unpacked: number
}

/** What a refused body may still send before the connection is cut: a driver reads the refusal only after it has sent all. */
const DRAINED_FACTOR = 8

/** Reads a body that nobody wants, and keeps none of it. Cuts the connection where it does not end. */
export async function discardBody(request: IncomingMessage, limit: number): Promise<void> {
  let size = 0
  for await (const block of blocksOf(request)) {
    size += block.length
    if (size > limit) request.destroy()
  }
}

/** Rejects with ICE_REQUEST_TOO_LARGE or ICE_REQUEST_MALFORMED. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const received = await receive(request, limits.received)
  return isGzip(request, received) ? inflate(received, limits.unpacked) : received
}

/** A client that goes away in the middle is no defect of ours, and nothing for the log of defects. */
async function* blocksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request as AsyncIterable<Buffer>
  } catch (cause) {
    throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it ends before its end' }, { cause })
  }
}

async function receive(request: IncomingMessage, limit: number): Promise<Buffer> {
  const blocks: Buffer[] = []
  let size = 0
  for await (const block of blocksOf(request)) {
    size += block.length
    if (size > limit * DRAINED_FACTOR) {
      request.destroy()
      break
    }
    if (size <= limit) blocks.push(block)
    else blocks.length = 0
  }
  if (size > limit) throw new IcecoreError('ICE_REQUEST_TOO_LARGE', { limit })
  return Buffer.concat(blocks, size)
}

/** By the header, and by the magic number, in case a proxy drops it (driver-protocol.md#headers-and-compression). */
function isGzip(request: IncomingMessage, body: Buffer): boolean {
  return request.headers['content-encoding'] === 'gzip' || (body[0] === 0x1f && body[1] === 0x8b)
}

async function inflate(body: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unpackGzip(body, limit)
  } catch (error) {
    if (error instanceof UnpackedTooLarge) throw new IcecoreError('ICE_REQUEST_TOO_LARGE', { limit })
    throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'the body is not gzip' }, { cause: error })
  }
}
