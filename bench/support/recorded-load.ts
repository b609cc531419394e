/** Events as a gateway under load records them: sessions that are open, and statements with small results. */
import type { EventInput } from '../../src/core/recording/index.ts'
import { clientProfile, driverParameters } from '../../src/core/wire/index.ts'
import type { Sealer } from '../../src/gate/index.ts'
import type { Ids } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { ACCOUNT, CONNECTION, ISSUER, USER } from './bench-config.ts'
import { SUBJECT } from './bench-issuer.ts'
import { ROLE } from './stub-answers.ts'

const CONTEXT = { role: ROLE, warehouse: 'COMPUTE_WH', database: 'BENCH', schema: 'PUBLIC' }
const ROWS = Buffer.from(JSON.stringify(Array.from({ length: 20 }, (_, row) => [String(row), 'x'.repeat(40)])))
const HOUR_MS = 3_600_000

/** Where the sessions are of: as the configuration of the bench says it. */
export interface SessionOrigin {
  readonly upstream: string
  readonly issuer: string
}

export function sessionOpened(
  session: string,
  number: number,
  at: number,
  { upstream, issuer }: SessionOrigin,
  { sealer, ids }: { readonly sealer: Sealer; readonly ids: Ids },
): EventInput {
  const id = 'human:bench'
  // As the upstream adapter keeps a session for another process.
  const kept = {
    form: 2,
    target: { url: upstream, account: ACCOUNT, user: USER },
    id: String(number),
    context: CONTEXT,
    parameters: driverParameters(new Map(), clientProfile('JavaScript', '3.3.0')).map(({ name, value }) => [
      name,
      value,
    ]),
    serverVersion: '9',
    token: ids.token('st_'),
    masterToken: ids.token('mt_'),
  }
  const tokens = {
    token: ids.token(''),
    master: ids.token(''),
    tokenExpiresAt: at + HOUR_MS,
    masterExpiresAt: at + 4 * HOUR_MS,
  }
  return {
    type: 'session.opened',
    session,
    facts: {
      door: 'driver',
      principal: {
        id,
        displayName: 'Bench',
        human: { person: 'bench', issuer: ISSUER, subject: SUBJECT, email: null },
        agent: null,
        workload: null,
        delegation: [],
        groups: { status: 'known', names: ['bench'] },
        token: {
          issuerName: ISSUER,
          issuer,
          id: 'bench',
          issuedAt: 0,
          expiresAt: 0,
          audience: [],
        },
        claims: { groups: ['bench'] },
      },
      client: { application: 'JavaScript', version: '3.3.0', loginName: null, environment: {} },
      network: { address: '127.0.0.1', userAgent: 'bench' },
      connection: CONNECTION,
      accessRule: 'bench',
      context: CONTEXT,
      upstreamSession: String(number),
      parameters: {},
      resume: { tokens, upstream: sealer.seal(new Secret(JSON.stringify(kept)), session), clientTag: null },
    },
  }
}

/** One statement from its receipt to its end: six events, some 4 KB. */
export function statementEvents(session: string, ids: Ids): readonly EventInput[] {
  const statement = ids.uuid()
  const at = { session, statement }
  const queryId = ids.uuid()
  const sql = 'SELECT ORDER_ID, NOTE FROM ORDERS WHERE CUSTOMER_ID = 4711 ORDER BY ORDER_ID LIMIT 20'
  const shape = 'SELECT ORDER_ID, NOTE FROM ORDERS WHERE CUSTOMER_ID = ? ORDER BY ORDER_ID LIMIT ?'
  const columns = ['ORDER_ID', 'NOTE'].map((name) => ({ name, type: 'text' }))
  return [
    {
      ...at,
      type: 'statement.received',
      facts: {
        requestId: ids.uuid(),
        pendingId: ids.uuid(),
        fingerprint: '0123456789abcdef',
        sql,
        secretsCut: 0,
        bindings: {},
        parameters: {},
        describeOnly: false,
        asynchronous: false,
        context: CONTEXT,
      },
    },
    {
      ...at,
      type: 'statement.decision',
      facts: { decision: 'allow', reasons: [], kind: 'SELECT', shape, statements: [], policy: 'p' },
    },
    { ...at, type: 'statement.sent', facts: { upstreamRequestId: ids.uuid(), changes: [] } },
    {
      ...at,
      type: 'result.schema',
      facts: {
        queryId,
        statementTypeId: 4096,
        format: 'json',
        columns,
        total: 20,
        inlineRows: 20,
        chunks: [],
        childQueryIds: [],
        link: null,
      },
    },
    {
      ...at,
      type: 'result.batch',
      facts: {
        queryId,
        part: 'inline',
        index: 0,
        piece: 0,
        last: true,
        delivery: ids.uuid(),
        encoding: 'identity',
        rows: 20,
        sha256: '0'.repeat(64),
        bodyBytes: ROWS.length,
      },
      body: ROWS,
    },
    {
      ...at,
      type: 'statement.completed',
      facts: { queryId, statementTypeId: 4096, rows: 20, bytes: ROWS.length, durationMs: 12, context: CONTEXT },
    },
  ]
}
