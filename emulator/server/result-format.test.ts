import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Column } from '../engine.ts'
import type { ParameterValue } from '../parameters.ts'
import { arrowColumns, chooseFormat } from './result-format.ts'

const SELECT = 0x1000

/** Client, type of the statement, what holds for it, and the format. */
const CASES: readonly (readonly [string, number, Readonly<Record<string, ParameterValue>>, 'json' | 'arrow'])[] = [
  ['PythonConnector', SELECT, {}, 'arrow'],
  ['PythonSnowpark', SELECT, {}, 'arrow'],
  ['SnowflakeSQLAlchemy', SELECT, {}, 'arrow'],
  ['Go', SELECT, {}, 'arrow'],
  ['JDBC', SELECT, {}, 'arrow'],
  ['ODBC', SELECT, {}, 'arrow'],
  ['.NET', SELECT, {}, 'arrow'],
  ['C API', SELECT, {}, 'json'],
  ['JavaScript', SELECT, {}, 'json'],
  ['JavaScript', SELECT, { GO_QUERY_RESULT_FORMAT: 'ARROW' }, 'json'],
  ['Icecore', SELECT, {}, 'json'],
  ['PythonConnector', SELECT, { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'JSON' }, 'json'],
  ['PythonConnector', SELECT, { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'arrow_force' }, 'arrow'],
  ['JDBC', SELECT, { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'JSON' }, 'arrow'],
  ['JDBC', 0x4400, {}, 'json'],
  ['Go', 0x3100, {}, 'json'],
  ['Go', 0x9000, {}, 'json'],
]

describe('chooseFormat', () => {
  for (const [client, type, parameters, kind] of CASES) {
    it(`${client}, statement type ${type}, ${JSON.stringify(parameters)}: ${kind}`, () => {
      assert.equal(chooseFormat(client, type, (name) => parameters[name]).kind, kind)
    })
  }

  it('has structured types as structs, lists and maps where a parameter says so', () => {
    const isNative = (parameters: Readonly<Record<string, ParameterValue>>) =>
      chooseFormat('Go', SELECT, (name) => parameters[name]).isNative
    assert.equal(isNative({}), false)
    assert.equal(isNative({ ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: true }), true)
    assert.equal(isNative({ FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: 'true' }), true)
    assert.equal(isNative({ ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: true, GO_QUERY_RESULT_FORMAT: 'JSON' }), false)
  })
})

describe('arrowColumns', () => {
  const described = { database: '', schema: '', table: '', nullable: true, byteLength: null, collation: null }
  const columnOf = (type: string, fields?: readonly Column[]): Column => {
    const column = { name: 'C', type, precision: null, scale: null, length: null, ...described }
    return fields === undefined ? column : { ...column, fields }
  }
  const columns = [columnOf('array', [columnOf('date')]), columnOf('vector', [columnOf('real')]), columnOf('text')]

  it('leaves members to native structures, and to vectors always', () => {
    const withFields = (isNative: boolean) =>
      arrowColumns(columns, { kind: 'arrow', isNative }).map(({ fields }) => fields?.length ?? 0)
    assert.deepEqual(withFields(true), [1, 1, 0])
    assert.deepEqual(withFields(false), [0, 1, 0])
  })
})
