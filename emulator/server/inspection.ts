/** What tests may look at: requests seen, statements executed, live sessions. Holds no secrets. */
import type { Binding } from '../engine.ts'
import type { QueryLog } from './query-log.ts'
import type { RequestLog, SeenRequest } from './request-log.ts'
import type { Sessions } from './sessions.ts'

export interface SeenStatement {
  readonly queryId: string
  readonly requestId: string
  readonly sessionId: string
  readonly user: string
  readonly sqlText: string
  readonly bindings: Readonly<Record<string, Binding>>
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  readonly describeOnly: boolean
  readonly asyncExec: boolean
  readonly status: string
  readonly queryTag: string
}

export interface SeenSession {
  readonly sessionId: string
  readonly user: string
  readonly client: string
  readonly role: string | null
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  readonly secondaryRoles: string
  readonly createdAt: number
}

export class Inspection {
  readonly #requests: RequestLog
  readonly #log: QueryLog
  readonly #sessions: Sessions

  constructor(requests: RequestLog, log: QueryLog, sessions: Sessions) {
    this.#requests = requests
    this.#log = log
    this.#sessions = sessions
  }

  requests(): readonly SeenRequest[] {
    return this.#requests.all()
  }

  forgetRequests(): void {
    this.#requests.clear()
  }

  /** Oldest first; the children of a multi-statement follow their parent. */
  statements(): readonly SeenStatement[] {
    return [...this.#log.all()].map((query) => {
      const { executionStatus } = query.toHistoryEntry()
      const { requestId, sqlText, bindings, parameters, describeOnly, asyncExec } = query.request
      return {
        queryId: query.id,
        requestId,
        sessionId: query.session.id.toString(),
        user: query.session.user.name,
        sqlText,
        bindings,
        parameters,
        describeOnly,
        asyncExec,
        status: executionStatus,
        queryTag: query.queryTag,
      }
    })
  }

  sessions(): readonly SeenSession[] {
    return this.#sessions.list().map(({ id, user, client, engine, createdAt }) => ({
      sessionId: id.toString(),
      user: user.name,
      client,
      role: engine.context.role,
      warehouse: engine.context.warehouse,
      database: engine.context.database,
      schema: engine.context.schema,
      secondaryRoles: engine.context.secondaryRoles,
      createdAt,
    }))
  }
}
