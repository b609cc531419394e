import type { Cell } from '../../engine.ts'

export type Batch = readonly (readonly Cell[])[]
export type Batches = AsyncIterableIterator<Batch>

/**
 * Reads the first batch, so that most errors are the statement's own, and hands out the rest as it is asked for. `done`
 * runs once: when the rows have been read, have failed, or are no longer wanted.
 */
export async function startReading(source: Batches, done: () => Promise<void>): Promise<Batches> {
  const reading = new EagerBatches(source, done)
  await reading.start()
  return reading
}

class EagerBatches implements Batches {
  readonly #source: Batches
  readonly #done: () => Promise<void>
  #first: IteratorResult<Batch> | undefined
  #ended = false

  constructor(source: Batches, done: () => Promise<void>) {
    this.#source = source
    this.#done = done
  }

  async start(): Promise<void> {
    this.#first = await this.#pull()
  }

  async next(): Promise<IteratorResult<Batch>> {
    const first = this.#first
    this.#first = undefined
    return first ?? (this.#ended ? { done: true, value: undefined } : this.#pull())
  }

  async return(): Promise<IteratorResult<Batch>> {
    await this.#source.return?.()
    await this.#end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #pull(): Promise<IteratorResult<Batch>> {
    try {
      const next = await this.#source.next()
      if (next.done) await this.#end()
      return next
    } catch (error) {
      await this.#end()
      throw error
    }
  }

  async #end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#first = undefined
    await this.#done()
  }
}

/** A stream that can be read ahead into memory when its connection is needed. */
export class BufferedBatches {
  readonly #source: Batches
  readonly #ahead: Batch[] = []
  #done = false

  constructor(source: Batches) {
    this.#source = source
  }

  async drain(): Promise<void> {
    while (!this.#done) await this.#pull()
  }

  async #pull(): Promise<void> {
    const next = await this.#source.next()
    if (next.done) this.#done = true
    else this.#ahead.push(next.value)
  }

  async *read(): AsyncGenerator<Batch> {
    for (;;) {
      const batch = this.#ahead.shift()
      if (batch) yield batch
      else if (this.#done) return
      else await this.#pull()
    }
  }
}
