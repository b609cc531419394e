/**
 * The door for who runs Icecore: a socket in the data folder, for the user of its process alone. It shows, ends sessions
 * and reloads; it decides about no statement and approves nothing. What is asked here is on record before it is done.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  CALLER_HEADER,
  type ConnectionCheckJson,
  callerSchema,
  type IndexRebuildJson,
  READING,
  type ReadingForm,
  type ReadingJson,
  type ReloadJson,
  type SessionEndJson,
  type SessionSummaryJson,
  type StatusJson,
} from '../../api-schema/index.ts'
import type { OperatorCall, OperatorFacts, StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { Recorder, Session, SessionRegistry } from '../../gate/index.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { answerQuestion, type OperatorReel } from './answer-question.ts'
import { encodeEvent, encodeItem, encodeLines, errorJson } from './encode-lines.ts'
import { Readings } from './readings.ts'
import { type Subscribe, Watchers } from './watchers.ts'

/** The record, as this door reads it. */
export interface OperatorRecord {
  sessions(filter: SessionQuery): Promise<readonly SessionSummaryJson[]>
  /** By id, or by a beginning that only one has. Rejects with ICE_RECORDING_UNKNOWN. */
  session(idOrPrefix: string): Promise<SessionSummaryJson>
  events(session: string, after: number): AsyncIterable<StoredEvent>
  reel(session: string): OperatorReel
}

export interface SessionQuery {
  readonly limit: number
  readonly principal?: string
  readonly connection?: string
  readonly open?: boolean
  readonly throughDoor?: boolean
}

export interface OperatorDoorTools {
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly record: OperatorRecord
  readonly subscribe: Subscribe
  status(): Promise<Omit<StatusJson, 'recorded'>>
  reload(by: OperatorFacts): Promise<ReloadJson>
  rebuildIndex(): Promise<IndexRebuildJson>
  /** Logs in with each connection, asks who it is, and logs out again. */
  checkConnections(): Promise<readonly ConnectionCheckJson[]>
  readonly ids: Ids
  readonly log: Log
}

/** What does nothing but tell the gateway's health, and is wanted most when nothing can be recorded. */
const SHOWN_UNRECORDED: ReadonlySet<OperatorCall> = new Set(['status'])
const MOST_SESSIONS = 1_000_000
/** Sessions that are being watched at a time; each is a few bytes. */
const MOST_READINGS = 1000
const MOST_REASON_CHARACTERS = 500

export function registerOperatorDoor(app: FastifyInstance, tools: OperatorDoorTools): void {
  const door = new OperatorDoor(tools)
  app.get('/v1/status', (request, reply) => door.status(request, reply))
  app.post('/v1/reload', (request, reply) => door.reload(request, reply))
  app.post('/v1/index/rebuild', (request, reply) => door.rebuildIndex(request, reply))
  app.post('/v1/connections/check', (request, reply) => door.checkConnections(request, reply))
  app.get('/v1/sessions', (request, reply) => door.list(request, reply))
  app.get<SessionPath>('/v1/sessions/:session', (request, reply) => door.find(request, reply))
  app.get<SessionPath>('/v1/sessions/:session/events', (request, reply) => door.read(request, reply))
  app.post<SessionPath>('/v1/sessions/:session/readings', (request, reply) => door.open(request, reply))
  app.get<ReadingPath>('/v1/readings/:reading', (request, reply) => door.ask(request, reply))
  app.post<SessionPath>('/v1/sessions/:session/end', (request, reply) => door.end(request, reply))
  app.get('/v1/events', (request, reply) => door.tail(request, reply))
  app.setNotFoundHandler((_request, reply) => door.fail(new IcecoreError('ICE_PATH_UNKNOWN'), reply))
  app.setErrorHandler((error, _request, reply) => door.fail(error, reply))
}

interface SessionPath {
  Params: { session: string }
}

interface ReadingPath {
  Params: { reading: string }
}

class OperatorDoor {
  readonly #tools: OperatorDoorTools
  readonly #readings = new Readings(MOST_READINGS)
  readonly #watchers: Watchers

  constructor(tools: OperatorDoorTools) {
    this.#tools = tools
    this.#watchers = new Watchers(tools.subscribe)
  }

  async status(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const recorded = await this.#note(request, 'status')
    const status: StatusJson = { ...(await this.#tools.status()), recorded }
    return reply.send(status)
  }

  async reload(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await this.#note(request, 'reload')
    return reply.send(await this.#tools.reload(callerOf(request)))
  }

  async rebuildIndex(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await this.#note(request, 'index.rebuild')
    return reply.send(await this.#tools.rebuildIndex())
  }

  async checkConnections(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await this.#note(request, 'doctor')
    return reply.send(await this.#tools.checkConnections())
  }

  async list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    await this.#note(request, 'sessions.list')
    const asked = queryOf(request)
    const [principal, connection] = [asked.get('principal'), asked.get('connection')]
    return reply.send(
      await this.#tools.record.sessions({
        limit: Math.min(numberOf(asked, 'limit') ?? 1, MOST_SESSIONS),
        ...(principal === null ? {} : { principal }),
        ...(connection === null ? {} : { connection }),
        open: asked.get('open') === 'true',
        throughDoor: asked.get('through_door') === 'true',
      }),
    )
  }

  async find(request: FastifyRequest<SessionPath>, reply: FastifyReply): Promise<FastifyReply> {
    await this.#note(request, 'sessions.list')
    return reply.send(await this.#tools.record.session(request.params.session))
  }

  async read(request: FastifyRequest<SessionPath>, reply: FastifyReply): Promise<FastifyReply> {
    const { id } = await this.#tools.record.session(request.params.session)
    await this.#note(request, 'sessions.read', { about: id })
    const after = numberOf(queryOf(request), 'after') ?? 0
    const lines = encodeLines(this.#tools.record.events(id, after), encodeEvent, (error) => this.#internal(error))
    return sendLines(reply, Readable.from(lines))
  }

  /** Play, dump and export: all of them read a session by questions, of which this is the one call on record. */
  async open(request: FastifyRequest<SessionPath>, reply: FastifyReply): Promise<FastifyReply> {
    const form = formOf(request)
    const { id } = await this.#tools.record.session(request.params.session)
    const call = form === 'html' || form === 'asciicast' ? 'sessions.export' : 'sessions.replay'
    await this.#note(request, call, { about: id, form })
    const opened: ReadingJson = { reading: this.#tools.ids.uuid() }
    this.#readings.add(opened.reading, id)
    return reply.send(opened)
  }

  async ask(request: FastifyRequest<ReadingPath>, reply: FastifyReply): Promise<FastifyReply> {
    const id = this.#readings.sessionOf(request.params.reading)
    const { record } = this.#tools
    const session = { summary: () => record.session(id), reel: record.reel(id) }
    const items = answerQuestion(queryOf(request).get('ask') ?? '', session)
    return sendLines(reply, Readable.from(encodeLines(items, encodeItem, (error) => this.#internal(error))))
  }

  async tail(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const named = queryOf(request).get('session')
    const id = named === null ? null : this.#living(named).id
    await this.#note(request, 'sessions.tail', { about: id })
    return sendLines(reply, this.#watchers.watch(id))
  }

  async end(request: FastifyRequest<SessionPath>, reply: FastifyReply): Promise<FastifyReply> {
    const { registry } = this.#tools
    const session = this.#living(request.params.session)
    const words = reasonOf(request.body)
    await this.#note(request, 'sessions.end', { about: session.id, session: session.id, reason: words })
    const statements = session.openRuns.size
    const reason = `ended by the operator ${callerOf(request).user}${words === null ? '' : `: ${words}`}`
    await registry.end(session, reason)
    const answer: SessionEndJson = {
      session: session.id,
      principal: session.facts.principal.displayName,
      statements,
      reason,
    }
    return reply.send(answer)
  }

  /** Whatever went wrong, as the command will tell it. */
  fail(error: unknown, reply: FastifyReply): FastifyReply {
    const status = (error as { readonly statusCode?: number }).statusCode
    // What Fastify refuses of a request by itself: its body, its size.
    const malformed = status === undefined || status >= 500 ? null : (error as Error).message.toLowerCase()
    const known = isIcecoreError(error)
      ? error
      : malformed === null
        ? this.#internal(error)
        : new IcecoreError('ICE_REQUEST_MALFORMED', { reason: malformed })
    return reply.code(known.spec.fault === 'caller' ? 400 : 500).send(errorJson(known))
  }

  #internal(error: unknown): IcecoreError {
    const errorId = this.#tools.ids.uuid()
    this.#tools.log.error('operator.internal', { errorId, error })
    return new IcecoreError('ICE_INTERNAL', { errorId }, { cause: error })
  }

  /** By id, or by a beginning that only one has. */
  #living(named: string): Session {
    const found = [...this.#tools.registry.all()].filter(({ id }) => id.startsWith(named))
    const [only] = found
    if (named !== '' && only !== undefined && found.length === 1) return only
    const hint =
      found.length > 1 ? 'More than one session begins so.' : 'List those that live with: icecore sessions list --open'
    throw new IcecoreError('ICE_SESSION_UNKNOWN', {}, { hint })
  }

  /** Puts the call on record. True when it is; rejects with ICE_OPERATION_UNRECORDED where it must be and cannot. */
  async #note(
    request: FastifyRequest,
    call: OperatorCall,
    more: {
      readonly about?: string | null
      readonly session?: string
      readonly reason?: string | null
      readonly form?: ReadingForm
    } = {},
  ): Promise<boolean> {
    const { recorder, log } = this.#tools
    const { about = null, session = null, reason = null, form } = more
    const by = callerOf(request)
    log.info('operator.called', { call, user: by.user, pid: by.pid, about })
    try {
      await recorder.append({
        type: 'operator.called',
        session,
        facts: { by, call, about, reason, ...(form && { form }) },
      })
      return true
    } catch (cause) {
      if (SHOWN_UNRECORDED.has(call)) return false
      throw new IcecoreError('ICE_OPERATION_UNRECORDED', {}, { cause })
    }
  }
}

function sendLines(reply: FastifyReply, lines: Readable): FastifyReply {
  return reply.type('application/x-ndjson').send(lines)
}

function callerOf(request: FastifyRequest): OperatorFacts {
  const header = request.headers[CALLER_HEADER]
  try {
    return callerSchema.parse(JSON.parse(decodeURIComponent(String(header))))
  } catch (cause) {
    throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it does not say who calls' }, { cause })
  }
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://operator').searchParams
}

/** A whole number of the query; null where it is not given. */
function numberOf(query: URLSearchParams, name: string): number | null {
  const written = query.get(name)
  if (written === null) return null
  const number = /^\d{1,15}$/.test(written) ? Number(written) : null
  if (number === null) throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: `${name} is no whole number` })
  return number
}

function formOf(request: FastifyRequest): ReadingForm {
  const form = READING.form.safeParse(queryOf(request).get('form'))
  if (form.success) return form.data
  throw new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it does not say as what the session will be shown' })
}

function reasonOf(body: unknown): string | null {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : null
  if (reason === null) return null
  if (typeof reason === 'string' && reason !== '' && reason.length <= MOST_REASON_CHARACTERS) return reason
  throw new IcecoreError('ICE_REQUEST_MALFORMED', {
    reason: `a reason is a text of at most ${MOST_REASON_CHARACTERS} characters`,
  })
}
