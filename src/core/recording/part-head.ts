/**
 * What is held of a part of a result: a replay shows the first rows, and a part may be as large as a chunk of Snowflake's.
 * Parts of several chunks are delivered side by side, so that memory is this much for each delivery under way.
 */
export const MOST_HEAD_BYTES = 1024 * 1024

/** Counts the bytes of a part, and keeps the first of them. */
export class PartHead {
  bytes = 0
  readonly #pieces: Uint8Array[] = []
  #kept = 0

  add(piece: Uint8Array): void {
    this.bytes += piece.length
    const room = MOST_HEAD_BYTES - this.#kept
    if (room <= 0) return
    // A copy: a view would keep alive all of the piece, and what it was read with.
    this.#pieces.push(Uint8Array.from(piece.subarray(0, room)))
    this.#kept += Math.min(piece.length, room)
  }

  /** Whether it has room for no more, or all there is. */
  get full(): boolean {
    return this.#kept >= MOST_HEAD_BYTES
  }

  head(): Uint8Array {
    return Buffer.concat(this.#pieces)
  }
}
