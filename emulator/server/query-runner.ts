/** Runs statements in the engine: delays, time limits, multi-statements, results to the spool. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Binding, StatementResult } from '../engine.ts'
import { SqlError } from '../engine.ts'
import type { Faults } from '../faults.ts'
import { Query, type QueryRequest, queryCanceled } from './query.ts'
import { makeQueryId } from './query-id.ts'
import type { QueryLog } from './query-log.ts'
import { chooseFormat } from './result-format.ts'
import { type ResultSpool, removeChunks, type SpooledResult } from './result-spool.ts'
import type { Session } from './sessions.ts'

interface Parts {
  readonly log: QueryLog
  readonly spool: ResultSpool
  readonly faults: Faults
  readonly now: () => number
}

/** Node's timers take at most this many milliseconds. */
const MAX_TIMER_MS = 2_147_483_647

export class QueryRunner {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The query of a request: a new one, or the one that the same request id has started already. */
  start(session: Session, request: QueryRequest): Query {
    const known = this.#parts.log.findByRequest(session, request.requestId)
    if (known !== undefined) return known
    const query = this.#admit(session, request)
    void this.#run(query)
    return query
  }

  #admit(session: Session, request: QueryRequest): Query {
    const now = this.#parts.now()
    const query = new Query(makeQueryId(now), session, request, now)
    this.#parts.log.add(query)
    return query
  }

  async #run(query: Query): Promise<void> {
    const stopTimer = this.#limitTime(query)
    try {
      const slowness = this.#parts.faults.take('slow-query')
      if (slowness > 0) await delay(slowness, undefined, { signal: query.signal })
      const statements = query.session.engine.split(query.request.sqlText)
      checkCount(statements.length, statementCount(query))
      if (statements.length > 1) await this.#runChildren(query, statements)
      else await this.#runSingle(query, query.request.bindings)
    } catch (error) {
      query.end({ kind: 'failed', error: toSqlError(error) }, this.#parts.now())
    } finally {
      stopTimer()
    }
  }

  async #runSingle(query: Query, bindings: Readonly<Record<string, Binding>>): Promise<SpooledResult> {
    const { log, spool, now } = this.#parts
    const { describeOnly, parameters, sqlText } = query.request
    if (this.#parts.faults.take('secondary-roles') > 0) query.session.engine.context.secondaryRoles = 'ALL'
    const result = await log.within(query, async (): Promise<SpooledResult> => {
      const { signal } = query
      const answer: StatementResult = await query.session.engine.execute(sqlText, {
        bindings,
        parameters,
        describeOnly,
        queryId: query.id,
        signal,
      })
      const format = chooseFormat(query.session.client, answer.statementTypeId, (name) => parameterOf(query, name))
      return spool.store(answer, format, signal)
    })
    if (query.end({ kind: 'succeeded', result }, now())) log.keepResult(query)
    else await removeChunks(result.chunks)
    return result
  }

  /** Children run one after the other; the first that fails ends the parent with its error. */
  async #runChildren(parent: Query, statements: readonly string[]): Promise<void> {
    const children: Query[] = []
    let bindsUsed = 0
    for (const sqlText of statements) {
      parent.signal.throwIfAborted()
      const child = this.#admit(parent.session, { ...parent.request, requestId: '', sqlText })
      children.push(child)
      const cancelChild = () => child.cancel(queryCanceled(), this.#parts.now())
      parent.signal.addEventListener('abort', cancelChild, { once: true })
      try {
        const result = await this.#runSingle(child, bindingsFrom(parent.request.bindings, bindsUsed))
        bindsUsed += result.numberOfBinds
      } catch (error) {
        child.end({ kind: 'failed', error: toSqlError(error) }, this.#parts.now())
        throw error
      } finally {
        parent.signal.removeEventListener('abort', cancelChild)
      }
    }
    parent.end({ kind: 'parent', children }, this.#parts.now())
  }

  #limitTime(query: Query): () => void {
    const seconds = Number(parameterOf(query, 'STATEMENT_TIMEOUT_IN_SECONDS') ?? 0)
    if (!(seconds > 0)) return () => {}
    const text = `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`
    const expire = () => query.cancel(new SqlError('000630', '57014', text), this.#parts.now())
    const timer = setTimeout(expire, Math.min(seconds * 1000, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  }
}

/** `MULTI_STATEMENT_COUNT`: 1 unless set, 0 for any number (driver-protocol.md#multi-statements). */
function statementCount(query: Query): number {
  return Number(parameterOf(query, 'MULTI_STATEMENT_COUNT') ?? 1)
}

function checkCount(actual: number, desired: number): void {
  if (desired === 0 || actual === desired || (actual === 0 && desired === 1)) return
  const text = `Actual statement count ${actual} did not match the desired statement count ${desired}.`
  throw new SqlError('000008', '0A000', text)
}

function parameterOf(query: Query, name: string): string | number | boolean | undefined {
  return query.request.parameters[name] ?? query.session.engine.parameters.get(name)
}

/** Positional binds count through the whole text; each child sees its own from 1 on. */
function bindingsFrom(bindings: Readonly<Record<string, Binding>>, used: number): Record<string, Binding> {
  const own: Record<string, Binding> = {}
  for (const [position, binding] of Object.entries(bindings)) {
    const moved = Number(position) - used
    if (moved > 0) own[moved] = binding
  }
  return own
}

function toSqlError(error: unknown): SqlError {
  if (error instanceof SqlError) return error
  if (error instanceof Error && error.name === 'AbortError') return queryCanceled()
  const failure = new SqlError('000603', 'XX000', 'SQL execution internal error:\nProcessing aborted by error 300010.')
  failure.cause = error
  return failure
}
