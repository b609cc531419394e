/**
 * The parameter list of an answer, as the driver gets it. The upstream sends the same list with nearly every answer, so
 * each list is made once and kept under the bytes that it was made from.
 */
import { type ClientProfile, driverParameters, type QueryAnswer, readAnswerParameters } from '../../core/wire/index.ts'
import { bytesOf, type JsonValue } from '../../lib/json/index.ts'

const MAX_LISTS = 128
/** A list of Snowflake's has about 4 KB. */
const MAX_KEPT_BYTES = 16 * 1024

export class ParameterLists {
  readonly #lists = new Map<string, Uint8Array>()

  /** The JSON of the list, in place of `list` in the answer. */
  encode(answer: QueryAnswer, list: JsonValue, profile: ClientProfile): Uint8Array {
    const written = Buffer.from(bytesOf(answer.document, list)).toString('latin1')
    const key = `${profile.stageBindThreshold} ${written}`
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const made = Buffer.from(JSON.stringify(driverParameters(readAnswerParameters(answer), profile)))
    if (key.length <= MAX_KEPT_BYTES) {
      if (this.#lists.size >= MAX_LISTS) this.#lists.clear()
      this.#lists.set(key, made)
    }
    return made
  }
}
