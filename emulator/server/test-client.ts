/** What the server's tests share: an emulator over the fake engine, raw HTTP, and the official driver. */
import { randomUUID } from 'node:crypto'
import snowflake, { type Connection, type ConnectionOptions, type RowStatement } from 'snowflake-sdk'
import { DEFAULT_OPTIONS, type EmulatorOptions } from '../options.ts'
import { FakeEngine } from './fake-engine.ts'
import { type EmulatorServer, startServer } from './start-server.ts'

process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true'
snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false })

export const PASSWORD = 'correct horse'
export const ACCESS_TOKEN = 'pat-of-alice'

export interface TestEmulator extends AsyncDisposable {
  readonly server: EmulatorServer
  readonly engine: FakeEngine
}

export async function startTestEmulator(changes: Partial<EmulatorOptions> = {}): Promise<TestEmulator> {
  const engines: FakeEngine[] = []
  const users = [
    {
      name: 'ALICE',
      password: PASSWORD,
      accessTokens: [ACCESS_TOKEN],
      roles: ['ANALYST'],
      defaultNamespace: 'SHOP.SALES',
    },
    { name: 'BOB', password: PASSWORD },
  ]
  const server = await startServer({ ...DEFAULT_OPTIONS, users, ...changes }, async (host) => {
    const engine = new FakeEngine(host)
    engines.push(engine)
    return engine
  })
  return { server, engine: engines[0]!, [Symbol.asyncDispose]: () => server.close() }
}

export interface RawAnswer {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of every shape
  readonly json: any
  readonly headers: Headers
}

/** A request as a driver sends it, over plain HTTP. */
export async function send(
  server: EmulatorServer,
  method: string,
  path: string,
  options: { readonly token?: string; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(options.token !== undefined && { authorization: `Snowflake Token="${options.token}"` }),
      ...options.headers,
    },
    ...(options.body !== undefined && {
      body:
        options.body instanceof Uint8Array ? (options.body as Uint8Array<ArrayBuffer>) : JSON.stringify(options.body),
    }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('application/json') === true
  return { status: response.status, text, json: isJson ? JSON.parse(text) : null, headers: response.headers }
}

export function logInBody(data: Record<string, unknown>): { data: Record<string, unknown> } {
  return { data: { ACCOUNT_NAME: 'emulator', CLIENT_APP_ID: 'Raw', ...data } }
}

export async function logInRaw(server: EmulatorServer, user = 'ALICE'): Promise<{ token: string; master: string }> {
  const body = logInBody({ LOGIN_NAME: user, PASSWORD })
  const { json } = await send(server, 'POST', '/session/v1/login-request', { body })
  return { token: json.data.token, master: json.data.masterToken }
}

export function query(
  server: EmulatorServer,
  token: string,
  sqlText: string,
  body: Record<string, unknown> = {},
  requestId: string = randomUUID(),
): Promise<RawAnswer> {
  return send(server, 'POST', `/queries/v1/query-request?requestId=${requestId}`, { token, body: { sqlText, ...body } })
}

/** The official driver, logged in. `connectAsync` resolves even when a log-in failed: the callback is what counts. */
export async function connect(server: EmulatorServer, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = snowflake.createConnection({
    accessUrl: server.url,
    account: 'emulator',
    username: 'ALICE',
    password: PASSWORD,
    ...options,
  })
  const { promise, resolve, reject } = Promise.withResolvers<Connection>()
  connection.connect((error, connected) => (error ? reject(error) : resolve(connected)))
  return promise
}

export interface Executed {
  readonly statement: RowStatement
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement makes of them
  readonly rows: any[]
}

export function execute(
  connection: Connection,
  sqlText: string,
  options: Record<string, unknown> = {},
): Promise<Executed> {
  const { promise, resolve, reject } = Promise.withResolvers<Executed>()
  connection.execute({
    sqlText,
    ...options,
    complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows: rows ?? [] })),
  })
  return promise
}
