/**
 * A first-come, first-served lock with shared and exclusive holders: an exclusive holder is alone, and nobody who came
 * after it overtakes it.
 */
export class SharedLock {
  readonly #waiting: { readonly exclusive: boolean; readonly grant: () => void }[] = []
  #shared = 0
  #exclusive = false

  /** Waits for its turn; call the returned function once to let go. Rejects when the signal aborts first. */
  async acquire(exclusive: boolean, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        reject(signal?.reason as Error)
        this.#grant()
      }
      const entry = {
        exclusive,
        grant: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(entry)
      this.#grant()
    })
    let held = true
    return () => {
      if (!held) return
      held = false
      if (exclusive) this.#exclusive = false
      else this.#shared -= 1
      this.#grant()
    }
  }

  #grant(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#exclusive || (next.exclusive && this.#shared > 0)) return
      this.#waiting.shift()
      if (next.exclusive) this.#exclusive = true
      else this.#shared += 1
      next.grant()
    }
  }
}
