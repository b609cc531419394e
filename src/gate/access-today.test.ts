import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakePrincipal } from '../../test/support/fake-session.ts'
import type { Principal } from '../core/identity/index.ts'
import { type AccessToday, whyAccessIsGone } from './access-today.ts'

const RULE = { name: 'analysts', when: { groups: ['analysts'] }, connections: ['prod'], roles: ['ANALYST', 'AUDITOR'] }
const PRINCIPAL: Principal = {
  ...fakePrincipal(),
  agent: { agent: 'claude', issuer: 'idp', clientId: 'claude-code', owners: ['ada'] },
  groups: { status: 'known', names: ['analysts'] },
}
const TODAY: AccessToday = {
  rules: [RULE],
  hasConnection: () => true,
  reasonGone: () => null,
  reconsider: (principal) => principal,
}

describe('whyAccessIsGone', () => {
  const roles = ['ANALYST']
  const cases: readonly (readonly [string, Partial<AccessToday>, readonly (string | null)[], string | null])[] = [
    ['nothing changed', {}, roles, null],
    ['any of the roles it may be in', {}, ['ANALYST', 'AUDITOR'], null],
    ['one role that is not given', {}, ['ANALYST', 'SYSADMIN'], 'the access rules no longer allow its role'],
    ['no connection', { hasConnection: () => false }, roles, 'its connection is no longer configured'],
    ['nobody it could be', { reasonGone: () => 'its person is gone' }, roles, 'its person is gone'],
    [
      'a token that is not accepted',
      { reconsider: () => ({ refused: 'token not accepted', detail: '' }) },
      roles,
      'its token would no longer be accepted (token not accepted)',
    ],
    [
      'an agent whose matchers do not fit',
      { reconsider: (principal) => ({ ...principal, agent: null }) },
      roles,
      'its token is no longer one of its agent',
    ],
    [
      'groups that are read from elsewhere',
      { reconsider: (principal) => ({ ...principal, groups: { status: 'unknown', reason: 'no claim' } }) },
      roles,
      'the access rules no longer allow it',
    ],
    ['no rule', { rules: [] }, roles, 'the access rules no longer allow it'],
  ]
  for (const [name, change, held, reason] of cases) {
    it(name, () => {
      const session = { principal: PRINCIPAL, connection: 'prod', roles: held }
      assert.equal(whyAccessIsGone(session, { ...TODAY, ...change }), reason)
    })
  }
})
