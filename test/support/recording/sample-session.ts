/** A session with one of everything, for tests and vectors. Values with `canary` in them must stay sealed. */
import type { Principal } from '../../../src/core/identity/index.ts'
import type { EventInput } from '../../../src/core/recording/index.ts'

const PRINCIPAL: Principal = {
  id: 'issuer-1|ann',
  displayName: 'Ann',
  human: { person: 'ann', issuer: 'https://idp.example', subject: 'ann', email: 'canary@example.com' },
  agent: { agent: 'reporter', issuer: 'https://idp.example', clientId: 'reporter', owners: ['ann'] },
  workload: null,
  delegation: [],
  groups: { status: 'known', names: ['analysts'] },
  token: {
    issuerName: 'main',
    issuer: 'https://idp.example',
    id: 'token-1',
    issuedAt: 1_700_000_000,
    expiresAt: 1_700_003_600,
    audience: ['icecore'],
  },
  claims: { department: 'claim-canary' },
}

const CONTEXT = { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'SALES' }
const TOKENS = { token: 'h1', master: 'h2', tokenExpiresAt: 1_700_003_600_000, masterExpiresAt: 1_700_014_400_000 }
const NETWORK = { address: '192.0.2.7', userAgent: 'driver/1' }

export function sessionEvents(session: string): EventInput[] {
  const queryId = `01b2c3d4-0000-0000-0000-${Buffer.from(session.padEnd(6, '0')).toString('hex').slice(0, 12)}`
  const first = { session, statement: `${session}-1` }
  const second = { session, statement: `${session}-2` }
  const received = {
    requestId: 'request-1',
    pendingId: '00000000-0000-4000-8000-000000000001',
    fingerprint: 'mark',
    sql: "SELECT * FROM ORDERS WHERE NOTE = 'literal-canary'",
    secretsCut: 0,
    bindings: { 1: { type: 'TEXT', value: 'bind-canary' } },
    parameters: {},
    describeOnly: false,
    asynchronous: false,
    context: CONTEXT,
  }
  const decision = { reasons: [], shape: 'SELECT * FROM ORDERS WHERE NOTE = ?', statements: [], policy: 'p1' }
  const body = Buffer.from('[["row-canary","1"],["b","2"]]')
  const batch = { queryId, part: 'inline', index: 0, delivery: 'd1', encoding: 'identity' } as const
  return [
    {
      type: 'session.opened',
      session,
      facts: {
        door: 'driver',
        principal: PRINCIPAL,
        client: { application: 'JavaScript', version: '3.3.0', loginName: null, environment: {} },
        network: NETWORK,
        connection: 'shop',
        accessRule: 'analysts',
        context: CONTEXT,
        upstreamSession: '9007199254740993',
        parameters: { TIMEZONE: 'UTC' },
        resume: { tokens: TOKENS, upstream: 'c2VhbGVk', clientTag: null },
      },
    },
    { type: 'statement.received', ...first, facts: received },
    { type: 'statement.decision', ...first, facts: { ...decision, decision: 'allow', kind: 'SELECT' } },
    { type: 'statement.sent', ...first, facts: { upstreamRequestId: 'upstream-1', changes: [] } },
    { type: 'statement.queryId', ...first, facts: { queryId } },
    { type: 'statement.polled', ...first, facts: { queryId, answer: 'answer' } },
    {
      type: 'result.schema',
      ...first,
      facts: {
        queryId,
        statementTypeId: 4096,
        format: 'json',
        columns: [{ name: 'NOTE', type: 'text' }],
        total: 2,
        inlineRows: 2,
        chunks: [],
        childQueryIds: [],
        link: null,
      },
    },
    { type: 'result.batch', ...first, facts: { ...batch, piece: 0, last: false }, body: body.subarray(0, 10) },
    {
      type: 'result.batch',
      ...first,
      facts: { ...batch, piece: 1, last: true, rows: 2, sha256: 'ab', bodyBytes: body.length },
      body: body.subarray(10),
    },
    {
      type: 'statement.completed',
      ...first,
      facts: { queryId, statementTypeId: 4096, rows: 2, bytes: body.length, durationMs: 12.5, context: CONTEXT },
    },
    { type: 'statement.received', ...second, facts: { ...received, requestId: 'request-2' } },
    { type: 'statement.decision', ...second, facts: { ...decision, decision: 'deny', kind: 'PUT' } },
    {
      type: 'statement.denied',
      ...second,
      facts: { code: '003001', sqlState: '42501', message: 'refused', icecore: 'ICE_STATEMENT_REFUSED' },
    },
    {
      type: 'request.refused',
      session,
      facts: {
        network: NETWORK,
        method: 'GET',
        path: '/x',
        icecore: 'ICE_PATH_UNKNOWN',
        reason: 'unknown',
        attempts: 1,
      },
    },
    {
      type: 'session.renewed',
      session,
      facts: { tokens: { ...TOKENS, token: 'h3', master: 'h4' }, retired: ['h1', 'h2'] },
    },
    { type: 'session.upstreamRenewed', session, facts: { upstream: 'c2VhbGVk' } },
    { type: 'session.state', session, facts: { contexts: [CONTEXT], variables: { V: '1' } } },
    { type: 'session.resumed', session, facts: { openStatements: 0 } },
    { type: 'session.ended', session, facts: { reason: 'logout', statements: 2 } },
  ]
}

/** What an ordinary session does not hold: one of each. */
export function rareEvents(session: string): EventInput[] {
  const of = (number: number) => ({ session, statement: `${session}-${number}` })
  const decision = { kind: 'SELECT', shape: 'SELECT ?', statements: [], policy: 'p1' }
  const failure = { code: '000904', sqlState: '42000', message: 'no', icecore: null }
  return [
    {
      type: 'statement.decision',
      ...of(3),
      facts: { ...decision, decision: 'hold', reasons: [{ code: 'rule', text: 'ask' }] },
    },
    { type: 'statement.failed', ...of(3), facts: { ...failure, queryId: null, durationMs: 1 } },
    {
      type: 'operator.called',
      session,
      facts: { by: { user: 'op', uid: 1, pid: 2 }, call: 'sessions.end', about: session, reason: 'too slow' },
    },
    { type: 'statement.lookedUp', ...of(3), facts: { by: 'query_id', found: true } },
    { type: 'statement.abortRequested', ...of(4), facts: { by: 'driver' } },
    { type: 'statement.cancelled', ...of(4), facts: { by: 'driver', queryId: null, durationMs: 1 } },
    { type: 'statement.outcomeUnknown', ...of(5), facts: { reason: 'restart', durationMs: 1 } },
    { type: 'statement.lookedUp', ...of(5), facts: { by: 'request_id', found: false } },
    { type: 'result.fetched', ...of(1), facts: { queryId: 'q', by: 'result' } },
    { type: 'result.broken', ...of(1), facts: { queryId: 'q', index: 0, delivery: 'd', reason: 'reset' } },
  ]
}
