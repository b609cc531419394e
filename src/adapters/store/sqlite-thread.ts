/** The other end of the SQLite thread: requests go out in order, answers settle their promises. */
import { Worker } from 'node:worker_threads'
import type { DatabaseOptions, SqliteRequest, SqliteResponse, SqliteResult, SqlStatement } from './sqlite-protocol.ts'

interface Waiting {
  readonly resolve: (result: SqliteResult) => void
  readonly reject: (error: Error) => void
}

/** The worker's file has the extension of this one: TypeScript in a checkout, JavaScript in a packed build. */
const WORKER = new URL(`./sqlite-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

export class SqliteThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #broken: Error | null = null

  constructor(options: DatabaseOptions) {
    this.#worker = new Worker(WORKER, { workerData: options })
    this.#worker.on('message', (response: SqliteResponse) => this.#settle(response))
    this.#worker.on('error', (error) => this.#break(error as Error))
    this.#worker.on('exit', () => this.#break(new Error('the SQLite thread has ended')))
  }

  query(statement: SqlStatement): Promise<SqliteResult> {
    return this.#ask((id) => ({ id, op: 'query', statement }))
  }

  /** Resolves to false when the guard changed no row, and nothing was done. */
  async batch(statements: readonly SqlStatement[], guard: SqlStatement | null = null): Promise<boolean> {
    return (await this.#ask((id) => ({ id, op: 'batch', guard, statements }))).changes > 0
  }

  async close(): Promise<void> {
    if (this.#broken === null) {
      const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
      await this.#ask((id) => ({ id, op: 'close' }))
      await ended
    }
  }

  #ask(request: (id: number) => SqliteRequest): Promise<SqliteResult> {
    if (this.#broken !== null) {
      return Promise.reject(this.#broken)
    }
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage(request(id))
    })
  }

  #settle(response: SqliteResponse): void {
    const waiting = this.#waiting.get(response.id)
    this.#waiting.delete(response.id)
    if (response.ok) {
      waiting?.resolve(response.result)
    } else {
      waiting?.reject(new Error(response.message))
    }
  }

  #break(error: Error): void {
    this.#broken ??= error
    for (const waiting of this.#waiting.values()) {
      waiting.reject(this.#broken)
    }
    this.#waiting.clear()
  }
}
