import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Claims } from './claims.ts'
import { readGroups } from './groups.ts'

const read = (claims: Claims, claim: string | null = 'groups') =>
  readGroups(claims, { claim, required: false, maxGroups: 3 })

describe('groups that are known', () => {
  const cases: readonly (readonly [string, Claims, string, readonly string[]])[] = [
    ['a list', { groups: ['A', 'b/c'] }, 'groups', ['A', 'b/c']],
    ['an empty list', { groups: [] }, 'groups', []],
    ['the same twice', { groups: ['A', 'A'] }, 'groups', ['A']],
    ['a claim named by an URL', { 'https://acme.example/groups': ['A'] }, 'https://acme.example/groups', ['A']],
    ['a nested claim', { realm_access: { roles: ['A'] } }, '/realm_access/roles', ['A']],
    ['a nested claim with a slash in its name', { 'a/b': { 'c~d': ['A'] } }, '/a~1b/c~0d', ['A']],
    ['no overage', { groups: ['A'], hasgroups: false, _claim_names: { other: 'src1' } }, 'groups', ['A']],
    ['overage of another claim', { roles: ['A'], hasgroups: true, _claim_names: { groups: 'src1' } }, 'roles', ['A']],
  ]
  for (const [name, claims, claim, names] of cases) {
    test(name, () => assert.deepEqual(read(claims, claim), { status: 'known', names }))
  }
})

describe('groups that are unknown, which is not none', () => {
  const cases: readonly (readonly [string, Claims, string | null, RegExp])[] = [
    ['no claim configured', { groups: ['A'] }, null, /not configured/],
    ['no claim', {}, 'groups', /no claim groups/],
    [
      'overage',
      { _claim_names: { groups: 'src1' }, _claim_sources: {} },
      'groups',
      /leaves groups out \(_claim_names\)/,
    ],
    ['overage next to a list', { groups: ['A'], _claim_names: { groups: 'src1' } }, 'groups', /_claim_names/],
    [
      'overage of the whole nested claim',
      { _claim_names: { realm_access: 's' } },
      '/realm_access/roles',
      /_claim_names/,
    ],
    ['an overage marker of the wrong form', { groups: ['A'], _claim_names: 'groups' }, 'groups', /_claim_names/],
    ['overage in the implicit flow', { hasgroups: true }, 'groups', /hasgroups/],
    ['overage as a text', { groups: [], hasgroups: 'true' }, 'groups', /hasgroups/],
    ['a text', { groups: 'A' }, 'groups', /not a list/],
    ['null', { groups: null }, 'groups', /not a list/],
    ['an object', { groups: { A: true } }, 'groups', /not a list/],
    ['too many', { groups: ['A', 'B', 'C', 'D'] }, 'groups', /more than 3/],
    ['a number among them', { groups: ['A', 7] }, 'groups', /holds 7/],
    ['null among them', { groups: ['A', null] }, 'groups', /holds null/],
    ['an empty name', { groups: [''] }, 'groups', /holds ""/],
    ['a control character', { groups: ['A\n'] }, 'groups', /holds "A\\n"/],
    ['a look-alike', { groups: ['A\u200d'] }, 'groups', /no group name/],
    ['a claim of the prototype', {}, 'constructor', /no claim constructor/],
    ['a nested claim of the prototype', { a: {} }, '/a/toString', /no claim/],
    ['a step into a list', { a: [['A']] }, '/a/0', /no claim/],
  ]
  for (const [name, claims, claim, reason] of cases) {
    test(name, () => {
      const groups = read(claims, claim)
      assert.equal(groups.status, 'unknown')
      assert.match(groups.status === 'unknown' ? groups.reason : '', reason)
    })
  }

  test('undefined among them', () => {
    assert.equal(read({ groups: ['A', undefined] }).status, 'unknown')
  })
})
