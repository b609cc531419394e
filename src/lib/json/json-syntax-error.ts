/** Why bytes are not the JSON that was asked for. Holds the place, never the content: it may end up in an answer. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  readonly reason: string
  /** Byte offset, from 0; null where the check does not tell. */
  readonly offset: number | null

  constructor(reason: string, offset: number | null) {
    super(offset === null ? reason : `${reason} at byte ${offset}`)
    this.reason = reason
    this.offset = offset
  }
}
