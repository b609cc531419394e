/** What goes wrong on the way to Icecore, in it, and behind it. A statement runs once, whatever happens. */
import assert from 'node:assert/strict'
import { type Evidence, errorOf, lastCell, resultOf, type Scenario } from '../scenario.ts'

const INSERT = 'INSERT INTO ONCE VALUES (1)'
const RESTART_AFTER_MS = 1500
/** Icecore goes on asking Snowflake for a while, and a driver Icecore. */
const LOST_SECONDS = 45

/** It went in once, and the driver knows it. */
function ranOnce({ answer, reached }: Evidence): void {
  assert.equal(Number(resultOf(answer)), 1)
  assert.equal(reached.filter(({ sqlText }) => sqlText === INSERT).length, 1)
}

function onWire(name: string, title: string, spoiled: Parameters<Evidence['world']['wire']['spoil']>[0]): Scenario {
  return {
    name,
    title,
    program: 'insert',
    begun: (world) => world.wire.spoil(spoiled),
    check: (evidence) => {
      ranOnce(evidence)
      const again = evidence.wire.filter(({ errand, status }) => errand === spoiled.errand && status !== 200)
      assert.equal(again.length, spoiled.times, 'the fault did not happen')
      const [first] = again
      const sameId = evidence.wire.filter(({ requestId }) => requestId === first?.requestId)
      assert.ok(sameId.length > spoiled.times, 'it was not sent again with the same request id')
    },
  }
}

export const FAULTS: readonly Scenario[] = [
  onWire('lost_request', 'request lost: sent again', { errand: 'query', how: 'drop-request', times: 1 }),
  onWire('lost_answer', 'answer lost: sent again, run once', { errand: 'query', how: 'drop-answer', times: 1 }),
  onWire('gateway_503', '503 on the way: sent again', { errand: 'query', how: 'unavailable', times: 2 }),
  {
    name: 'lost_poll',
    title: 'answer to a poll lost',
    program: 'statement',
    world: 'impatient',
    target: () => ({ sql: 'SELECT SYSTEM$WAIT(6), 7 AS N' }),
    begun: (world) => world.wire.spoil({ errand: 'result', how: 'drop-answer', times: 1 }),
    except: { 'Python 5': 'does not poll: its answers are held for up to four minutes' },
    check: ({ answer, wire }) => {
      assert.match(String(lastCell(answer)), /\b7$/)
      assert.ok(wire.some(({ errand, status }) => errand === 'result' && status === null))
    },
  },
  {
    name: 'upstream_503',
    title: 'Snowflake answers 503 twice',
    program: 'insert',
    begun: (world) => world.emulator.faults.set('unavailable', 2),
    check: ranOnce,
  },
  {
    name: 'upstream_reset',
    title: 'Snowflake’s connection breaks before it ran',
    program: 'insert',
    begun: (world) => world.emulator.faults.set('drop-before'),
    check: ranOnce,
  },
  {
    name: 'upstream_lost_answer',
    title: 'Snowflake’s answer lost: run once',
    program: 'insert',
    begun: (world) => world.emulator.faults.set('drop-after'),
    check: ranOnce,
  },
  {
    name: 'upstream_expired',
    title: 'Icecore’s own session token expired',
    program: 'insert',
    begun: (world) => world.emulator.faults.set('expire-session'),
    check: ranOnce,
  },
  {
    name: 'restart',
    title: 'Icecore killed under way, and started again',
    program: 'statement',
    target: () => ({ sql: 'SELECT SYSTEM$WAIT(4), 7 AS N' }),
    through: 'gateway',
    meanwhile: async (world) => {
      await new Promise((resolve) => setTimeout(resolve, RESTART_AFTER_MS))
      await world.kill()
      await world.start()
    },
    check: ({ answer }) => assert.match(String(lastCell(answer)), /\b7$/),
  },
  {
    name: 'upstream_lost',
    title: 'Snowflake stays away: one message',
    program: 'statement',
    target: () => ({ sql: 'SELECT 7' }),
    begun: (world) => world.emulator.faults.set('unavailable', 10_000),
    shows: 'Snowflake is lost under way',
    // It answered, and may have run the statement: a write must not be sent again.
    check: ({ answer }) => {
      assert.match(errorOf(answer).message, /it is not known whether it ran/)
      assert.ok(answer.seconds < LOST_SECONDS, `it took ${answer.seconds} s`)
    },
  },
  {
    name: 'upstream_lost_log_in',
    title: 'Snowflake away at log-in: one message',
    program: 'log_in',
    before: (world) => world.emulator.faults.set('unavailable-login', 10_000),
    shows: 'Snowflake cannot be reached at log-in',
    check: ({ answer }) => {
      // Some drivers end with a message of their own, about the 503 with which they are told to come again.
      errorOf(answer)
      assert.ok(answer.seconds < LOST_SECONDS, `it took ${answer.seconds} s`)
    },
  },
  {
    name: 'record_unavailable',
    title: 'the record cannot be written: one message',
    program: 'statement',
    target: () => ({ sql: 'SELECT 7' }),
    begun: (world) => world.stopRecording(),
    afterwards: async (world) => {
      await world.kill()
      await world.start()
    },
    shows: 'the record cannot be written',
    check: ({ answer, reached }) => {
      assert.match(errorOf(answer).message, /cannot be recorded/)
      assert.ok(answer.seconds < 10, `it took ${answer.seconds} s`)
      assert.deepEqual(reached, [])
    },
  },
]
