/**
 * All queries of the account: by id, by request id, as history; and the host through which SQL asks about them.
 * Bounded: the oldest history lines and results go first.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { EngineHost, QueryHistoryEntry } from '../engine.ts'
import { type Query, queryCanceled } from './query.ts'
import { readRows, removeChunks } from './result-spool.ts'
import type { Session } from './sessions.ts'

export interface QueryLogOptions {
  readonly maxHistory: number
  readonly maxResults: number
  readonly maxSpoolBytes: number
  readonly now: () => number
}

export class QueryLog implements EngineHost {
  readonly #options: QueryLogOptions
  readonly #byId = new Map<string, Query>()
  readonly #byRequest = new Map<string, Query>()
  /** Queries that still have a result, oldest first, with the size of their chunks. */
  readonly #results = new Map<Query, number>()
  #spoolBytes = 0
  /** The query under whose execution a call of the host happens: it must not cancel itself. */
  readonly #current = new AsyncLocalStorage<Query>()

  constructor(options: QueryLogOptions) {
    this.#options = options
  }

  /** Takes a query into the log. A describe is none that Snowflake's history shows. */
  add(query: Query): void {
    this.#byId.set(query.id, query)
    if (query.request.requestId !== '') this.#byRequest.set(requestKey(query.session, query.request.requestId), query)
    for (const oldest of this.#byId.values()) {
      if (this.#byId.size <= this.#options.maxHistory || oldest.isRunning) break
      this.#remove(oldest)
    }
  }

  find(queryId: string): Query | undefined {
    return this.#byId.get(queryId)
  }

  /** The query of that id if it is the session's user's own. */
  findOwn(queryId: string, session: Session): Query | undefined {
    const query = this.find(queryId)
    return query?.session.user.name === session.user.name ? query : undefined
  }

  findByRequest(session: Session, requestId: string): Query | undefined {
    return this.#byRequest.get(requestKey(session, requestId))
  }

  all(): Iterable<Query> {
    return this.#byId.values()
  }

  /** Runs the execution of a query so that what it asks of the host is known to be its own. */
  within<T>(query: Query, run: () => Promise<T>): Promise<T> {
    return this.#current.run(query, run)
  }

  /** Counts the result of a query that has ended, and makes room for it. */
  keepResult(query: Query): void {
    if (query.state.kind !== 'succeeded') return
    const size = query.state.result.chunks.reduce((sum, chunk) => sum + chunk.compressedSize, 0)
    this.#results.set(query, size)
    this.#spoolBytes += size
    for (const oldest of this.#results.keys()) {
      const fits = this.#results.size <= this.#options.maxResults && this.#spoolBytes <= this.#options.maxSpoolBytes
      if (fits || oldest === query) break
      this.#dropResult(oldest)
    }
  }

  cancelAll(): void {
    for (const query of this.#byId.values()) query.cancel(queryCanceled(), this.#options.now())
  }

  cancelOf(session: Session): void {
    for (const query of this.#running(session.id)) query.cancel(queryCanceled(), this.#options.now())
  }

  *history(): Iterable<QueryHistoryEntry> {
    for (const query of this.#byId.values()) if (!query.request.describeOnly) yield query.toHistoryEntry()
  }

  formerResult(queryId: string, user: string): ReturnType<EngineHost['formerResult']> {
    const query = this.find(queryId.toLowerCase())
    if (query === undefined || query.session.user.name !== user || query.state.kind !== 'succeeded') return undefined
    return { columns: query.state.result.columns, rows: readRows(query.state.result) }
  }

  cancel(target: { readonly queryId: string } | { readonly sessionId: string }): string {
    const now = this.#options.now()
    if ('queryId' in target) {
      const cancelled = this.find(target.queryId.toLowerCase())?.cancel(queryCanceled(), now) === true
      return cancelled
        ? `query [${target.queryId}] terminated.`
        : 'Identified SQL statement is not currently executing.'
    }
    const own = this.#current.getStore()
    const queries = this.#running(BigInt(target.sessionId)).filter((query) => query !== own)
    for (const query of queries) query.cancel(queryCanceled(), now)
    return `${queries.length} cancelled.`
  }

  #running(sessionId: bigint): readonly Query[] {
    return [...this.#byId.values()].filter((query) => query.session.id === sessionId && query.isRunning)
  }

  #remove(query: Query): void {
    this.#dropResult(query)
    this.#byId.delete(query.id)
    this.#byRequest.delete(requestKey(query.session, query.request.requestId))
  }

  #dropResult(query: Query): void {
    const size = this.#results.get(query)
    if (size === undefined || query.state.kind !== 'succeeded') return
    this.#results.delete(query)
    this.#spoolBytes -= size
    const { chunks } = query.state.result
    query.state = { kind: 'dropped' }
    // A download under way has its file open and goes on to its end.
    void removeChunks(chunks)
  }
}

function requestKey(session: Session, requestId: string): string {
  return `${session.id} ${requestId}`
}
