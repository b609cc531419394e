/**
 * Gives the memory of bytes that nobody needs any more back at once. The garbage collector looks at memory outside its
 * heap by tens of megabytes only, so that what a large result leaves behind would pile up while it passes.
 *
 * Only for bytes that the caller alone holds: they are empty afterwards. A view of a part of a buffer, and what lies in
 * Node's pool, is left to the collector, since others may use the rest.
 */
export function releaseMemory(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes
  if (byteLength >= MIN_BYTES && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** Below it the collector's own heap holds more of the object than the buffer outside. */
const MIN_BYTES = 16 * 1024
