/** The real files with faults on demand, for tests. */
import { type JournalFile, type JournalFiles, nodeFiles } from '../../../src/adapters/journal/index.ts'

/** `flush`: the bytes have reached the file, and making them durable failed. */
export type FaultyOperation = 'create' | 'write' | 'flush' | 'publish'

interface Fault {
  readonly operation: FaultyOperation
  readonly code: string
  left: number
}

export class FaultyFiles implements JournalFiles {
  #faults: Fault[] = []
  #shortWrites = 0
  #gate: Promise<void> | null = null
  free: number | null = null
  readonly calls: string[] = []
  /** Files that were created and not closed. */
  open = 0

  /** The next `times` operations of this kind fail. */
  fail(operation: FaultyOperation, code: string, times = 1): void {
    this.#faults.push({ operation, code, left: times })
  }

  /** The next `times` writes take one byte less than half. */
  writeShort(times: number): void {
    this.#shortWrites = times
  }

  heal(): void {
    this.#faults = []
  }

  /** Writes hang until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = null
      resolve()
    }
  }

  async create(path: string): Promise<JournalFile> {
    this.#check('create')
    const file = await nodeFiles.create(path)
    this.open += 1
    return {
      ...file,
      close: async () => {
        this.open -= 1
        await file.close()
      },
      write: async (pieces, position) => {
        await this.#gate
        this.#check('write')
        const written = await file.write(this.#short(pieces), position)
        this.#check('flush')
        return written
      },
    }
  }

  async publish(from: string, to: string): Promise<void> {
    this.#check('publish')
    await nodeFiles.publish(from, to)
  }

  remove(path: string): Promise<void> {
    this.calls.push('remove')
    return nodeFiles.remove(path)
  }

  exists(path: string): Promise<boolean> {
    return nodeFiles.exists(path)
  }

  async freeBytes(folder: string): Promise<number> {
    return this.free ?? nodeFiles.freeBytes(folder)
  }

  #short(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#shortWrites === 0) return pieces
    this.#shortWrites -= 1
    const all = Buffer.concat(pieces)
    return [all.subarray(0, all.length >> 1)]
  }

  #check(operation: FaultyOperation): void {
    this.calls.push(operation)
    const fault = this.#faults.find((candidate) => candidate.operation === operation && candidate.left > 0)
    if (fault !== undefined) {
      fault.left -= 1
      throw Object.assign(new Error(`${fault.code}: injected`), { code: fault.code })
    }
  }
}
