/**
 * A chunk on the socket. There is no envelope for an error once bytes have left: then the connection is reset, since a
 * body that ends early but cleanly would be taken for whole (driver-protocol.md#chunk-bodies).
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ChunkDelivery } from '../../gate/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { releaseMemory } from '../../lib/release-memory.ts'

export interface ChunkReader {
  readonly clock: Clock
  /** How long it may take nothing, milliseconds. */
  readonly patience: number
}

export async function sendChunk(delivery: ChunkDelivery, response: ServerResponse, reader: ChunkReader): Promise<void> {
  const pieces = delivery.pieces[Symbol.asyncIterator]()
  // Nothing is said before the first piece is there: until then an error can still have a status.
  let next = await pieces.next()
  response.writeHead(200, headersOf(delivery))
  try {
    while (next.done !== true) {
      if (response.destroyed) throw new Error('the client has gone')
      const piece = next.value
      if (!response.write(piece, () => releaseMemory(piece))) await drained(response, reader)
      next = await pieces.next()
    }
    response.end()
  } catch {
    response.socket?.resetAndDestroy()
  } finally {
    await pieces.return?.()
  }
}

function headersOf({ encoding, length }: ChunkDelivery): Record<string, string | number> {
  return {
    // Not JSON: Node would hang on it (driver-protocol.md#chunk-bodies).
    'content-type': 'application/octet-stream',
    ...(encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    ...(length === null ? {} : { 'content-length': length }),
  }
}

/** Waits for room. Rejects when the client has gone away, or takes nothing for too long. */
async function drained(response: ServerResponse, { clock, patience }: ChunkReader): Promise<void> {
  // A socket that has closed before we listen would never say so.
  if (response.destroyed) throw new Error('the client has gone')
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const timer = clock.timer(patience, leave)
  response.once('close', leave)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } finally {
    timer.cancel()
    response.off('close', leave)
  }
}
