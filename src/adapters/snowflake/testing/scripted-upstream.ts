import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void

export const QUERY_PATH = '/queries/v1/query-request'
export const QUERY_ID = '01b899f1-0712-45a6-0040-e00702ffffff'

export function envelope(data: unknown, rest: object = {}): Reply {
  return json(JSON.stringify({ data, code: null, message: null, success: true, ...rest }))
}

export function failure(code: string, message = 'no'): Reply {
  return json(JSON.stringify({ data: null, code, message, success: false }))
}

export function json(text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text)
  }
}

export function gzipJson(text: string): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(text))
  }
}

export function status(code: number): Reply {
  return (response) => {
    response.writeHead(code).end('away')
  }
}

/** The connection breaks before an answer. */
export const drop: Reply = (response) => {
  response.socket?.destroy()
}

/** No answer, ever. */
export const hang: Reply = () => undefined

/**
 * A server on the loopback that speaks the shapes of Snowflake's protocol by script: what is queued for a path is
 * answered first, in order; otherwise all goes well.
 */
export class ScriptedUpstream {
  readonly requests: SeenRequest[] = []
  role = 'ANALYST'
  secondaryRoles = '{"roles":"","value":""}'
  sessionToken = 'ST-1'
  /** A text of Icecore's own that is never answered. */
  silentOn: string | null = null
  readonly #server: Server
  readonly #queues = new Map<string, Reply[]>()
  #renewals = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<ScriptedUpstream> {
    const server = createServer()
    const upstream = new ScriptedUpstream(server)
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      buffer(request).then(
        (body) => upstream.#answer(request, body.toString(), response),
        () => response.destroy(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return upstream
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Queues replies for a path. Statements of Icecore's own are not taken from the queue. */
  script(path: string, ...replies: readonly Reply[]): void {
    this.#queues.set(path, [...(this.#queues.get(path) ?? []), ...replies])
  }

  seen(path: string): readonly SeenRequest[] {
    return this.requests.filter((request) => request.path === path)
  }

  /** Requests to the query path that are not of Icecore's own. */
  get queries(): readonly SeenRequest[] {
    return this.seen(QUERY_PATH).filter((request) => this.#ownAnswer(request) === undefined)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #answer(message: IncomingMessage, body: string, response: ServerResponse): void {
    const url = new URL(message.url ?? '/', 'http://localhost')
    const request: SeenRequest = {
      method: message.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: message.headers,
      body,
    }
    this.requests.push(request)
    const reply = this.#ownAnswer(request) ?? this.#queues.get(request.path)?.shift() ?? this.#usual(request)
    reply(response, request)
  }

  #ownAnswer({ path, body }: SeenRequest): Reply | undefined {
    if (path !== QUERY_PATH) return undefined
    if (this.silentOn !== null && body.includes(this.silentOn)) return hang
    if (body.includes('USE SECONDARY ROLES NONE')) return this.#rows(['status'], [['Statement executed successfully.']])
    if (body.includes('SHOW PARAMETERS IN SESSION')) {
      return this.#rows(
        ['key', 'value', 'type'],
        [
          ['QUOTED_IDENTIFIERS_IGNORE_CASE', 'true', 'BOOLEAN'],
          ['SEARCH_PATH', '$current, $public', 'STRING'],
          ['WEEK_START', '1', 'NUMBER'],
        ],
      )
    }
    if (body.includes('CURRENT_SECONDARY_ROLES()')) {
      const row = [this.role, this.secondaryRoles, 'WH', 'DB', null]
      return this.#rows(['R', 'S', 'W', 'D', 'C'], [row])
    }
    return undefined
  }

  #rows(names: readonly string[], rowset: readonly (readonly (string | null)[])[]): Reply {
    const rowtype = names.map((name) => ({ name, type: 'text' }))
    return envelope({ rowtype, rowset, total: rowset.length, queryId: QUERY_ID, queryResultFormat: 'json' })
  }

  #usual({ path, headers }: SeenRequest): Reply {
    if (path === '/session/v1/login-request') {
      // The session id is beyond 2^53, written as it must arrive.
      return json(
        `{"data":{"token":"${this.sessionToken}","masterToken":"MT-1","sessionId":9007199254740993,"serverVersion":"9.1.0",` +
          '"parameters":[{"name":"TIMEZONE","value":"UTC"}],"sessionInfo":{"databaseName":"DB","schemaName":null,' +
          '"warehouseName":"WH","roleName":"ANALYST"}},"code":null,"message":null,"success":true}',
      )
    }
    if (path === '/session/token-request') {
      this.#renewals += 1
      this.sessionToken = `ST-${this.#renewals + 1}`
      return envelope({ sessionToken: this.sessionToken, masterToken: `MT-${this.#renewals + 1}`, sessionId: 1 })
    }
    if (headers.authorization !== `Snowflake Token="${this.sessionToken}"`) return failure('390112', 'expired')
    return this.#rows(['A'], [['1']])
  }
}
