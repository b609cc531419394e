/** A gate over an upstream that answers what a test gives it, with everything else real and in memory. */

import { createHash } from 'node:crypto'
import { readEnvelope } from '../../src/core/wire/index.ts'
import {
  type AnswerEncoder,
  AnswerMemory,
  ChunkLinks,
  Gate,
  Handles,
  type Past,
  type Session,
  SessionRegistry,
  SessionTokenBook,
  type StatementReply,
  type StatementRequest,
  type UpstreamSession,
} from '../../src/gate/index.ts'
import { silentLog } from '../../src/lib/log.ts'
import { countingIds } from './counting-ids.ts'
import { FakeClock } from './fake-clock.ts'
import { fakeSession, fakeUpstream, NO_PAST, plainSealer } from './fake-session.ts'
import { MemoryRecorder } from './memory-recorder.ts'

export const CONTEXT = {
  finalDatabaseName: 'SHOP',
  finalSchemaName: 'SALES',
  finalWarehouseName: 'WH',
  finalRoleName: 'ANALYST',
}
const HOUR_MS = 3_600_000

let lastQuery = 0
/** An upstream's answer to a query with one row. */
export function oneRow(more: Record<string, unknown> = {}): Buffer {
  lastQuery += 1
  const queryId = `01b899f1-0712-45a6-0040-${String(lastQuery).padStart(12, '0')}`
  const rowtype = [{ name: 'A', type: 'fixed', nullable: false, length: null, precision: 38, scale: 0 }]
  const data = {
    queryId,
    rowtype,
    rowset: [['1']],
    total: 1,
    returned: 1,
    queryResultFormat: 'json',
    ...CONTEXT,
    ...more,
  }
  return Buffer.from(JSON.stringify({ data, code: null, message: null, success: true }))
}

export function inProgress(queryId: string): Buffer {
  const data = { queryId, getResultUrl: `/queries/${queryId}/result` }
  return Buffer.from(JSON.stringify({ data, code: '333333', message: null, success: true }))
}

export function sqlError(code: string): Buffer {
  return Buffer.from(JSON.stringify({ data: { sqlState: '42000' }, code, message: 'no', success: false }))
}

/** The keyed hash of these gates. */
export function markOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16)
}

export const asIs: AnswerEncoder = { encode: (answer) => answer.document.bytes }

function request(sqlText: string, more: Partial<StatementRequest> = {}): StatementRequest {
  return {
    requestId: 'r1',
    sqlText,
    sqlTextJson: Buffer.from(JSON.stringify(sqlText)),
    bindings: {},
    bindingsJson: null,
    parameters: {},
    describeOnly: false,
    asynchronous: false,
    holdMs: 40_000,
    ...more,
  }
}

/** An upstream whose envelopes are given as bytes. */
export interface ScriptedUpstream extends Partial<Omit<UpstreamSession, 'submit' | 'result'>> {
  readonly submit?: (...query: Parameters<UpstreamSession['submit']>) => Promise<Uint8Array>
  readonly result?: (...query: Parameters<UpstreamSession['result']>) => Promise<Uint8Array>
}

export interface GateLimits {
  readonly answersInMemory?: number
  readonly resultFetches?: number
  readonly past?: Pick<Past, 'statement'>
}

export interface OpenGate {
  readonly clock: FakeClock
  readonly recorder: MemoryRecorder
  /** SQL texts that reached the upstream. */
  readonly sent: readonly string[]
  readonly answers: AnswerMemory
  readonly gate: Gate
  readonly session: Session
  readonly registry: SessionRegistry
  run(sql: string, more?: Partial<StatementRequest>): Promise<StatementReply>
}

export function openGate(script: ScriptedUpstream = {}, limits: GateLimits = {}): OpenGate {
  const { answersInMemory = 1024 * 1024, resultFetches = 2, past = NO_PAST } = limits
  const clock = new FakeClock()
  const ids = countingIds()
  const recorder = new MemoryRecorder()
  const sent: string[] = []
  const { submit = async () => oneRow(), result, ...others } = script
  const upstream = fakeUpstream({
    ...others,
    submit: async (query, signal) => {
      sent.push((JSON.parse(Buffer.from(query.body).toString()) as { sqlText: string }).sqlText)
      return readEnvelope(await submit(query, signal))
    },
    ...(result === undefined ? {} : { result: async (id, signal) => readEnvelope(await result(id, signal)) }),
  })
  const links = new ChunkLinks({ clock, ids, life: HOUR_MS, perSession: 10 })
  const answers = new AnswerMemory(answersInMemory, { recorder, clock, log: silentLog })
  const lives = { token: HOUR_MS, master: HOUR_MS, renewGrace: 0 }
  const registry = new SessionRegistry(
    {
      recorder,
      tokens: new SessionTokenBook({ clock, ids, lives }),
      links,
      answers,
      sealer: plainSealer,
      clock,
      log: silentLog,
    },
    {
      sessions: 9,
      perPrincipal: 9,
      longestLife: HOUR_MS,
      idle: HOUR_MS,
      unattended: 300_000,
      upstreamHeartbeat: HOUR_MS,
    },
  )
  const handles = new Handles({ clock, limit: 100 })
  const gate = new Gate(
    { recorder, registry, handles, links, answers, keyedHash: markOf, past, clock, ids, log: silentLog },
    {
      statements: { maxBytes: 65_536, maxDepth: 50, maxChain: 400, maxStatements: 10 },
      settings: {
        procedureCalls: 'refuse',
        exports: 'refuse',
        stages: 'refuse',
        models: 'refuse',
        deferred: 'refuse',
        rights: 'refuse',
      },
      openStatements: 3,
      rememberedRequests: 10,
      resultFetches,
    },
  )
  const session = fakeSession(upstream)
  registry.add(session, registry.mint().facts)
  const run = (sql: string, more: Partial<StatementRequest> = {}): Promise<StatementReply> =>
    gate.submit(session, request(sql, more), asIs)
  return { clock, recorder, sent, answers, gate, session, registry, run }
}
