/** Ways in, and what a person sees who is not let in. */
import assert from 'node:assert/strict'
import { assertRefused, count, type Evidence, errorOf, resultOf, type Scenario } from '../scenario.ts'

const AT_HOME = /ANALYST.*SHOP.*SALES/

function isIn({ answer }: Evidence): void {
  assert.match(JSON.stringify(resultOf(answer)), AT_HOME)
}

/** Said once, asked once: some codes would make a driver ask twice, or show a text of its own. */
function isRefusedOnce(message: RegExp): Scenario['check'] {
  return async ({ answer, wire, events }) => {
    assertRefused(answer, null, message)
    assert.equal(count(wire, 'log-in'), 1)
    assert.ok((await events()).some(({ type }) => type === 'login.refused'))
  }
}

export const LOG_IN: readonly Scenario[] = [
  { name: 'log_in', title: 'log-in: OAUTH', program: 'log_in', check: isIn },
  {
    name: 'log_in_pat',
    title: 'log-in: PROGRAMMATIC_ACCESS_TOKEN',
    program: 'log_in',
    target: () => ({ way: 'pat' }),
    check: isIn,
  },
  {
    name: 'log_in_password',
    title: 'log-in: the token as password',
    program: 'log_in',
    target: () => ({ way: 'password' }),
    check: isIn,
  },
  {
    name: 'log_in_workload',
    title: 'log-in: WORKLOAD_IDENTITY, OIDC',
    program: 'log_in',
    target: () => ({ way: 'workload' }),
    environment: { SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES: '127.0.0.1' },
    check: isIn,
  },
  {
    name: 'workload_unnamed_host',
    title: 'WORKLOAD_IDENTITY, host not named',
    program: 'log_in',
    target: () => ({ way: 'workload' }),
    except: { Go: 'checks no host', ADBC: 'checks no host' },
    // The driver's own refusal: nothing has left it.
    check: ({ answer, wire }) => {
      assert.match(errorOf(answer).message, /host|attestation/i)
      assert.deepEqual(wire, [])
    },
  },
  {
    name: 'refused_log_in',
    title: 'refused: no token of ours',
    program: 'log_in',
    target: () => ({ secret: 'not.a.token' }),
    shows: 'log-in refused: no token that can be read',
    check: isRefusedOnce(/token/i),
  },
  {
    name: 'refused_expired',
    title: 'refused: token expired',
    program: 'log_in',
    target: (world) => ({ secret: world.token('ada', { iat: now() - 7200, exp: now() - 3600 }) }),
    shows: 'log-in refused: the token has expired',
    check: isRefusedOnce(/expired/i),
  },
  {
    name: 'refused_access',
    title: 'refused: no access rule',
    program: 'log_in',
    target: (world) => ({ secret: world.token('eve') }),
    shows: 'log-in refused: no rule lets this person in',
    check: isRefusedOnce(/Log-in refused/),
  },
  {
    name: 'log_out',
    title: 'log-out',
    program: 'log_in',
    check: async (evidence) => {
      isIn(evidence)
      const ended = (await evidence.events()).filter(({ type }) => type === 'session.ended')
      assert.equal(ended.length, 1)
    },
  },
]

function now(): number {
  return Math.floor(Date.now() / 1000)
}
