import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StateChange } from '../statement/index.ts'
import type { Context } from '../wire/index.ts'
import { advance, advanceAfterFailure, currentContext, initialState } from './index.ts'

const START: Context = { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'SALES' }

const use = (name: string): StateChange => ({ change: 'use_database', name })
const useSchema = (name: string, database: string | null = null): StateChange => ({
  change: 'use_schema',
  database,
  name,
})

describe('advance', () => {
  const predicted: readonly [string, readonly StateChange[], Partial<Context>][] = [
    ['nothing changes by itself', [], {}],
    ['USE DATABASE selects PUBLIC', [use('CRM')], { database: 'CRM', schema: 'PUBLIC' }],
    ['USE DATABASE of one without PUBLIC', [use('CRM')], { database: 'CRM', schema: null }],
    ['USE SCHEMA in the database', [useSchema('HR')], { schema: 'HR' }],
    ['USE SCHEMA with its database', [useSchema('HR', 'CRM')], { database: 'CRM', schema: 'HR' }],
    ['the changes of several statements in order', [use('CRM'), useSchema('HR')], { database: 'CRM', schema: 'HR' }],
    ['USE ROLE', [{ change: 'use_role', name: 'SYSADMIN' }], { role: 'SYSADMIN' }],
    ['USE WAREHOUSE', [{ change: 'use_warehouse', name: 'BIG' }], { warehouse: 'BIG' }],
    ['CREATE SCHEMA that is new', [{ change: 'create_schema', database: null, name: 'NEW' }], { schema: 'NEW' }],
    [
      'CREATE SCHEMA IF NOT EXISTS of an old one',
      [{ change: 'create_schema', database: null, name: 'NEW', conditional: true }],
      {},
    ],
    ['DROP of the database one is in', [{ change: 'drop_database', name: 'SHOP' }], { database: null, schema: null }],
    ['DROP of another database', [{ change: 'drop_database', name: 'CRM' }], {}],
    ['DROP of the schema one is in', [{ change: 'drop_schema', database: 'SHOP', name: 'SALES' }], { schema: null }],
    ['DROP of the warehouse in use', [{ change: 'drop_warehouse', name: 'WH' }], { warehouse: null }],
  ]
  for (const [name, changes, reported] of predicted) {
    it(`takes what was predicted: ${name}`, () => {
      const next = advance(initialState(START), changes, { ...START, ...reported })
      assert.ok(next.matches)
      assert.deepEqual(currentContext(next.state), { ...START, ...reported })
    })
  }

  const surprises: readonly [string, readonly StateChange[], Partial<Context>, keyof Context][] = [
    ['another role', [], { role: 'ACCOUNTADMIN' }, 'role'],
    ['another schema', [], { schema: 'HR' }, 'schema'],
    ['a USE that did not happen', [use('CRM')], {}, 'database'],
    ['a schema of the wrong database', [useSchema('HR', 'CRM')], { schema: 'HR' }, 'database'],
    ['a role changed by the way', [useSchema('HR')], { schema: 'HR', role: 'SYSADMIN' }, 'role'],
  ]
  for (const [name, changes, reported, what] of surprises) {
    it(`notices ${name}`, () => {
      assert.deepEqual(advance(initialState(START), changes, { ...START, ...reported }), { matches: false, what })
    })
  }

  it('keeps variables whose value the text says, and forgets the others', () => {
    const set = (name: string, value: string | null): StateChange => ({ change: 'set_variable', name, value })
    const first = advance(initialState(START), [set('A', 'x'), set('B', 'y')], START)
    assert.ok(first.matches)
    const second = advance(first.state, [set('A', null), { change: 'unset_variable', name: 'B' }, set('C', 'z')], START)
    assert.ok(second.matches)
    assert.deepEqual([...second.state.variables], [['C', 'z']])
  })

  it('knows no variable after code that is not seen, however it ended', () => {
    const known = advance(initialState(START), [{ change: 'set_variable', name: 'A', value: 'x' }], START)
    assert.ok(known.matches)
    const after = advance(known.state, [{ change: 'forget_variables' }], START)
    assert.ok(after.matches)
    assert.equal(after.state.variables.size, 0)
    assert.equal(advanceAfterFailure(known.state, [{ change: 'forget_variables' }]).variables.size, 0)
  })
})

describe('advanceAfterFailure', () => {
  it('leaves every context possible that the text may have reached', () => {
    const after = advanceAfterFailure(initialState(START), [useSchema('CRM'), useSchema('HR')])
    for (const schema of ['SALES', 'CRM', 'HR']) assert.ok(advance(after, [], { ...START, schema }).matches)
    assert.equal(advance(after, [], { ...START, schema: 'PAYMENTS' }).matches, false)
  })

  it('is certain again after the next answer', () => {
    const after = advanceAfterFailure(initialState(START), [useSchema('CRM')])
    const next = advance(after, [], { ...START, schema: 'CRM' })
    assert.ok(next.matches)
    assert.equal(advance(next.state, [], START).matches, false)
  })

  it('no longer knows a variable that the text may have set', () => {
    const known = advance(initialState(START), [{ change: 'set_variable', name: 'A', value: 'x' }], START)
    assert.ok(known.matches)
    const after = advanceAfterFailure(known.state, [{ change: 'set_variable', name: 'A', value: 'y' }])
    assert.equal(after.variables.has('A'), false)
  })
})
