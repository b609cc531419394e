/** Binds, several statements in one text, transactions and what a session remembers. */
import assert from 'node:assert/strict'
import { resultOf, type Scenario } from '../scenario.ts'

/** Two columns of so many rows are more binds than any driver's own threshold for a stage. */
const MANY_BINDS = 60_000

export const STATEMENTS: readonly Scenario[] = [
  {
    name: 'binds',
    title: 'binds',
    program: 'binds',
    check: ({ answer }) => assert.match(JSON.stringify(resultOf(answer)), /7.*it's.*null/),
  },
  {
    name: 'array_binds',
    title: 'array binds',
    program: 'array_binds',
    target: () => ({ rows: 5 }),
    check: ({ answer }) => assert.match(JSON.stringify(resultOf(answer)), /5.*10.*t4/),
  },
  {
    name: 'many_binds',
    title: '120,000 binds, never by a stage',
    program: 'array_binds',
    target: () => ({ rows: MANY_BINDS }),
    except: { ADBC: 'sends a statement for each row' },
    check: ({ answer }) =>
      assert.match(
        JSON.stringify(resultOf(answer)),
        new RegExp(`${MANY_BINDS}.*${(MANY_BINDS * (MANY_BINDS - 1)) / 2}`),
      ),
  },
  {
    name: 'multi_statement',
    title: 'multi-statement',
    program: 'multi_statement',
    except: { ADBC: 'has no call for it' },
    check: ({ answer }) => assert.deepEqual(resultOf(answer), [1, 2, 3]),
  },
  {
    name: 'transaction',
    title: 'transaction',
    program: 'transaction',
    check: ({ answer }) => assert.deepEqual((resultOf(answer) as unknown[]).map(Number), [2, 0]),
  },
  {
    name: 'session_state',
    title: 'context and variables',
    program: 'session_state',
    check: ({ answer }) => assert.match(JSON.stringify(resultOf(answer)), /CRM.*kept/),
  },
]
