/** Chunks are checked in threads of their own: as many as there are cores to spare, each for many chunks. */
import { Worker } from 'node:worker_threads'
import { IcecoreError } from '../../errors.ts'
import type { ChunkCheck, ChunkChecker, ChunkForm } from '../../gate/ports.ts'
import type { CheckReply, CheckRequest, CheckVerdict } from './chunk-check-protocol.ts'

export interface ChunkCheckerOptions {
  readonly threads: number
  /** Bytes that may wait in one thread, those of all its chunks together, before `push` waits too. */
  readonly waitingBytes: number
}

export interface ClosableChunkChecker extends ChunkChecker {
  close(): Promise<void>
}

export function createChunkChecker(options: ChunkCheckerOptions): ClosableChunkChecker {
  const threads = Array.from({ length: options.threads }, () => new CheckThread(options.waitingBytes))
  let next = 0
  return {
    start(chunk) {
      const thread = threads[next % threads.length]
      next += 1
      if (thread === undefined) throw new TypeError('a chunk checker needs a thread')
      return thread.start(chunk)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

/** What the thread makes is soon garbage: with a small young generation it does not pile up. */
const YOUNG_GENERATION_MB = 2

/** One worker, started with the first chunk, and again after it has died. */
class CheckThread {
  readonly #waitingBytes: number
  readonly #checks = new Map<number, ThreadCheck>()
  #worker: Worker | null = null
  #room: WaitingRoom
  #nextId = 1

  constructor(waitingBytes: number) {
    this.#waitingBytes = waitingBytes
    this.#room = new WaitingRoom(waitingBytes)
  }

  start(chunk: ChunkForm): ChunkCheck {
    const id = this.#nextId
    this.#nextId += 1
    const worker = this.#running()
    const send: Send = (request, transfer = []) => worker.postMessage(request, transfer)
    const check = new ThreadCheck(id, send, this.#room, () => this.#checks.delete(id))
    this.#checks.set(id, check)
    send({ id, start: chunk })
    return check
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(new URL(workerFile, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    worker.unref()
    const room = new WaitingRoom(this.#waitingBytes)
    worker.on('message', (reply: CheckReply) => {
      if ('taken' in reply) room.leave(reply.taken)
      else this.#checks.get(reply.id)?.hear(reply)
    })
    const onDeath = (): void => {
      this.#worker = null
      for (const check of this.#checks.values()) check.fail('the checking thread has ended')
      this.#checks.clear()
    }
    worker.on('error', onDeath)
    worker.on('exit', onDeath)
    this.#worker = worker
    this.#room = room
    return worker
  }
}

/** The compiled package carries the worker as JavaScript beside this file. */
const workerFile = import.meta.url.endsWith('.ts') ? './chunk-check-worker.ts' : './chunk-check-worker.js'

type Send = (request: CheckRequest, transfer?: readonly ArrayBuffer[]) => void

/** Bytes on their way through a thread: when they are too many, who brings more waits. */
class WaitingRoom {
  readonly #limit: number
  #waiting = 0
  #free = Promise.withResolvers<void>()

  constructor(limit: number) {
    this.#limit = limit
    this.#free.resolve()
  }

  enter(bytes: number): void {
    if (this.#waiting <= this.#limit && this.#waiting + bytes > this.#limit) this.#free = Promise.withResolvers()
    this.#waiting += bytes
  }

  leave(bytes: number): void {
    this.#waiting -= bytes
    if (this.#waiting <= this.#limit) this.#free.resolve()
  }

  /** Resolves when there is room again. */
  free(): Promise<void> {
    return this.#free.promise
  }
}

class ThreadCheck implements ChunkCheck {
  readonly #id: number
  readonly #send: Send
  readonly #room: WaitingRoom
  readonly #forget: () => void
  readonly #rows = Promise.withResolvers<number>()
  #over = false

  constructor(id: number, send: Send, room: WaitingRoom, forget: () => void) {
    this.#id = id
    this.#send = send
    this.#room = room
    this.#forget = forget
    this.#rows.promise.catch(() => undefined)
  }

  async push(bytes: Uint8Array): Promise<void> {
    // A copy that is handed over whole: what both threads keep would be copied twice on its way.
    const piece = new Uint8Array(bytes)
    this.#room.enter(piece.length)
    this.#send({ id: this.#id, piece }, [piece.buffer])
    await Promise.race([this.#room.free(), this.#rows.promise])
  }

  end(): Promise<number> {
    this.#send({ id: this.#id, end: true })
    return this.#rows.promise
  }

  abandon(): void {
    if (!this.#over) this.#send({ id: this.#id, abandon: true })
    this.#finish()
  }

  hear(reply: CheckVerdict): void {
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
