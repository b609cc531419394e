/** Chunks are checked in threads of their own: as many as there are cores to spare, each for many chunks. */
import { Worker } from 'node:worker_threads'
import { IcecoreError } from '../../errors.ts'
import type { ChunkCheck, ChunkChecker } from '../../gate/ports.ts'
import type { CheckReply, CheckRequest } from './chunk-check-protocol.ts'

export interface ChunkCheckerOptions {
  readonly threads: number
  /** Bytes of one chunk that may wait in the thread before `push` waits too. */
  readonly waitingBytes: number
}

export interface ClosableChunkChecker extends ChunkChecker {
  close(): Promise<void>
}

export function createChunkChecker(options: ChunkCheckerOptions): ClosableChunkChecker {
  const threads = Array.from({ length: options.threads }, () => new CheckThread())
  let next = 0
  return {
    start(chunk) {
      const thread = threads[next % threads.length]
      next += 1
      if (thread === undefined) throw new TypeError('a chunk checker needs a thread')
      return thread.start(chunk, options.waitingBytes)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

/** One worker, started with the first chunk, and again after it has died. */
class CheckThread {
  readonly #checks = new Map<number, ThreadCheck>()
  #worker: Worker | null = null
  #nextId = 1

  start(chunk: { readonly encoding: 'identity' | 'gzip'; readonly columns: number }, waitingBytes: number): ChunkCheck {
    const id = this.#nextId
    this.#nextId += 1
    const worker = this.#running()
    const send = (request: CheckRequest): void => worker.postMessage(request)
    const check = new ThreadCheck(id, send, waitingBytes, () => this.#checks.delete(id))
    this.#checks.set(id, check)
    send({ id, start: chunk })
    return check
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(new URL(workerFile, import.meta.url))
    worker.unref()
    worker.on('message', (reply: CheckReply) => this.#checks.get(reply.id)?.hear(reply))
    const onDeath = (): void => {
      this.#worker = null
      for (const check of this.#checks.values()) check.fail('the checking thread has ended')
      this.#checks.clear()
    }
    worker.on('error', onDeath)
    worker.on('exit', onDeath)
    this.#worker = worker
    return worker
  }
}

/** The compiled package carries the worker as JavaScript beside this file. */
const workerFile = import.meta.url.endsWith('.ts') ? './chunk-check-worker.ts' : './chunk-check-worker.js'

class ThreadCheck implements ChunkCheck {
  readonly #id: number
  readonly #send: (request: CheckRequest) => void
  readonly #limit: number
  readonly #forget: () => void
  readonly #rows = Promise.withResolvers<number>()
  #waiting = 0
  #room = Promise.withResolvers<void>()
  #over = false

  constructor(id: number, send: (request: CheckRequest) => void, limit: number, forget: () => void) {
    this.#id = id
    this.#send = send
    this.#limit = limit
    this.#forget = forget
    this.#rows.promise.catch(() => undefined)
    this.#room.resolve()
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.#waiting += bytes.length
    this.#send({ id: this.#id, piece: bytes })
    if (this.#waiting > this.#limit) this.#room = Promise.withResolvers()
    await Promise.race([this.#room.promise, this.#rows.promise])
  }

  end(): Promise<number> {
    this.#send({ id: this.#id, end: true })
    return this.#rows.promise
  }

  abandon(): void {
    if (!this.#over) this.#send({ id: this.#id, abandon: true })
    this.#finish()
  }

  hear(reply: CheckReply): void {
    if ('taken' in reply) {
      this.#waiting -= reply.taken
      if (this.#waiting <= this.#limit) this.#room.resolve()
      return
    }
    if ('rows' in reply) this.#rows.resolve(reply.rows)
    else this.#reject(reply.problem)
    this.#finish()
  }

  fail(problem: string): void {
    this.#reject(problem)
    this.#finish()
  }

  #reject(problem: string): void {
    this.#rows.reject(
      new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: `a result chunk cannot be read: ${problem}` }),
    )
  }

  #finish(): void {
    this.#over = true
    this.#forget()
  }
}
