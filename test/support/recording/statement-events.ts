/** Events of one statement, by what a test wants of it. */
import { gzipSync } from 'node:zlib'
import type { EventInput } from '../../../src/core/recording/index.ts'

export interface StatementOfTest {
  readonly sql?: string
  readonly columns?: readonly (readonly [string, string])[]
  readonly rows?: readonly (readonly (string | null)[])[]
  /** Rows that come in one chunk after those. */
  readonly chunk?: readonly (readonly (string | null)[])[]
  readonly outcome?: 'completed' | 'denied' | 'failed' | 'held' | 'open'
  readonly message?: string
}

const CONTEXT = { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'SALES' }

export function statementEvents(session: string, number: number, asked: StatementOfTest = {}): EventInput[] {
  const { sql = `SELECT ${number}`, columns = [['N', 'fixed']], rows = [[String(number)]], chunk = [] } = asked
  const { outcome = 'completed', message = 'no such thing' } = asked
  const at = { session, statement: `${session}-${number}` }
  const queryId = `query-${number}`
  const failure = { code: '000904', sqlState: '42000', message, icecore: null }
  const reasons = outcome === 'held' ? [{ code: 'rule', text: message }] : []
  const decision = outcome === 'denied' ? 'deny' : outcome === 'held' ? 'hold' : 'allow'
  const part = { queryId, index: 0, piece: 0, delivery: 'd', last: true } as const
  const begin: EventInput[] = [
    {
      type: 'statement.received',
      ...at,
      facts: {
        requestId: `request-${number}`,
        pendingId: `pending-${number}`,
        fingerprint: 'f',
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
      type: 'statement.decision',
      ...at,
      facts: { decision, reasons, kind: 'SELECT', shape: 'SELECT ?', statements: [], policy: 'p' },
    },
  ]
  if (outcome === 'open' || outcome === 'held') return begin
  if (outcome === 'denied') {
    return [...begin, { type: 'statement.denied', ...at, facts: { ...failure, icecore: 'ICE_STATEMENT_REFUSED' } }]
  }
  if (outcome === 'failed') {
    return [...begin, { type: 'statement.failed', ...at, facts: { ...failure, queryId, durationMs: 5 } }]
  }
  const total = rows.length + chunk.length
  return [
    ...begin,
    {
      type: 'result.schema',
      ...at,
      facts: {
        queryId,
        statementTypeId: 4096,
        format: 'json',
        columns: columns.map(([name, type]) => ({ name, type })),
        total,
        inlineRows: rows.length,
        chunks: chunk.length === 0 ? [] : [{ rows: chunk.length }],
        childQueryIds: [],
        link: null,
      },
    },
    {
      type: 'result.batch',
      ...at,
      facts: { ...part, part: 'inline', encoding: 'identity', rows: rows.length },
      body: Buffer.from(JSON.stringify(rows)),
    },
    {
      type: 'statement.completed',
      ...at,
      facts: { queryId, statementTypeId: 4096, rows: total, bytes: 100, durationMs: 12, context: CONTEXT },
    },
    ...(chunk.length === 0
      ? []
      : [
          {
            type: 'result.batch' as const,
            ...at,
            facts: { ...part, part: 'chunk' as const, encoding: 'gzip' as const, rows: chunk.length },
            body: gzipSync(chunk.map((row) => JSON.stringify(row)).join(',')),
          },
        ]),
  ]
}
