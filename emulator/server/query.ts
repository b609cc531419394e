/** One statement from its arrival to its end, and what is kept of it afterwards. */
import type { Binding, QueryHistoryEntry, SessionContext } from '../engine.ts'
import { SqlError } from '../engine.ts'
import type { SpooledResult } from './result-spool.ts'
import type { Session } from './sessions.ts'
import { statementName } from './statement-types.ts'

export interface QueryRequest {
  readonly requestId: string
  readonly sqlText: string
  readonly bindings: Readonly<Record<string, Binding>>
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  readonly describeOnly: boolean
  readonly asyncExec: boolean
}

export type QueryState =
  | { readonly kind: 'running' }
  | { readonly kind: 'succeeded'; readonly result: SpooledResult }
  | { readonly kind: 'parent'; readonly children: readonly Query[] }
  | { readonly kind: 'failed'; readonly error: SqlError }
  /** Succeeded, but the result has been given up to make room. */
  | { readonly kind: 'dropped' }

export class Query {
  readonly id: string
  readonly session: Session
  readonly request: QueryRequest
  readonly startedAt: number
  readonly contextAtStart: SessionContext
  readonly queryTag: string
  /** Resolves when the query has ended, however. */
  readonly done: Promise<void>
  state: QueryState = { kind: 'running' }
  endedAt: number | null = null
  finalContext: SessionContext
  readonly #abort = new AbortController()
  readonly #resolveDone: () => void

  constructor(id: string, session: Session, request: QueryRequest, now: number) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.id = id
    this.session = session
    this.request = request
    this.startedAt = now
    this.contextAtStart = copyContext(session)
    this.queryTag = String(request.parameters.QUERY_TAG ?? session.engine.parameters.get('QUERY_TAG') ?? '')
    this.finalContext = this.contextAtStart
    this.done = promise
    this.#resolveDone = resolve
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get isRunning(): boolean {
    return this.state.kind === 'running'
  }

  /** Ends a running query with an error at once, whether or not the engine heeds the signal. */
  cancel(error: SqlError, now: number): boolean {
    if (!this.isRunning) return false
    this.#abort.abort(error)
    this.end({ kind: 'failed', error }, now)
    return true
  }

  /** The first end holds. */
  end(state: Exclude<QueryState, { kind: 'running' }>, now: number): boolean {
    if (!this.isRunning) return false
    this.state = state
    this.endedAt = now
    this.finalContext = copyContext(this.session)
    this.#resolveDone()
    return true
  }

  toHistoryEntry(): QueryHistoryEntry {
    const { state, request, contextAtStart } = this
    const error = state.kind === 'failed' ? state.error : null
    return {
      queryId: this.id,
      queryText: request.sqlText,
      databaseName: contextAtStart.database,
      schemaName: contextAtStart.schema,
      queryType: statementName(state.kind === 'succeeded' ? state.result.statementTypeId : null, request.sqlText),
      sessionId: this.session.id.toString(),
      userName: this.session.user.name,
      roleName: contextAtStart.role,
      warehouseName: contextAtStart.warehouse,
      queryTag: this.queryTag,
      executionStatus: executionStatus(state),
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      startTime: this.startedAt,
      endTime: this.endedAt,
      rowsProduced: state.kind === 'succeeded' ? state.result.total : null,
    }
  }
}

export function queryCanceled(): SqlError {
  return new SqlError('000604', '57014', 'SQL execution canceled')
}

function executionStatus(state: QueryState): QueryHistoryEntry['executionStatus'] {
  if (state.kind === 'running') return 'RUNNING'
  if (state.kind !== 'failed') return 'SUCCESS'
  return state.error.sqlState === '57014' ? 'ABORTED' : 'FAILED_WITH_ERROR'
}

function copyContext(session: Session): SessionContext {
  const { role, warehouse, database, schema, secondaryRoles } = session.engine.context
  return { role, warehouse, database, schema, secondaryRoles }
}
