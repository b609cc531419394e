/** Every kind of request that the driver door takes, as a driver would send it, and what its answer must then be. */
import type { Answer } from './answers.ts'
import { type HttpRequest, makeRequest } from './http-request.ts'
import type { Random } from './random.ts'

/** A session as its driver knows it. */
export interface FuzzSession {
  readonly token: string
  readonly master: string
}

/** What a request is made from. */
export interface Scene {
  readonly random: Random
  /** A new one at each call. */
  readonly requestId: () => string
  readonly session: FuzzSession
  /** Of a statement of the session that has ended. */
  readonly queryId: string
  /** A link to a result chunk, and the headers that it wants. */
  readonly chunk: { readonly path: string; readonly headers: HttpRequest['headers'] }
  /** A statement that still runs, for kinds that want one. */
  readonly running: { readonly requestId: string; readonly queryId: string }
  /** A token of the identity provider that is good for a log-in. */
  readonly bearer: string
  /** A text that only ever stands where secrets do. */
  readonly needle: string
}

export interface RequestKind {
  readonly name: string
  readonly weight: number
  /** `session`: it may end its session, and gets one of its own. `running`: it wants a statement that still runs. */
  readonly needs?: 'session' | 'running'
  make(scene: Scene): HttpRequest
  /** What is wrong with the answer to the request as it was made; null where nothing is. */
  judge(answer: Answer): string | null
}

const CLIENTS = [
  ['JavaScript', '3.3.0'],
  ['PythonConnector', '4.8.1'],
  ['Go', '2.1.0'],
  ['JDBC', '4.4.1'],
] as const

type Headers = HttpRequest['headers']

export function authorized(token: string): Headers {
  return [['authorization', `Snowflake Token="${token}"`]]
}

export function logInRequest(
  scene: Pick<Scene, 'random' | 'requestId'>,
  how: Readonly<Record<string, unknown>>,
): HttpRequest {
  const [application, version] = scene.random.pick(CLIENTS)
  const data = {
    CLIENT_APP_ID: application,
    CLIENT_APP_VERSION: version,
    ACCOUNT_NAME: 'prod',
    LOGIN_NAME: 'ada',
    CLIENT_ENVIRONMENT: { OS: 'Linux', APPLICATION: application },
    SESSION_PARAMETERS: { TIMEZONE: 'UTC', CLIENT_PREFETCH_THREADS: 4 },
    ...how,
  }
  const query = [
    ['requestId', scene.requestId()],
    ['databaseName', 'SHOP'],
    ['schemaName', 'SALES'],
  ] as const
  return makeRequest('POST', '/session/v1/login-request', { query, json: { data }, gzip: application !== 'Go' })
}

function logIn(name: string, weight: number, how: (scene: Scene) => Readonly<Record<string, unknown>>): RequestKind {
  return { name: `log-in ${name}`, weight, make: (scene) => logInRequest(scene, how(scene)), judge: isSuccess }
}

function refusedLogIn(name: string, how: (scene: Scene) => Readonly<Record<string, unknown>>): RequestKind {
  return {
    name: `log-in ${name}`,
    weight: 1,
    make: (scene) => logInRequest(scene, how(scene)),
    judge: ({ status, envelope }) =>
      status === 200 && envelope?.success === false && envelope.code === '390100' ? null : 'it is not refused',
  }
}

/** `body`: what stands in it besides, or in place of, the text. */
export function queryRequest(
  scene: Pick<Scene, 'requestId' | 'session'>,
  sqlText: string,
  body: Readonly<Record<string, unknown>> = {},
  gzip = false,
): HttpRequest {
  return makeRequest('POST', '/queries/v1/query-request', {
    query: [['requestId', scene.requestId()]],
    headers: authorized(scene.session.token),
    json: { sqlText, ...body },
    gzip,
  })
}

interface QueryForm {
  readonly sql: (random: Random) => string
  readonly body?: (random: Random) => Readonly<Record<string, unknown>>
  readonly gzip?: boolean
}

function query(name: string, weight: number, form: QueryForm, judge = isSuccess): RequestKind {
  return {
    name: `query ${name}`,
    weight,
    make: (scene) =>
      queryRequest(scene, form.sql(scene.random), form.body?.(scene.random), form.gzip ?? scene.random.chance(0.3)),
    judge,
  }
}

function word(random: Random): string {
  return `w${random.below(1_000_000)}`
}

function bind(random: Random): unknown {
  return random.pick([
    { type: 'TEXT', value: `text ❄ ${word(random)}` },
    { type: 'FIXED', value: String(random.below(1_000_000)) },
    { type: 'TEXT', value: null },
    { type: 'TIMESTAMP_TZ', value: '1700000000000000000 1560' },
    { type: 'OBJECT', fmt: 'json', value: '{"a":1}', schema: { type: 'object', nullable: true } },
  ])
}

/** `get`: without a body. */
function ofSession(
  method: 'GET' | 'POST',
  scene: Scene,
  path: string,
  more: { json?: unknown; query?: HttpRequest['query'] } = {},
) {
  return makeRequest(method, path, {
    query: [['requestId', scene.requestId()]],
    ...more,
    headers: authorized(scene.session.token),
  })
}

export const REQUEST_KINDS: readonly RequestKind[] = [
  logIn('by OAuth', 3, ({ bearer }) => ({ AUTHENTICATOR: 'OAUTH', TOKEN: bearer })),
  logIn('by a code', 1, ({ bearer }) => ({ AUTHENTICATOR: 'OAUTH_AUTHORIZATION_CODE', TOKEN: bearer })),
  logIn('by access token', 1, ({ bearer }) => ({ AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: bearer })),
  logIn('by workload identity', 1, ({ bearer }) => ({
    AUTHENTICATOR: 'WORKLOAD_IDENTITY',
    PROVIDER: 'OIDC',
    TOKEN: bearer,
  })),
  logIn('by a token as password', 1, ({ bearer }) => ({ PASSWORD: bearer })),
  refusedLogIn('by password', ({ needle }) => ({ PASSWORD: needle })),
  refusedLogIn('by key pair', ({ needle }) => ({ AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: needle })),
  refusedLogIn('by browser', () => ({ AUTHENTICATOR: 'EXTERNALBROWSER', BROWSER_MODE_REDIRECT_PORT: '8080' })),
  {
    name: 'renewal',
    weight: 2,
    needs: 'session',
    make: ({ requestId, session }) =>
      makeRequest('POST', '/session/token-request', {
        query: [['requestId', requestId()]],
        headers: authorized(session.master),
        json: { oldSessionToken: session.token, requestType: 'RENEW' },
      }),
    judge: isSuccess,
  },
  {
    name: 'log-out',
    weight: 2,
    needs: 'session',
    make: (scene) => ofSession('POST', scene, '/session', { query: [['delete', 'true']], json: {} }),
    judge: isSuccess,
  },
  { name: 'heartbeat', weight: 3, make: (scene) => ofSession('POST', scene, '/session/heartbeat'), judge: isSuccess },
  query('plain', 8, { sql: (random) => `SELECT '${word(random)}'` }),
  query('packed', 4, { sql: (random) => `SELECT '${word(random)}' -- ${'x'.repeat(random.below(300))}`, gzip: true }),
  query('with binds', 8, {
    sql: () => 'SELECT ?, ?, :3',
    body: (random) => ({ bindings: { 1: bind(random), 2: bind(random), 3: bind(random) } }),
  }),
  query('with array binds', 4, {
    sql: () => 'INSERT INTO SHOP.SALES.FUZZ VALUES (?, ?)',
    body: (random) => ({
      bindings: {
        1: { type: 'FIXED', value: Array.from({ length: 5 }, () => String(random.below(100))) },
        2: { type: 'TEXT', value: [word(random), null, 'é', '"', '\\'] },
      },
    }),
  }),
  query('to describe', 3, {
    sql: (random) => `SELECT '${word(random)}'`,
    body: () => ({ describeOnly: true, asyncExec: false }),
  }),
  query('asynchronous', 3, { sql: (random) => `SELECT '${word(random)}'`, body: () => ({ asyncExec: true }) }),
  query('of several statements', 3, {
    sql: (random) => `SELECT '${word(random)}'; SELECT 2`,
    body: () => ({ parameters: { MULTI_STATEMENT_COUNT: 2 } }),
  }),
  query('with parameters', 4, {
    sql: (random) => `SELECT '${word(random)}'`,
    body: () => ({
      parameters: { TIMEZONE: 'UTC', query_tag: 'mine', ROWS_PER_RESULTSET: '10', CLIENT_X: 'x' },
      sequenceId: 7,
    }),
  }),
  query('with all members', 4, {
    sql: (random) => `SELECT '${word(random)}'`,
    body: () => ({
      asyncExec: false,
      describeOnly: null,
      bindings: null,
      bindStage: null,
      isInternal: false,
      queryContextDTO: { entries: [] },
      querySubmissionTime: 1_700_000_000_000,
      disableOfflineChunks: false,
    }),
  }),
  query('of a large result', 4, { sql: () => 'SELECT X FROM BIG' }),
  query('that fails', 2, { sql: () => 'SELECT FAIL' }, isFailure('001003')),
  query('that is denied', 3, { sql: (random) => `CALL SYSADMIN_TOOL('${word(random)}')` }, isFailure('003001')),
  {
    name: 'query with a secret',
    weight: 2,
    make: (scene) => queryRequest(scene, `ALTER USER ADA SET PASSWORD = '${scene.needle}'`),
    judge: isFailure('003001'),
  },
  {
    name: 'abort by request id',
    weight: 1,
    needs: 'running',
    make: (scene) =>
      ofSession('POST', scene, '/queries/v1/abort-request', { json: { requestId: scene.running.requestId } }),
    judge: isSuccess,
  },
  {
    name: 'abort by query id',
    weight: 1,
    needs: 'running',
    make: (scene) => ofSession('POST', scene, `/queries/${scene.running.queryId}/abort-request`),
    judge: isSuccess,
  },
  {
    name: 'poll',
    weight: 1,
    needs: 'running',
    make: (scene) => ofSession('GET', scene, `/queries/${scene.running.queryId}/result`),
    judge: isSuccess,
  },
  {
    name: 'result',
    weight: 4,
    make: (scene) => ofSession('GET', scene, `/queries/${scene.queryId}/result`),
    judge: isSuccess,
  },
  {
    name: 'status',
    weight: 4,
    make: (scene) => ofSession('GET', scene, `/monitoring/queries/${scene.queryId}`),
    judge: isSuccess,
  },
  {
    name: 'status with two slashes',
    weight: 1,
    make: (scene) => ofSession('GET', scene, `//monitoring//queries///${scene.queryId}`),
    judge: isSuccess,
  },
  {
    name: 'chunk',
    weight: 4,
    make: ({ chunk }) => makeRequest('GET', chunk.path, { headers: chunk.headers }),
    judge: ({ status, body }) => (status === 200 && body.toString() === '["2"],["3"]' ? null : 'it is not the chunk'),
  },
  {
    name: 'telemetry',
    weight: 2,
    make: (scene) => ofSession('POST', scene, '/telemetry/send', { json: { logs: [] } }),
    judge: isSuccess,
  },
  {
    name: 'telemetry without a session',
    weight: 1,
    make: () => makeRequest('POST', '/telemetry/send/sessionless', { json: { logs: [{ message: 'x' }] } }),
    judge: isSuccess,
  },
  {
    name: 'unknown path',
    weight: 2,
    make: (scene) =>
      ofSession('POST', scene, scene.random.pick(['/api/v2/statements', '/oauth/token-request', '/']), { json: {} }),
    judge: ({ status, envelope }) => (status === 404 && envelope?.code === '390404' ? null : 'it is not refused'),
  },
]

function isSuccess({ status, envelope }: Answer): string | null {
  return status === 200 && envelope?.success === true ? null : 'it did not succeed'
}

function isFailure(code: string): (answer: Answer) => string | null {
  return ({ status, envelope }) =>
    status === 200 && envelope?.success === false && envelope.code === code ? null : `it did not fail with ${code}`
}
