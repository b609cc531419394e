/**
 * The warehouse of the fuzz run: light enough for a hundred thousand statements, and strict. It notes every statement
 * that reaches it, and takes every other word that Icecore has no business to say for a foreign one.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { BIG_CHUNK, type Context, describeText, failed, parametersOf, type Result, rowsOf } from './stub-results.ts'

/** A statement as it arrived. Long texts and binds are kept by their hash. */
export interface Arrival {
  readonly requestId: string
  readonly session: string
  readonly sql: string
  readonly bindings: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly describeOnly: unknown
  readonly asyncExec: unknown
  /** Wall clock, milliseconds. */
  readonly at: number
}

export interface UpstreamLogIn {
  readonly session: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What Icecore itself asks at each log-in, in the agent's session. */
const OWN = new Set([
  'USE SECONDARY ROLES NONE',
  'SHOW PARAMETERS IN SESSION',
  'SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA()',
])
const BODY_MEMBERS = new Set(['sqlText', 'bindings', 'parameters', 'describeOnly', 'asyncExec'])
/** A statement that is slow runs for so long, unless it is aborted. */
const SLOW_MS = 1_000
/** How long a poll of it is held. */
const POLL_MS = 200
/** Remembered at a time: no lane asks for anything as old as this. */
const MOST_QUERIES = 20_000

interface StubSession {
  readonly id: string
  readonly context: Context
  token: string
  master: string
}

interface StubQuery {
  readonly id: string
  readonly requestId: string
  readonly session: StubSession
  /** Null while it runs. */
  result: Result | null
  readonly ended: Promise<void>
  end(result: Result): void
}

export class StubUpstream {
  readonly arrivals: Arrival[] = []
  readonly logIns: UpstreamLogIn[] = []
  /** Requests that Icecore should never make. */
  readonly foreign: string[] = []
  readonly #server: Server
  readonly #sessions = new Map<string, StubSession>()
  readonly #queries = new Map<string, StubQuery>()
  readonly #byRequest = new Map<string, StubQuery>()
  #opened = 0

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy())
    })
  }

  static async start(): Promise<StubUpstream> {
    const stub = new StubUpstream()
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve))
    return stub
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Sessions that nobody has logged out. */
  get openSessions(): number {
    return new Set(this.#sessions.values()).size
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const body = await buffer(request)
    if (url.pathname === BIG_CHUNK.path) {
      response.writeHead(200, { 'content-type': 'binary/octet-stream' }).end(BIG_CHUNK.body)
      return
    }
    const answer = await this.#answer(`${request.method} ${url.pathname}`, url, request, body)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  async #answer(route: string, url: URL, request: IncomingMessage, body: Buffer): Promise<unknown> {
    if (route === 'POST /session/v1/login-request') return this.#logIn(url, body)
    const token = /^Snowflake Token="([^"]*)"$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const session = this.#sessions.get(token)
    if (session === undefined) return { data: null, code: '390104', message: 'no such session', success: false }
    if (route === 'POST /session/token-request') return this.#renew(session)
    if (route === 'POST /session/heartbeat') return success(null)
    if (route === 'POST /session') {
      this.#sessions.delete(session.token)
      this.#sessions.delete(session.master)
      return success(null)
    }
    if (route === 'POST /queries/v1/query-request') return this.#query(session, url, body)
    if (route === 'POST /queries/v1/abort-request') {
      return this.#abort(this.#byRequest.get(String(parse(body).requestId)), route)
    }
    const [, queryId = '', what = ''] =
      /^(?:GET|POST) \/queries\/([^/]+)\/(result|abort-request)$/.exec(route) ??
      /^GET \/(?:monitoring\/queries)\/([^/]+)$/.exec(route) ??
      []
    const query = this.#queries.get(queryId)
    if (query === undefined) return this.#foreign(route)
    if (what === 'abort-request') return this.#abort(query, route)
    return what === 'result' ? this.#result(query, POLL_MS) : success({ queries: [statusOf(query)] })
  }

  #logIn(url: URL, body: Buffer): unknown {
    const data = parse(body).data as Readonly<Record<string, unknown>> | undefined
    this.#opened += 1
    const name = (key: string, usual: string): string => url.searchParams.get(key) ?? usual
    const session: StubSession = {
      id: String(this.#opened),
      token: `upstream-token-${randomUUID()}`,
      master: `upstream-master-${randomUUID()}`,
      context: {
        role: name('roleName', 'ANALYST'),
        warehouse: name('warehouse', 'COMPUTE_WH'),
        database: name('databaseName', 'SHOP'),
        schema: name('schemaName', 'SALES'),
      },
    }
    this.#sessions.set(session.token, session).set(session.master, session)
    const parameters = (data?.SESSION_PARAMETERS ?? {}) as Readonly<Record<string, unknown>>
    this.logIns.push({ session: session.id, parameters })
    const { role, warehouse, database, schema } = session.context
    return success({
      token: session.token,
      masterToken: session.master,
      validityInSeconds: 3600,
      masterValidityInSeconds: 14400,
      sessionId: Number(session.id),
      serverVersion: '9.0.0',
      parameters: parametersOf(),
      sessionInfo: { roleName: role, warehouseName: warehouse, databaseName: database, schemaName: schema },
    })
  }

  #renew(session: StubSession): unknown {
    this.#sessions.delete(session.token)
    this.#sessions.delete(session.master)
    session.token = `upstream-token-${randomUUID()}`
    session.master = `upstream-master-${randomUUID()}`
    this.#sessions.set(session.token, session).set(session.master, session)
    const lives = { validityInSecondsST: 3600, validityInSecondsMT: 14400 }
    return success({
      sessionToken: session.token,
      masterToken: session.master,
      sessionId: Number(session.id),
      ...lives,
    })
  }

  #query(session: StubSession, url: URL, body: Buffer): Promise<unknown> | unknown {
    const requestId = url.searchParams.get('requestId') ?? ''
    const known = this.#byRequest.get(requestId)
    if (known !== undefined) return this.#result(known, POLL_MS)
    const read = parse(body)
    const unknown = Object.keys(read).find((name) => !BODY_MEMBERS.has(name))
    if (unknown !== undefined || typeof read.sqlText !== 'string') return this.#foreign(`a query with ${unknown}`)
    const parameters = (read.parameters ?? {}) as Readonly<Record<string, unknown>>
    if (!OWN.has(read.sqlText) || String(parameters.QUERY_TAG).includes('"statement":"')) {
      this.arrivals.push({
        requestId,
        session: session.id,
        sql: keepShort(read.sqlText),
        bindings: keepShort(canonicalBindings(read.bindings)),
        parameters,
        describeOnly: read.describeOnly,
        asyncExec: read.asyncExec,
        at: Date.now(),
      })
    }
    const query = this.#open(session, requestId)
    if (/\bFROM SLOW\b/.test(read.sqlText)) {
      setTimeout(() => query.end(rowsOf('SELECT 1', [], session.context)), SLOW_MS).unref()
    } else {
      query.end(this.#run(read.sqlText, read, session))
    }
    return this.#result(query, read.asyncExec === true ? 0 : POLL_MS)
  }

  #run(sql: string, read: Readonly<Record<string, unknown>>, session: StubSession): Result {
    const { parameters, bindings = {} } = read as { parameters?: Record<string, unknown>; bindings?: object }
    const texts = sql.split(';').filter((text) => text.trim() !== '')
    if (texts.length > 1) {
      if (parameters?.MULTI_STATEMENT_COUNT !== texts.length) return failed('000008', 'Actual statement count')
      const children = texts.map((text) => {
        const child = this.#open(session, '')
        child.end(rowsOf(text, [], session.context))
        return child.id
      })
      return { ...describeText('multiple statement execution', session.context), children }
    }
    if (read.describeOnly === true) return describeText('X', session.context)
    return rowsOf(sql, Object.values(bindings ?? {}), session.context, this.url)
  }

  #open(session: StubSession, requestId: string): StubQuery {
    const { promise, resolve } = Promise.withResolvers<void>()
    const query: StubQuery = {
      id: randomUUID(),
      requestId,
      session,
      result: null,
      ended: promise,
      end: (result) => {
        query.result ??= result
        resolve()
      },
    }
    this.#queries.set(query.id, query)
    if (requestId !== '') this.#byRequest.set(requestId, query)
    for (const oldest of this.#queries.values()) {
      if (this.#queries.size <= MOST_QUERIES) break
      this.#queries.delete(oldest.id)
      this.#byRequest.delete(oldest.requestId)
    }
    return query
  }

  async #result(query: StubQuery, holdMs: number): Promise<unknown> {
    if (query.result === null && holdMs > 0) {
      const timer = Promise.withResolvers<void>()
      const timeout = setTimeout(timer.resolve, holdMs)
      await Promise.race([query.ended, timer.promise])
      clearTimeout(timeout)
    }
    const { result, id } = query
    if (result === null || holdMs === 0) {
      const data = { queryId: id, getResultUrl: `/queries/${id}/result`, queryAbortsAfterSecs: 300 }
      return { data, code: holdMs === 0 ? '333334' : '333333', message: 'in progress', success: true }
    }
    return { ...result.envelope, data: { ...result.envelope.data, queryId: id, ...childrenOf(result) } }
  }

  #abort(query: StubQuery | undefined, route: string): unknown {
    if (query === undefined) return this.#foreign(route)
    query.end(failed('000604', 'SQL execution canceled', '57014'))
    return success(null)
  }

  #foreign(what: string): unknown {
    this.foreign.push(what)
    return failed('390400', 'a foreign word').envelope
  }
}

/** Bindings as both sides read them, whatever the spelling of their JSON. */
export function canonicalBindings(bindings: unknown): string {
  const entries = Object.entries((bindings ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>)
  return JSON.stringify(
    entries.map(([name, { type, value, fmt, schema }]) => [name, type, value ?? null, fmt ?? null, schema ?? null]),
  )
}

const LONGEST_KEPT = 2_000

export function keepShort(text: string): string {
  return text.length <= LONGEST_KEPT ? text : `sha256 ${createHash('sha256').update(text).digest('hex')}`
}

function childrenOf({ children }: Result): object {
  return children === undefined
    ? {}
    : { resultIds: children.join(','), resultTypes: children.map(() => '4096').join(',') }
}

function statusOf({ id, result, session }: StubQuery): object {
  const status = result === null ? 'RUNNING' : result.envelope.success ? 'SUCCESS' : 'FAILED_WITH_ERROR'
  return { id, status, state: status, errorCode: '', errorMessage: '', sessionId: Number(session.id), stats: {} }
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  return JSON.parse(body.toString()) as Readonly<Record<string, unknown>>
}

function success(data: unknown): object {
  return { data, code: null, message: null, success: true }
}
