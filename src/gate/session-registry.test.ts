import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingIds } from '../../test/support/counting-ids.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { fakeSession, fakeUpstream, plainSealer } from '../../test/support/fake-session.ts'
import { MemoryRecorder } from '../../test/support/memory-recorder.ts'
import { type ErrorCode, IcecoreError } from '../errors.ts'
import { silentLog } from '../lib/log.ts'
import { AnswerMemory } from './answer-memory.ts'
import { ChunkLinks } from './chunk-links.ts'
import { SessionRegistry } from './session-registry.ts'
import { SessionTokenBook } from './session-tokens.ts'

const HOUR_MS = 3_600_000

function makeRegistry({
  sessions = 3,
  perPrincipal = 2,
  clock = new FakeClock(Date.UTC(2026, 0, 1)),
} = {}): SessionRegistry {
  const ids = countingIds()
  const recorder = new MemoryRecorder()
  const lives = { token: HOUR_MS, master: 4 * HOUR_MS, renewGrace: 60_000 }
  return new SessionRegistry(
    {
      recorder,
      tokens: new SessionTokenBook({ clock, ids, lives }),
      sealer: plainSealer,
      links: new ChunkLinks({ clock, ids, life: HOUR_MS, perSession: 10 }),
      answers: new AnswerMemory(1000, { recorder, clock, log: silentLog }),
      clock,
      log: silentLog,
    },
    {
      sessions,
      perPrincipal,
      longestLife: HOUR_MS,
      idle: HOUR_MS,
      unattended: HOUR_MS,
      upstreamHeartbeat: HOUR_MS / 4,
    },
  )
}

describe('room for sessions', () => {
  it('ends at the limit of all, counting log-ins on their way', () => {
    const registry = makeRegistry({ sessions: 2 })
    registry.add(fakeSession(fakeUpstream(), 'person:ada'), registry.mint().facts)
    const release = registry.reserve('person:bob')
    assert.throws(() => registry.reserve('person:eve'), { code: 'ICE_SESSION_LIMIT' })
    release()
    registry.reserve('person:eve')()
  })

  it('ends for one principal before it ends for the others', () => {
    const registry = makeRegistry({ sessions: 9, perPrincipal: 1 })
    registry.add(fakeSession(fakeUpstream(), 'person:ada'), registry.mint().facts)
    assert.throws(() => registry.reserve('person:ada'), { code: 'ICE_SESSION_LIMIT' })
    registry.reserve('person:bob')()
  })
})

describe('a heartbeat that Snowflake does not answer', () => {
  const failures: readonly (readonly [ErrorCode, string | null])[] = [
    ['ICE_UPSTREAM_SESSION_LOST', 'the session at Snowflake has ended'],
    ['ICE_UPSTREAM_UNAVAILABLE', null],
    ['ICE_UPSTREAM_PROTOCOL', null],
  ]
  for (const [code, end] of failures) {
    it(`for ${code} ${end === null ? 'leaves the session alive' : 'ends the session'}`, async () => {
      const clock = new FakeClock()
      const registry = makeRegistry({ clock })
      const heartbeat = (): Promise<never> => Promise.reject(new IcecoreError(code))
      const session = fakeSession(fakeUpstream({ heartbeat }))
      registry.add(session, registry.mint().facts)
      clock.advance(HOUR_MS / 4 + 15_000)
      await new Promise(setImmediate)
      assert.equal(session.ended, end)
    })
  }
})
