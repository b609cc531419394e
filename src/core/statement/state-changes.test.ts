import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OPTIONS, one, understood } from './support.testing.ts'
import type { StateChange } from './types.ts'

const CASES: readonly (readonly [sql: string, ...changes: StateChange[]])[] = [
  ['USE ROLE analyst', { change: 'use_role', name: 'ANALYST' }],
  ['use role "analyst"', { change: 'use_role', name: 'analyst' }],
  ['USE ROLE IDENTIFIER(\'"a b"\')', { change: 'use_role', name: 'a b' }],
  ['USE ROLE IDENTIFIER($role)', { change: 'use_role', name: 'R1' }],
  ['USE ROLE IDENTIFIER($other)', { change: 'use_role', name: null }],
  ['USE ROLE IDENTIFIER(?)', { change: 'use_role', name: null }],
  ['USE WAREHOUSE w', { change: 'use_warehouse', name: 'W' }],
  ['USE DATABASE d', { change: 'use_database', name: 'D' }],
  ['USE d', { change: 'use_database', name: 'D' }],
  ['USE SCHEMA s', { change: 'use_schema', database: null, name: 'S' }],
  ['USE SCHEMA d."s"', { change: 'use_schema', database: 'D', name: 's' }],
  ['USE d.s', { change: 'use_schema', database: 'D', name: 'S' }],
  ["USE SCHEMA IDENTIFIER('d.s')", { change: 'use_schema', database: 'D', name: 'S' }],
  ['USE SCHEMA IDENTIFIER(?)', { change: 'use_schema', database: null, name: null }],
  ['USE SECONDARY ROLES ALL', { change: 'use_secondary_roles', roles: 'all' }],
  ['USE SECONDARY ROLES NONE', { change: 'use_secondary_roles', roles: 'none' }],
  ['USE SECONDARY ROLES a, b', { change: 'use_secondary_roles', roles: 'other' }],
  [
    "ALTER SESSION SET QUERY_TAG = 'it''s', ROWS_PER_RESULTSET = -1 autocommit = false",
    { change: 'set_parameter', name: 'QUERY_TAG', value: "it's" },
    { change: 'set_parameter', name: 'ROWS_PER_RESULTSET', value: '-1' },
    { change: 'set_parameter', name: 'AUTOCOMMIT', value: 'FALSE' },
  ],
  ['ALTER SESSION SET LOG_LEVEL = info', { change: 'set_parameter', name: 'LOG_LEVEL', value: 'INFO' }],
  ['ALTER SESSION SET QUERY_TAG = $x', { change: 'set_parameter', name: 'QUERY_TAG', value: null }],
  ['ALTER SESSION UNSET A, B', { change: 'unset_parameter', name: 'A' }, { change: 'unset_parameter', name: 'B' }],
  ["SET x = 'a'", { change: 'set_variable', name: 'X', value: 'a' }],
  ['SET x = 5', { change: 'set_variable', name: 'X', value: '5' }],
  ['SET x = $role', { change: 'set_variable', name: 'X', value: 'R1' }],
  ["SET x = 'a' || 'b'", { change: 'set_variable', name: 'X', value: null }],
  [
    'SET (x, "y") = (\'a\', f(1, 2))',
    { change: 'set_variable', name: 'X', value: 'a' },
    { change: 'set_variable', name: 'Y', value: null },
  ],
  [
    'SET (x, y) = (SELECT 1, 2)',
    { change: 'set_variable', name: 'X', value: null },
    { change: 'set_variable', name: 'Y', value: null },
  ],
  ['SET "x" = \'a\'', { change: 'set_variable', name: 'X', value: 'a' }],
  ['SET "ſ" = \'a\'', { change: 'set_variable', name: 'S', value: null }],
  [
    "SET (x, \"x\") = ('a', 'b')",
    { change: 'set_variable', name: 'X', value: 'a' },
    { change: 'set_variable', name: 'X', value: null },
  ],
  ['UNSET "x"', { change: 'unset_variable', name: 'X' }],
  ['UNSET (x, y)', { change: 'unset_variable', name: 'X' }, { change: 'unset_variable', name: 'Y' }],
  ['CREATE DATABASE d', { change: 'create_database', name: 'D' }],
  ['CREATE OR REPLACE TRANSIENT DATABASE d CLONE e', { change: 'create_database', name: 'D' }],
  ['CREATE DATABASE IF NOT EXISTS d', { change: 'create_database', name: 'D', conditional: true }],
  ['CREATE SCHEMA s', { change: 'create_schema', database: null, name: 'S' }],
  ['CREATE SCHEMA IF NOT EXISTS d.s', { change: 'create_schema', database: 'D', name: 'S', conditional: true }],
  ['CREATE WAREHOUSE w', { change: 'create_warehouse', name: 'W' }],
  ['CREATE DATABASE IDENTIFIER(?)', { change: 'create_database', name: null }],
  ['DROP DATABASE d', { change: 'drop_database', name: 'D' }],
  ['DROP SCHEMA IF EXISTS d.s', { change: 'drop_schema', database: 'D', name: 'S', conditional: true }],
  ['DROP WAREHOUSE w', { change: 'drop_warehouse', name: 'W' }],
  ['UNDROP DATABASE d', { change: 'create_database', name: 'D', conditional: true }],
  ['ALTER DATABASE d RENAME TO e', { change: 'create_database', name: 'E', conditional: true }],
  ['CREATE APPLICATION a', { change: 'create_database', name: 'A', conditional: true }],
  ['CREATE TEMP TABLE t (a INT)', { change: 'temporary_object' }],
  ['CREATE TEMPORARY STAGE t', { change: 'temporary_object' }],
  ['BEGIN', { change: 'transaction', step: 'begin' }],
  ['START TRANSACTION', { change: 'transaction', step: 'begin' }],
  ['COMMIT', { change: 'transaction', step: 'commit' }],
  ['ROLLBACK', { change: 'transaction', step: 'rollback' }],
  ["EXECUTE IMMEDIATE 'USE ROLE r'", { change: 'use_role', name: 'R' }],
  ['SHOW TABLES ->> SELECT 1'],
  ['CREATE DATABASE ROLE d.r'],
  ['CREATE TABLE t (a INT)'],
  ['CREATE TASK t AS CREATE DATABASE d'],
]

describe('state changes', () => {
  const options = { ...OPTIONS, variables: new Map([['ROLE', 'r1']]) }
  for (const [sql, ...changes] of CASES) {
    // A value stays as it was given; as a name it is folded.
    const expected = changes.map((change) =>
      'value' in change && change.value === 'R1' ? { ...change, value: 'r1' } : change,
    )
    it(sql, () => assert.deepEqual(one(sql, options).stateChanges, expected))
  }

  it('follows the variables from statement to statement', () => {
    const { statements } = understood("SET r = 'a'; USE ROLE IDENTIFIER($r); SET r = f(); USE ROLE IDENTIFIER($r)")
    const names = statements.flatMap((s) => s.stateChanges).map((c) => (c.change === 'use_role' ? c.name : undefined))
    assert.deepEqual(names, [undefined, 'A', undefined, null])
  })
})
