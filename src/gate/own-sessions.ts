/**
 * Icecore's own statements: in a session of its own, as the principal `icecore`, by the one statement path, on record as
 * any other. Never in an agent's session, where they would move its context and LAST_QUERY_ID().
 */
import { ICECORE } from '../core/identity/index.ts'
import type { ClaimedClient, FailureFacts } from '../core/recording/index.ts'
import type { Context, QueryAnswer } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Ids } from '../lib/ids.ts'
import { parseValue } from '../lib/json/index.ts'
import { Room } from '../lib/room.ts'
import { assertRecordable, type BeginTools, letLive, openAtSnowflake, refused } from './begin-session.ts'
import type { Gate } from './gate.ts'
import type { Refusals } from './refusals.ts'
import type { Session } from './session.ts'

export interface OwnSessionTools extends BeginTools {
  readonly gate: Gate
  readonly refusals: Refusals
  readonly ids: Ids
  /** Throws where nothing new may begin. */
  assertOpen(): void
}

/** Read at each use: they may change. */
export interface OwnSessionOptions {
  /** At a time, beside those of agents: neither keeps the other out. */
  readonly sessions: number
  /** Of Icecore. */
  readonly version: string
}

export interface OwnSession {
  readonly id: string
  readonly context: Context
  /** Rejects with ICE_STATEMENT_CANCELLED where it takes too long, with ICE_UPSTREAM_PROTOCOL for rows in chunks. */
  query(sqlText: string): Promise<OwnAnswer>
}

/** Rows as the texts in which Snowflake gives them; or how the statement ended without any. */
export type OwnAnswer =
  | { readonly rows: readonly (readonly (string | null)[])[]; readonly failure: null }
  | { readonly rows: null; readonly failure: Pick<FailureFacts, 'code' | 'message'> }

/** For a place among the own sessions, and then for the answer of one statement. */
const PATIENCE_MS = 60_000

export class OwnSessions {
  readonly #tools: OwnSessionTools
  readonly #options: OwnSessionOptions
  readonly #places: Room
  readonly #living = new Set<Session>()

  constructor(tools: OwnSessionTools, options: OwnSessionOptions) {
    this.#tools = tools
    this.#options = options
    this.#places = new Room(() => options.sessions)
  }

  /**
   * Opens a session on the connection, in its default role, for `work` alone, and ends it whatever comes of that.
   * `purpose` is a word for the record and the query tag. Nothing is asked of Snowflake where it cannot be recorded.
   * Rejects as a log-in does, and with what `work` rejects with.
   */
  async use<T>(connection: string, purpose: string, work: (session: OwnSession) => Promise<T>): Promise<T> {
    const { clock, registry } = this.#tools
    const leave = await this.#places.takeWithin(1, PATIENCE_MS, clock)
    if (leave === null) throw new IcecoreError('ICE_SESSION_LIMIT', { limit: this.#places.limit })
    try {
      const session = await this.#open(connection, purpose)
      this.#living.add(session)
      try {
        return await work(this.#face(session))
      } finally {
        await registry.end(session, `${purpose} is done`)
        this.#living.delete(session)
      }
    } finally {
      leave()
    }
  }

  /** Ends all of them: no other process goes on with one. */
  async endAll(reason: string): Promise<void> {
    await Promise.all([...this.#living].map((session) => this.#tools.registry.end(session, reason)))
  }

  async #open(name: string, purpose: string): Promise<Session> {
    const { upstream, recorder, ids, refusals } = this.#tools
    try {
      this.#tools.assertOpen()
      assertRecordable(recorder)
      const connection = upstream.connection(name)
      if (connection === undefined) throw refused('connection not allowed', `no connection is named ${name}`)
      const { warehouse, database, schema } = connection
      const begun = await openAtSnowflake(
        {
          id: ids.uuid(),
          door: 'none',
          principal: ICECORE,
          connection,
          accessRule: null,
          role: connection.defaultRole,
          mayUseRole: () => false,
          context: { warehouse, database, schema },
          parameters: {},
          clientTag: purpose,
          client: this.#client(),
          network: null,
        },
        this.#tools,
      )
      await letLive(begun, null, this.#tools)
      return begun.session
    } catch (error) {
      refusals.loginFailed(error, { network: null, connection: name })
      throw error
    }
  }

  #client(): ClaimedClient {
    return { application: 'Icecore', version: this.#options.version, loginName: null, environment: {} }
  }

  #face(session: Session): OwnSession {
    return {
      id: session.id,
      context: session.facts.upstream.context,
      query: (sqlText) => this.#query(session, sqlText),
    }
  }

  async #query(session: Session, sqlText: string): Promise<OwnAnswer> {
    const answers: QueryAnswer[] = []
    const request = {
      requestId: this.#tools.ids.uuid(),
      sqlText,
      sqlTextJson: Buffer.from(JSON.stringify(sqlText)),
      bindings: {},
      bindingsJson: null,
      parameters: {},
      describeOnly: false,
      asynchronous: false,
      holdMs: PATIENCE_MS,
    }
    const reply = await this.#tools.gate.submit(session, request, {
      encode: (answer) => {
        answers.push(answer)
        return answer.document.bytes
      },
    })
    if (reply.kind === 'failure') return { rows: null, failure: reply.failure }
    // The session ends with its work, and that cancels the statement.
    if (reply.kind === 'in_progress') throw tooSlow()
    reply.release()
    const [answer] = answers
    if (answer === undefined) throw new TypeError('an answer was delivered that nobody encoded')
    return readAnswer(answer)
  }
}

function readAnswer(answer: QueryAnswer): OwnAnswer {
  const { success, code, message, inline } = answer
  if (!success) return { rows: null, failure: { code: code ?? '', message: message ?? '' } }
  if (answer.format !== 'json' || inline === null || answer.chunks.length > 0) {
    throw new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason: 'rows for Icecore itself come as JSON, in one piece' })
  }
  return { rows: parseValue(answer.document, inline.value) as readonly (readonly (string | null)[])[], failure: null }
}

function tooSlow(): IcecoreError {
  const cause = new Error(`it took longer than ${PATIENCE_MS / 1000} s`)
  return new IcecoreError('ICE_STATEMENT_CANCELLED', {}, { cause })
}
