/** Unpacks gzip bodies (RFC 1952) to a limit. */
import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'

/**
 * Below this size a trip through the thread pool costs more than the unpacking itself; and however well it was packed,
 * what comes out at once is bounded too, so that nobody holds up the event loop with a small body.
 */
const AT_ONCE_PACKED_BYTES = 64 * 1024
const AT_ONCE_BYTES = 1024 * 1024

const unpackInPool = promisify(gunzip)

/** What a body grew beyond, while it was unpacked. */
export class UnpackedTooLarge extends Error {
  override readonly name = 'UnpackedTooLarge'
  readonly limit: number

  constructor(limit: number) {
    super(`it unpacks to more than ${limit} bytes`)
    this.limit = limit
  }
}

/** `limit` is at least 1. Rejects with UnpackedTooLarge beyond it, and with zlib's own error for what is not gzip. */
export async function unpackGzip(packed: Uint8Array, limit: number): Promise<Buffer> {
  if (packed.length <= AT_ONCE_PACKED_BYTES) {
    try {
      return gunzipSync(packed, { maxOutputLength: Math.min(limit, AT_ONCE_BYTES) })
    } catch (error) {
      if (!isTooLarge(error)) throw error
    }
  }
  try {
    return await unpackInPool(packed, { maxOutputLength: limit })
  } catch (error) {
    throw isTooLarge(error) ? new UnpackedTooLarge(limit) : error
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}
