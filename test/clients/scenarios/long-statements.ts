/** Statements that take their time: asynchronous, cancelled, polled, outliving a token. */
import assert from 'node:assert/strict'
import { count, type Evidence, errorOf, lastCell, resultOf, type Scenario } from '../scenario.ts'

const SOON_SECONDS = 10
const NO_ASYNCHRONOUS = { ADBC: 'has no call for it' }

function isSeven({ answer }: Evidence): void {
  assert.match(String(lastCell(answer)), /\b7$/)
}

async function isCancelled({ answer, events, reached }: Evidence): Promise<void> {
  const error = errorOf(answer)
  assert.ok(answer.seconds < SOON_SECONDS, `it took ${answer.seconds} s: ${error.message}`)
  await onRecord(events, 'statement.cancelled')
  assert.equal(reached.length, 1)
}

/** What a driver no longer waits for may be recorded a moment later. */
async function onRecord(events: Evidence['events'], type: string): Promise<void> {
  const deadline = Date.now() + 5000
  while (!(await events()).some((event) => event.type === type)) {
    assert.ok(Date.now() < deadline, `there is no ${type} on record`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

export const LONG_STATEMENTS: readonly Scenario[] = [
  {
    name: 'asynchronous',
    title: 'asynchronous, fetched by another session',
    program: 'asynchronous',
    target: (world) => ({ other: world.token('ada') }),
    except: NO_ASYNCHRONOUS,
    check: ({ answer }) => assert.match(String(resultOf(answer)), /\b7$/),
  },
  {
    name: 'asynchronous_foreign',
    title: 'asynchronous, another person: refused',
    program: 'asynchronous',
    target: (world) => ({ other: world.token('ben') }),
    except: NO_ASYNCHRONOUS,
    check: ({ answer }) => {
      errorOf(answer)
    },
  },
  {
    name: 'status',
    title: 'status of a query',
    program: 'status',
    except: NO_ASYNCHRONOUS,
    check: ({ answer, wire }) => {
      assert.match(String(resultOf(answer)), /success/i)
      assert.ok(count(wire, 'status') + count(wire, 'result') > 0)
    },
  },
  {
    name: 'first_answer',
    title: 'the answer is in the first response',
    program: 'statement',
    target: () => ({ sql: 'SELECT SYSTEM$WAIT(3), 7 AS N' }),
    check: (evidence) => {
      isSeven(evidence)
      assert.deepEqual([count(evidence.wire, 'query'), count(evidence.wire, 'result')], [1, 0])
    },
  },
  {
    name: 'cancel_timeout',
    title: 'cancelled by time-out',
    program: 'cancel_timeout',
    except: { Node: 'has no time-out for a statement', ADBC: 'has no time-out for a statement' },
    check: isCancelled,
  },
  {
    name: 'cancel_call',
    title: 'cancelled by call',
    program: 'cancel_call',
    check: isCancelled,
  },
  {
    name: 'cancel_interrupt',
    title: 'cancelled by Ctrl-C',
    program: 'cancel_interrupt',
    except: {
      Node: 'a program’s own affair',
      'Python 5': 'swallows it',
      Go: 'a program’s own affair',
      JDBC: 'a program’s own affair',
      ADBC: 'a program’s own affair',
    },
    check: isCancelled,
  },
  {
    name: 'polled',
    title: 'polled to the end',
    program: 'statement',
    world: 'impatient',
    target: () => ({ sql: 'SELECT SYSTEM$WAIT(6), 7 AS N' }),
    check: isSeven,
  },
  {
    name: 'renewal',
    title: 'token expired between statements',
    program: 'twice',
    world: 'impatient',
    target: () => ({ sql: 'SELECT 7', pause: 11 }),
    check: (evidence) => {
      isSeven(evidence)
      assert.ok(count(evidence.wire, 'renewal') > 0)
    },
  },
  {
    name: 'renewal_mid_query',
    title: 'token expired in mid-query, and in mid-poll',
    program: 'twice',
    world: 'impatient',
    target: () => ({ sql: 'SELECT SYSTEM$WAIT(13), 7 AS N', pause: 0 }),
    check: (evidence) => {
      isSeven(evidence)
      assert.ok(count(evidence.wire, 'renewal') > 0)
    },
  },
]
