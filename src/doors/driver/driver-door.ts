/**
 * Snowflake's driver protocol, spoken to drivers. The door turns bytes into requests for the gate and answers back into
 * bytes; it decides nothing. What is not listed here is not served.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { NetworkFacts } from '../../core/recording/index.ts'
import {
  clientProfile,
  driverParameters,
  encodeInProgress,
  encodeLoginAnswer,
  encodeSuccess,
  encodeTokenAnswer,
  isQueryId,
  type LoginRequest,
  readAbortRequest,
  readLoginRequest,
  readQueryRequest,
  readTokenRequest,
} from '../../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import {
  CHUNK_KEY_HEADER,
  type ChunkDeliveryTools,
  deliverChunk,
  type Gate,
  type LogInRequest,
  type OpenedSession,
  type Refusals,
  type Session,
  type SessionRegistry,
  type StatementReply,
  toIcecoreError,
} from '../../gate/index.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { clientAddress, type TrustedProxies } from '../../lib/net/index.ts'
import { type GiveBack, Room } from '../../lib/room.ts'
import { sendChunk } from './chunk-response.ts'
import { createAnswerEncoder } from './encode-answer.ts'
import {
  envelope,
  type HttpAnswer,
  renderComeAgain,
  renderFailure,
  renderLogInError,
  renderRenewalError,
  renderRequestError,
  renderUnknownPath,
} from './errors.ts'
import { toLogInRequest } from './log-in-request.ts'
import { ParameterLists } from './parameter-lists.ts'
import { pathForRecord } from './path-for-record.ts'
import { type BodyLimits, discardBody, readBody } from './read-body.ts'
import { RetryWindow } from './retry-window.ts'
import { encodeRunStatus } from './status-answer.ts'
import { whenSent } from './when-sent.ts'

export interface DriverDoorTools {
  readonly gate: Gate
  readonly registry: SessionRegistry
  readonly refusals: Refusals
  readonly logIn: (request: LogInRequest) => Promise<OpenedSession>
  readonly chunks: ChunkDeliveryTools
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Read at each use, so that they may change while the door is open. */
export interface DriverDoorOptions {
  readonly bodies: BodyLimits
  /** Bytes of all bodies with statements that are read, or whose statement has not ended. */
  readonly bodiesInMemory: number
  /** How long a request waits before it is answered "in progress", for drivers that need no time of their own. */
  readonly hold: number
  /** How long the client of a chunk may take nothing, milliseconds. */
  readonly stoppedReader: number
  /** How long one request may be told to come again, milliseconds. */
  readonly retryWindow: number
  /** Proxies that are believed in who their client is. */
  readonly proxies: TrustedProxies
}

/** Where drivers reach a listener: chunk links point there. Known once it listens. */
export type PublicUrl = () => string

const TELEMETRY_BYTES = 4 * 1024 * 1024

/** A log-in body is small; a larger one is no log-in. So are those of renewals and aborts. */
const SMALL_BODY: BodyLimits = { received: 256 * 1024, unpacked: 1024 * 1024 }
/** Of all small bodies: who has no token yet takes nothing of the memory for statements. */
const SMALL_BODIES_IN_MEMORY = 32 * 1024 * 1024

/** Puts the door behind listeners, all of them with the same limits. */
export function createDriverDoor(
  tools: DriverDoorTools,
  options: DriverDoorOptions,
): (app: FastifyInstance, publicUrl: PublicUrl) => void {
  const door = new DriverDoor(tools, options)
  return (app, publicUrl) => register(app, door, publicUrl)
}

function register(app: FastifyInstance, door: DriverDoor, publicUrl: PublicUrl): void {
  // Bodies are read by the handlers, each to its own limit.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post('/session/v1/login-request', (request, reply) => door.logIn(request, reply))
  app.post('/session/token-request', (request, reply) => door.renew(request, reply))
  app.post('/session/heartbeat', (request, reply) => door.heartbeat(request, reply))
  app.post('/session', (request, reply) => door.logOut(request, reply))
  app.post('/queries/v1/query-request', (request, reply) => door.query(request, reply, publicUrl()))
  app.post('/queries/v1/abort-request', (request, reply) => door.abortByRequest(request, reply))
  app.post<QueryPath>('/queries/:queryId/abort-request', (request, reply) => door.abortByQuery(request, reply))
  app.get<QueryPath>('/queries/:queryId/result', (request, reply) => door.result(request, reply, publicUrl()))
  app.get<QueryPath>('/monitoring/queries/:queryId', (request, reply) => door.status(request, reply))
  app.post('/telemetry/send', (request, reply) => door.telemetry(request, reply))
  app.post('/telemetry/send/sessionless', (request, reply) => door.telemetry(request, reply))
  app.get<ChunkPath>('/chunks/:token/:index', (request, reply) => door.chunk(request, reply))
  app.setNotFoundHandler((request, reply) => door.unknownPath(request, reply))
  app.setErrorHandler((error, request, reply) => door.failed(error, request, reply))
}

interface QueryPath {
  Params: { queryId: string }
}

interface ChunkPath {
  Params: { token: string; index: string }
}

class DriverDoor {
  readonly #tools: DriverDoorTools
  readonly #options: DriverDoorOptions
  readonly #retries: RetryWindow
  readonly #bodies: Room
  readonly #smallBodies = new Room(SMALL_BODIES_IN_MEMORY)
  readonly #parameterLists = new ParameterLists()

  constructor(tools: DriverDoorTools, options: DriverDoorOptions) {
    this.#tools = tools
    this.#options = options
    this.#bodies = new Room(() => options.bodiesInMemory)
    this.#retries = new RetryWindow(tools.clock, options.retryWindow)
  }

  async logIn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const url = urlOf(request.raw)
    const requestId = url.searchParams.get('requestId') ?? url.searchParams.get('request_id')
    let read: LoginRequest | null = null
    try {
      read = await this.#readSmall(request, readLoginRequest)
      const network = this.#networkOf(request.raw)
      const { session, tokens } = await this.#tools.logIn(toLogInRequest(read, url, network))
      return send(reply, envelope(this.#encodeLogIn(session, tokens)))
    } catch (thrown) {
      const error = this.#errorOf(thrown)
      if (error.code === 'ICE_LOGIN_REFUSED' || error.spec.fault === 'caller') this.#refuse(request, null, error)
      const key = `${this.#networkOf(request.raw).address} ${attemptOf(read, requestId)}`
      if (error.spec.retry && this.#retries.isOpen(key)) return send(reply, renderComeAgain(error))
      return send(reply, renderLogInError(error, { loginName: read?.loginName ?? null, requestId }))
    }
  }

  async renew(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const { oldSessionToken, requestType } = await this.#readSmall(request, readTokenRequest)
      if (requestType !== 'RENEW')
        throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'requestType is not RENEW' })
      const { session, tokens } = await this.#tools.registry.renew(bearerOf(request.raw), oldSessionToken.reveal())
      const body = encodeTokenAnswer({
        sessionToken: tokens.token,
        masterToken: tokens.masterToken,
        validitySeconds: tokens.tokenLifeSeconds,
        masterValiditySeconds: tokens.masterLifeSeconds,
        sessionId: session.facts.upstream.id,
      })
      return send(reply, envelope(body))
    } catch (thrown) {
      const error = this.#errorOf(thrown)
      this.#refuse(request, null, error)
      return send(reply, renderRenewalError(error))
    }
  }

  async heartbeat(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.#sessionOf(request)
    return send(reply, envelope(encodeSuccess(null)))
  }

  async logOut(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (urlOf(request.raw).searchParams.get('delete') !== 'true') return this.unknownPath(request, reply)
    await this.#tools.registry.end(this.#sessionOf(request), 'log-out')
    return send(reply, envelope(encodeSuccess(null)))
  }

  async query(request: FastifyRequest, reply: FastifyReply, publicUrl: string): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    // A UUID in other letters is the same UUID.
    const requestId = urlOf(request.raw).searchParams.get('requestId')?.toLowerCase()
    if (requestId === undefined || !isQueryId(requestId)) {
      throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'requestId is no UUID' })
    }
    let release: GiveBack = () => undefined
    try {
      const body = await readBody(request.raw, this.#options.bodies, this.#bodies)
      release = body.release
      const { internal: _, ...read } = readQueryRequest(body.bytes)
      const statement = { ...read, requestId, holdMs: this.#holdOf(session) }
      return this.#sendReply(
        reply,
        await this.#tools.gate.submit(session, statement, this.#encoder(session, publicUrl), release),
      )
    } catch (error) {
      release()
      if (isMomentary(error) && this.#retries.isOpen(`${session.id} ${requestId}`)) {
        return send(reply, renderComeAgain(error))
      }
      throw error
    }
  }

  async result(request: FastifyRequest<QueryPath>, reply: FastifyReply, publicUrl: string): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    const holdMs = this.#holdOf(session)
    const queryId = checkedQueryId(request.params.queryId)
    const answer = await this.#tools.gate.fetch(session, queryId, holdMs, this.#encoder(session, publicUrl))
    return this.#sendReply(reply, answer)
  }

  async status(request: FastifyRequest<QueryPath>, reply: FastifyReply): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    const queryId = checkedQueryId(request.params.queryId)
    const status = await this.#tools.gate.status(session, queryId)
    if (status instanceof Uint8Array) return send(reply, envelope(status))
    return send(reply, envelope(encodeRunStatus(status, queryId)))
  }

  async abortByRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    const requestId = (await this.#readSmall(request, readAbortRequest)).toLowerCase()
    await this.#tools.gate.abort(session, { requestId })
    return send(reply, envelope(encodeSuccess(null)))
  }

  async abortByQuery(request: FastifyRequest<QueryPath>, reply: FastifyReply): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    await this.#tools.gate.abort(session, { queryId: checkedQueryId(request.params.queryId) })
    return send(reply, envelope(encodeSuccess(null)))
  }

  /** Node and Go 1 send it whatever the parameters say. Read and forgotten: nothing of it goes anywhere. */
  async telemetry(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await discardBody(request.raw, TELEMETRY_BYTES)
    return send(reply, envelope(encodeSuccess('Log Received')))
  }

  async chunk(request: FastifyRequest<ChunkPath>, reply: FastifyReply): Promise<FastifyReply> {
    const { token, index } = request.params
    const key = request.headers[CHUNK_KEY_HEADER]
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const wanted = {
        token,
        index: /^\d{1,9}$/.test(index) ? Number(index) : -1,
        key: typeof key === 'string' ? key : null,
      }
      const delivery = await deliverChunk(wanted, this.#tools.chunks, gone.signal)
      reply.hijack()
      await sendChunk(delivery, reply.raw, { clock: this.#tools.clock, patience: this.#options.stoppedReader })
      return reply
    } catch (thrown) {
      // Its client has gone, and the record says so: there is nobody to answer.
      if (thrown === gone.signal.reason) return reply.hijack()
      return this.#refuseChunk(request, reply, this.#errorOf(thrown))
    }
  }

  unknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const error = new IcecoreError('ICE_PATH_UNKNOWN')
    this.#refuse(request, null, error)
    return send(reply, renderUnknownPath(error, 404))
  }

  failed(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    // Fastify asks it of QUERY (RFC 10008 §2), whatever the path; none here takes that method.
    if (codeOf(thrown) === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE') return this.unknownPath(request, reply)
    const error = this.#errorOf(thrown)
    if (error.spec.fault === 'caller' || error.spec.fault === 'identity')
      this.#refuse(request, this.#sessionIdOf(request), error)
    return send(reply, renderRequestError(error, this.#tools.ids.uuid()))
  }

  /**
   * 403 makes drivers ask for the result, and with it for fresh links; 503 makes them fetch the same link again, for a
   * bounded time, and 404 makes those give up that would not (driver-protocol.md#http-statuses-and-retries).
   */
  #refuseChunk(request: FastifyRequest<ChunkPath>, reply: FastifyReply, error: IcecoreError): FastifyReply {
    if (reply.raw.headersSent) {
      reply.raw.socket?.resetAndDestroy()
      return reply
    }
    const isDead = error.code === 'ICE_HANDLE_UNKNOWN' || error.details.status !== undefined
    if (error.code === 'ICE_HANDLE_UNKNOWN') this.#refuse(request, null, error)
    const { token, index } = request.params
    const isFinal = error.code === 'ICE_CERTIFICATE_UNTRUSTED' || !this.#retries.isOpen(`chunk ${token} ${index}`)
    const status = isDead ? 403 : isFinal ? 404 : 503
    if (!reply.sent) return reply.code(status).type('text/plain; charset=utf-8').send(`${error.code}\n`)
    reply.raw.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${error.code}\n`)
    return reply
  }

  async #readSmall<T>(request: FastifyRequest, read: (bytes: Buffer) => T): Promise<T> {
    const { bytes, release } = await readBody(request.raw, SMALL_BODY, this.#smallBodies)
    try {
      return read(bytes)
    } finally {
      release()
    }
  }

  #sendReply(reply: FastifyReply, answer: StatementReply): FastifyReply {
    if (answer.kind === 'answer') whenSent(reply.raw, answer.body.length, this.#tools.clock, answer.release)
    return send(reply, renderReply(answer))
  }

  #holdOf(session: Session): number {
    return session.facts.profile.pollHoldMs ?? this.#options.hold
  }

  #encoder(session: Session, publicUrl: string): ReturnType<typeof createAnswerEncoder> {
    return createAnswerEncoder(session.facts.profile, publicUrl, this.#parameterLists)
  }

  #encodeLogIn(session: Session, tokens: OpenedSession['tokens']): Uint8Array {
    const { principal, upstream, profile } = session.facts
    return encodeLoginAnswer({
      token: tokens.token,
      masterToken: tokens.masterToken,
      validitySeconds: tokens.tokenLifeSeconds,
      masterValiditySeconds: tokens.masterLifeSeconds,
      displayUserName: principal.displayName,
      serverVersion: upstream.serverVersion,
      sessionId: session.facts.upstream.id,
      parameters: driverParameters(upstream.parameters, profile),
      context: upstream.context,
    })
  }

  #sessionOf(request: FastifyRequest): Session {
    return this.#tools.registry.byToken(bearerOf(request.raw))
  }

  #sessionIdOf(request: FastifyRequest): string | null {
    try {
      return this.#sessionOf(request).id
    } catch {
      return null
    }
  }

  #refuse(request: FastifyRequest, session: string | null, error: IcecoreError): void {
    const { method } = request.raw
    const path = pathForRecord(urlOf(request.raw).pathname)
    const facts = {
      network: this.#networkOf(request.raw),
      method: method ?? '',
      path,
      icecore: error.code,
      reason: error.message,
    }
    this.#tools.refusals.requestRefused(session, facts)
  }

  #networkOf({ socket, headers }: IncomingMessage): NetworkFacts {
    const { address, via } = clientAddress(socket.remoteAddress ?? 'unknown', headers, this.#options.proxies)
    const userAgent = headers['user-agent']?.slice(0, 256) ?? null
    return { address, ...(via.length === 0 ? {} : { via }), userAgent }
  }

  #errorOf(thrown: unknown): IcecoreError {
    const errorId = this.#tools.ids.uuid()
    const error = toIcecoreError(isMediaTypeRefusal(thrown) ? noMediaType(thrown) : thrown, errorId)
    if (error.code === 'ICE_INTERNAL') this.#tools.log.error('driver.internal', { errorId, error: thrown })
    return error
  }
}

function renderReply(reply: StatementReply): HttpAnswer {
  if (reply.kind === 'answer') return envelope(reply.body)
  if (reply.kind === 'failure') return renderFailure(reply.failure)
  return envelope(encodeInProgress(reply.queryId, reply.asynchronous))
}

function send(reply: FastifyReply, answer: HttpAnswer): FastifyReply {
  return reply.code(answer.status).header('content-type', answer.contentType).send(answer.body)
}

/** Nothing of the statement was begun, and in a moment it may be. */
function isMomentary(error: unknown): error is IcecoreError {
  return isIcecoreError(error, 'ICE_REQUEST_MEMORY_LIMIT') || isIcecoreError(error, 'ICE_DRAINING')
}

/** Fastify looks at the type of a body that it is not to read, and refuses what is none. */
function isMediaTypeRefusal(thrown: unknown): boolean {
  return codeOf(thrown) === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}

function noMediaType(cause: unknown): IcecoreError {
  return new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'its content type is none' }, { cause })
}

function checkedQueryId(queryId: string): string {
  if (!isQueryId(queryId)) throw new IcecoreError('ICE_HANDLE_UNKNOWN')
  return queryId.toLowerCase()
}

function bearerOf(request: IncomingMessage): string {
  const match = /^Snowflake Token="([^"]+)"$/.exec(request.headers.authorization ?? '')
  if (match?.[1] === undefined) throw new IcecoreError('ICE_SESSION_UNKNOWN')
  return match[1]
}

/** What tries of one log-in have in common. Node gives each an id of its own (run), and would ask for five minutes. */
function attemptOf(read: LoginRequest | null, requestId: string | null): string {
  const keepsId = read !== null && clientProfile(read.application, read.applicationVersion).keepsLogInId
  return keepsId && requestId !== null ? requestId : `log-in ${read?.accountName} ${read?.loginName}`
}

function urlOf(request: IncomingMessage): URL {
  const base = 'http://icecore'
  return URL.parse(request.url ?? '/', base) ?? new URL(base)
}
