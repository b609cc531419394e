/**
 * Results that can be fetched later, and whose they are. One upstream user serves many principals, so Snowflake would
 * hand any of them any result: only this table keeps them apart.
 */
import type { Clock } from '../lib/clock.ts'
import type { Handle } from './ports.ts'

/** Snowflake keeps results for 24 hours (public documentation). */
export const RESULT_LIFE_MS = 24 * 60 * 60 * 1000

export interface Owner {
  readonly principal: string
  readonly connection: string
}

export class Handles {
  readonly #clock: Clock
  readonly #limit: number
  /** In the order of opening, which is the order of expiry. */
  readonly #handles = new Map<string, Handle>()

  constructor(options: { readonly clock: Clock; readonly limit: number }) {
    this.#clock = options.clock
    this.#limit = options.limit
  }

  open(handle: Omit<Handle, 'openedAt'>): void {
    this.restore({ ...handle, openedAt: this.#clock.now() })
  }

  /** A handle that an earlier process had opened; the oldest must come first. */
  restore(handle: Handle): void {
    this.#forgetExpired()
    if (!this.#handles.has(handle.queryId)) this.#handles.set(handle.queryId, handle)
  }

  /** The handle, if it is this owner's: own means the same principal and connection, in any session. */
  find(queryId: string, owner: Owner): Handle | null {
    const handle = this.#handles.get(queryId)
    if (handle === undefined || this.#isExpired(handle)) return null
    return handle.principal === owner.principal && handle.connection === owner.connection ? handle : null
  }

  /** Oldest first, until all that is left is alive and fits the limit. */
  #forgetExpired(): void {
    for (const handle of this.#handles.values()) {
      if (!this.#isExpired(handle) && this.#handles.size < this.#limit) return
      this.#handles.delete(handle.queryId)
    }
  }

  #isExpired(handle: Handle): boolean {
    return this.#clock.now() - handle.openedAt >= RESULT_LIFE_MS
  }
}
