/** The account's HTTP port: Snowflake's endpoints (driver-protocol.md#endpoints), each a short method. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Faults } from '../faults.ts'
import { readJson, sendJson, sendText, type Target, targetOf } from './http.ts'
import { stringOf, toJson } from './json.ts'
import { type LogInParts, logIn, samlRefusal } from './log-in.ts'
import { badRequest, ProtocolError, sessionErrors } from './protocol-error.ts'
import { type Query, queryCanceled } from './query.ts'
import { type AnswerSettings, answerOf, type Envelope, resultNotFound, statusData, success } from './query-answers.ts'
import type { QueryLog } from './query-log.ts'
import { readQueryRequest } from './query-request.ts'
import type { QueryRunner } from './query-runner.ts'
import type { RequestLog } from './request-log.ts'
import type { Session, Sessions } from './sessions.ts'

export interface AccountPortParts extends LogInParts {
  readonly answers: AnswerSettings
  readonly faults: Faults
  readonly log: QueryLog
  readonly requests: RequestLog
  readonly runner: QueryRunner
  readonly sessions: Sessions
  readonly inProgressAfterMs: number
  readonly maxBodyBytes: number
}

/** One request on its way to an answer. */
interface Exchange extends Target {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The groups of the route's pattern. */
  readonly match: readonly string[]
}

/** `null`: the connection was dropped, or the answer has been sent already. */
type Handler = (exchange: Exchange) => Promise<Envelope | null>

interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly handle: Handler
}

export class AccountPort {
  readonly #parts: AccountPortParts
  readonly #routes: readonly Route[]

  constructor(parts: AccountPortParts) {
    this.#parts = parts
    const route = (method: string, pattern: RegExp, handle: Handler): Route => ({ method, pattern, handle })
    this.#routes = [
      route('POST', /^\/session\/v1\/login-request$/, (exchange) => this.#logIn(exchange)),
      route('POST', /^\/session\/authenticator-request$/, (exchange) => this.#authenticator(exchange)),
      route('POST', /^\/session\/token-request$/, (exchange) => this.#renew(exchange)),
      route('POST', /^\/session\/heartbeat$/, (exchange) => this.#heartbeat(exchange)),
      route('POST', /^\/session$/, (exchange) => this.#logOut(exchange)),
      route('POST', /^\/queries\/v1\/query-request$/, (exchange) => this.#query(exchange)),
      route('POST', /^\/queries\/v1\/abort-request$/, (exchange) => this.#abortByRequest(exchange)),
      route('POST', /^\/queries\/([^/]+)\/abort-request$/, (exchange) => this.#abortById(exchange)),
      route('GET', /^\/queries\/([^/]+)\/result$/, (exchange) => this.#result(exchange)),
      route('GET', /^\/monitoring\/queries\/([^/]+)$/, (exchange) => this.#status(exchange)),
      route('POST', /^\/telemetry\/send(?:\/sessionless)?$/, (exchange) => this.#telemetry(exchange)),
    ]
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request)
    const note = this.#parts.requests.note('account', request, target.path, target.query, this.#parts.now())
    response.on('finish', () => note.answered(response.statusCode))
    try {
      const { handle, match } = this.#route(request.method ?? '', target.path)
      if (this.#isUnavailable(target.path)) throw new ProtocolError('390503', 'Service Unavailable', null, 503)
      const answer = await handle({ request, response, match, ...target })
      if (answer !== null) await sendJson(request, response, 200, answer)
    } catch (error) {
      if (response.destroyed) return
      const refusal = error instanceof ProtocolError ? error : internalError(error)
      const { data, code, message } = refusal
      await sendJson(request, response, refusal.httpStatus, { data, code, message, success: false, headers: null })
    }
  }

  #route(method: string, path: string): { handle: Handler; match: readonly string[] } {
    const found = this.#routes.filter((route) => route.pattern.test(path))
    if (found.length === 0) throw new ProtocolError('390404', 'Not Found', null, 404)
    const route = found.find((candidate) => candidate.method === method)
    if (route === undefined) throw new ProtocolError('390405', 'Method Not Allowed', null, 405)
    return { handle: route.handle, match: route.pattern.exec(path) ?? [] }
  }

  #isUnavailable(path: string): boolean {
    const { faults } = this.#parts
    if (path.startsWith('/queries/')) return faults.take('unavailable') > 0
    return path === '/session/v1/login-request' && faults.take('unavailable-login') > 0
  }

  async #logIn(exchange: Exchange): Promise<Envelope> {
    return success(await logIn(this.#parts, exchange.query, await this.#body(exchange)))
  }

  async #authenticator(exchange: Exchange): Promise<Envelope> {
    await this.#body(exchange)
    throw samlRefusal('EXTERNALBROWSER')
  }

  async #renew(exchange: Exchange): Promise<Envelope> {
    const token = tokenOf(exchange.request)
    const body = await this.#body(exchange)
    if (body.requestType !== 'RENEW') throw badRequest('only RENEW is supported')
    const session = this.#parts.sessions.renew(token, stringOf(body.oldSessionToken) ?? '')
    return success({
      sessionToken: session.tokens.session,
      validityInSecondsST: Math.round(this.#parts.sessionValidityMs / 1000),
      masterToken: session.tokens.master,
      validityInSecondsMT: Math.round(this.#parts.masterValidityMs / 1000),
      sessionId: session.id,
    })
  }

  async #heartbeat(exchange: Exchange): Promise<Envelope> {
    const session = this.#session(exchange)
    await this.#body(exchange)
    this.#parts.sessions.keepAlive(session)
    return success(null)
  }

  async #logOut(exchange: Exchange): Promise<Envelope> {
    if (exchange.query.get('delete') !== 'true') throw badRequest('only delete=true is supported')
    const session = this.#session(exchange)
    await this.#body(exchange)
    this.#parts.log.cancelOf(session)
    await this.#parts.sessions.end(session)
    return success(null)
  }

  async #query(exchange: Exchange): Promise<Envelope | null> {
    const session = this.#session(exchange)
    const body = await this.#body(exchange)
    const { faults, runner } = this.#parts
    if (faults.take('drop-before') > 0) return dropConnection(exchange)
    const query = runner.start(session, readQueryRequest(exchange.query.get('requestId'), body))
    if (!query.request.asyncExec) await this.#waitFor(query, exchange)
    if (faults.take('drop-after') > 0) {
      await query.done
      return dropConnection(exchange)
    }
    return this.#answer(query, exchange)
  }

  async #result(exchange: Exchange): Promise<Envelope | null> {
    const session = this.#session(exchange)
    if (this.#parts.faults.take('drop-poll') > 0) return dropConnection(exchange)
    const query = this.#parts.log.findOwn(exchange.match[1] ?? '', session)
    if (query === undefined) return resultNotFound()
    await this.#waitFor(query, exchange)
    return this.#answer(query, exchange)
  }

  async #abortByRequest(exchange: Exchange): Promise<Envelope> {
    const session = this.#session(exchange)
    const body = await this.#body(exchange)
    return this.#abort(this.#parts.log.findByRequest(session, stringOf(body.requestId) ?? ''))
  }

  async #abortById(exchange: Exchange): Promise<Envelope> {
    const session = this.#session(exchange)
    await this.#body(exchange)
    return this.#abort(this.#parts.log.findOwn(exchange.match[1] ?? '', session))
  }

  #abort(query: Query | undefined): Envelope {
    if (query?.cancel(queryCanceled(), this.#parts.now()) === true) return success(null)
    throw new ProtocolError('000605', 'Identified SQL statement is not currently executing.', {
      sqlState: '01000',
      queryId: query?.id ?? null,
    })
  }

  async #status(exchange: Exchange): Promise<Envelope> {
    const query = this.#parts.log.findOwn(exchange.match[1] ?? '', this.#session(exchange))
    return success({ queries: query === undefined ? [] : [statusData(query)] })
  }

  async #telemetry(exchange: Exchange): Promise<Envelope> {
    await this.#body(exchange)
    return success('Log Received')
  }

  /** Holds the answer until the query ends, the time for a `333333` has come, or the client has gone. */
  async #waitFor(query: Query, { response }: Exchange): Promise<void> {
    if (!query.isRunning) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#parts.inProgressAfterMs)
    const onClose = () => resolve()
    response.once('close', onClose)
    void query.done.then(resolve)
    await promise
    clearTimeout(timer)
    response.off('close', onClose)
  }

  /** Sends the answer here where a fault spoils it. */
  async #answer(query: Query, { request, response }: Exchange): Promise<Envelope | null> {
    const { answers, faults } = this.#parts
    const answer = answerOf(query, answers)
    if (faults.take('html-answer') > 0) {
      await sendText(request, response, 200, 'text/html', '<html><body>Something went wrong</body></html>')
      return null
    }
    if (faults.take('invalid-answer') > 0) {
      const text = toJson(answer)
      await sendText(request, response, 200, 'application/json', text.slice(0, text.length / 2))
      return null
    }
    return answer
  }

  #session({ request }: Exchange): Session {
    return this.#parts.sessions.byToken(tokenOf(request))
  }

  #body({ request }: Exchange) {
    return readJson(request, this.#parts.maxBodyBytes)
  }
}

function tokenOf(request: IncomingMessage): string {
  const header = request.headers.authorization
  if (header === undefined) throw sessionErrors.headerMissing()
  const token = /^Snowflake Token="([^"]*)"$/.exec(header)?.[1]
  if (token === undefined) throw sessionErrors.invalid()
  return token
}

function dropConnection({ request }: Exchange): null {
  request.socket.resetAndDestroy()
  return null
}

function internalError(error: unknown): ProtocolError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ProtocolError('370001', `Internal error: ${reason}`)
}
