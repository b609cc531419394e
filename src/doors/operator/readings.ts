import { IcecoreError } from '../../errors.ts'

/** Which sessions are being watched, by ids that nobody can guess. Beyond the limit the oldest is forgotten. */
export class Readings {
  readonly #sessions = new Map<string, string>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(reading: string, session: string): void {
    this.#sessions.set(reading, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > this.#limit && oldest !== undefined) this.#sessions.delete(oldest)
  }

  /** Throws ICE_READING_UNKNOWN for one that is not on record, or not known any more. */
  sessionOf(reading: string): string {
    const session = this.#sessions.get(reading)
    if (session !== undefined) return session
    throw new IcecoreError('ICE_READING_UNKNOWN')
  }
}
