import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fastify } from 'fastify'
import { countingIds } from '../../../test/support/counting-ids.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { NO_PAST, plainSealer } from '../../../test/support/fake-session.ts'
import { MemoryRecorder } from '../../../test/support/memory-recorder.ts'
import { createChunkChecker } from '../../adapters/workers/index.ts'
import {
  AnswerMemory,
  ChunkLinks,
  DEFAULT_REFUSAL_LIMITS,
  Gate,
  Handles,
  Refusals,
  SessionRegistry,
  SessionTokenBook,
} from '../../gate/index.ts'
import { silentLog } from '../../lib/log.ts'
import { createDriverDoor } from './index.ts'

const HOUR_MS = 3_600_000

/** The door with a gate behind it and nobody logged in. */
function makeDoor() {
  const clock = new FakeClock()
  const ids = countingIds()
  const log = silentLog
  const recorder = new MemoryRecorder()
  const links = new ChunkLinks({ clock, ids, life: HOUR_MS, perSession: 1 })
  const tokens = new SessionTokenBook({ clock, ids, lives: { token: HOUR_MS, master: HOUR_MS, renewGrace: 0 } })
  const limits = { sessions: 1, perPrincipal: 1, longestLife: HOUR_MS, idle: HOUR_MS }
  const answers = new AnswerMemory(1000, { recorder, clock, log })
  const registry = new SessionRegistry(
    { recorder, tokens, links, answers, sealer: plainSealer, clock, log },
    { ...limits, unattended: HOUR_MS, upstreamHeartbeat: HOUR_MS },
  )
  const handles = new Handles({ clock, limit: 1 })
  const gate = new Gate(
    { recorder, registry, handles, links, answers, keyedHash: () => '', past: NO_PAST, clock, ids, log },
    {
      statements: { maxBytes: 1000, maxDepth: 10, maxChain: 10, maxStatements: 10 },
      settings: {
        procedureCalls: 'refuse',
        exports: 'refuse',
        stages: 'refuse',
        models: 'refuse',
        deferred: 'refuse',
        rights: 'refuse',
      },
      openStatements: 1,
      rememberedRequests: 1,
      resultFetches: 1,
    },
  )
  const checker = createChunkChecker({ threads: 1, waitingBytes: 1000 })
  const refusals = new Refusals({ recorder, clock, log }, DEFAULT_REFUSAL_LIMITS)
  const logIn = async (): Promise<never> => assert.fail('nobody logs in')
  const app = fastify()
  const register = createDriverDoor(
    {
      gate,
      registry,
      refusals,
      logIn,
      chunks: { recorder, checker, links, recall: async () => undefined, clock, ids },
      clock,
      ids,
      log,
    },
    {
      bodies: { received: 1000, unpacked: 1000 },
      bodiesInMemory: 1000,
      stoppedReader: 1000,
      hold: 1000,
      retryWindow: 1000,
      proxies: { trusted: [], header: 'x-forwarded-for' },
    },
  )
  register(app, () => 'http://icecore')
  const close = async (): Promise<void> => {
    await app.close()
    await checker.close()
  }
  return { app, recorder, close }
}

describe('a path that is not modelled', () => {
  const cases: readonly (readonly ['GET' | 'POST' | 'PUT' | 'DELETE' | 'QUERY', string])[] = [
    ['GET', '/'],
    ['POST', '/api/v2/statements'],
    ['GET', '/queries/v1/query-request'],
    ['PUT', '/session/v1/login-request'],
    ['DELETE', '/session'],
    ['QUERY', '/session'],
    ['POST', '/session/v1/../v1/authenticator-request'],
    ['POST', '/queries/v1/query-request/'],
  ]
  for (const [method, url] of cases) {
    it(`${method} ${url} is refused in JSON and on record`, async () => {
      const { app, recorder, close } = makeDoor()
      try {
        const answer = await app.inject({ method, url })
        assert.equal(answer.statusCode, 404)
        assert.equal(answer.json().success, false)
        const facts = recorder.events.map((event) => event.type === 'request.refused' && event.facts.icecore)
        assert.deepEqual(facts, ['ICE_PATH_UNKNOWN'])
      } finally {
        await close()
      }
    })
  }

  it('but a modelled one is not', async () => {
    const { app, close } = makeDoor()
    try {
      assert.equal((await app.inject({ method: 'POST', url: '/telemetry/send', payload: '{}' })).statusCode, 200)
    } finally {
      await close()
    }
  })
})
