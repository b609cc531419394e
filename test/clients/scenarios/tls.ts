/** TLS by an authority of one's own, given to each client as its own documentation says. */
import assert from 'node:assert/strict'
import { errorOf, resultOf, type Scenario } from '../scenario.ts'
import { ROWS, SUM } from './results.ts'

export const TLS: readonly Scenario[] = [
  {
    name: 'tls',
    title: 'TLS, private authority, chunks too',
    program: 'rows',
    target: () => ({ rows: ROWS }),
    through: 'tls',
    trusts: 'trusted',
    check: ({ answer }) => assert.deepEqual(resultOf(answer), [ROWS, SUM]),
  },
  {
    name: 'tls_stranger',
    title: 'TLS, unknown authority: refused',
    program: 'log_in',
    through: 'tls',
    trusts: 'stranger',
    target: () => ({ patience: 5 }),
    shows: 'TLS: the client does not trust the authority',
    check: async ({ answer, events }) => {
      errorOf(answer)
      assert.ok(!(await events()).some(({ type }) => type === 'session.opened'))
    },
  },
]
