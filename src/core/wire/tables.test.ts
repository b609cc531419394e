import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isIcecoreError } from '../../errors.ts'
import {
  admitParameters,
  clientProfile,
  driverParameters,
  encodeSessionError,
  meansSessionLost,
  sessionParameter,
  statementType,
} from './index.ts'

describe('clientProfile', () => {
  const table: readonly (readonly [string, string, string, number | null, number])[] = [
    ['JavaScript', '3.3.0', 'node', null, 2_147_483_647],
    ['PythonConnector', '4.8.1', 'python-4', null, 0],
    ['PythonConnector', '5.2.0', 'python-5', 240_000, 0],
    ['PythonConnector', '11.0', 'python-5', 240_000, 0],
    ['PythonConnector', 'nonsense', 'python-4', null, 0],
    ['PythonSnowpark', '1.56.0', 'python-library', null, 0],
    ['Go', '2.1.0', 'go', null, 0],
    ['JDBC', '4.4.1', 'jdbc', null, 0],
    ['', '', 'unknown', null, 0],
  ]
  for (const [application, version, client, hold, threshold] of table) {
    it(`${application} ${version} is ${client}`, () => {
      const profile = clientProfile(application, version)
      assert.partialDeepStrictEqual(profile, { client, pollHoldMs: hold, stageBindThreshold: threshold })
      assert.ok((profile.pollHoldMs ?? 45_000) < profile.responseLimitMs)
    })
  }

  it('expects no header from a client it does not know', () => {
    assert.equal(clientProfile('Curl', '8').sendsChunkHeaders, false)
  })
})

describe('driverParameters', () => {
  it('lets the upstream say what is effective, but for what Icecore must set', () => {
    const effective = new Map<string, string | number | boolean>([
      ['TIMEZONE', 'X'],
      ['CLIENT_TELEMETRY_ENABLED', true],
      ['SERVICE_NAME', 'evil'],
      ['CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', 65280],
      ['UNHEARD_OF', 1],
    ])
    const list = driverParameters(effective, clientProfile('PythonConnector', '4.8.1'))
    const values = Object.fromEntries(list.map(({ name, value }) => [name, value]))
    assert.partialDeepStrictEqual(values, {
      TIMEZONE: 'X',
      CLIENT_TELEMETRY_ENABLED: false,
      SERVICE_NAME: '',
      CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 0,
      STRICT_JSON_OUTPUT: true,
      CLIENT_RESULT_CHUNK_SIZE: 160,
      CLIENT_PREFETCH_THREADS: 4,
    })
    assert.equal('UNHEARD_OF' in values, false)
    assert.equal(new Set(list.map(({ name }) => name)).size, list.length)
  })
})

describe('admitParameters', () => {
  it('forwards what is listed, typed; keeps the tag; keeps the drivers’ own away from the upstream', () => {
    const admitted = admitParameters('login', {
      timezone: 'UTC',
      AUTOCOMMIT: 'TRUE',
      WEEK_START: '1',
      QUERY_TAG: 'mine',
      CLIENT_PREFETCH_THREADS: 4,
      CLIENT_SOMETHING_NEW: 'x',
      VALIDATE_DEFAULT_PARAMETERS: true,
    })
    assert.deepEqual(admitted, { forwarded: { TIMEZONE: 'UTC', AUTOCOMMIT: true, WEEK_START: 1 }, tag: 'mine' })
  })

  const refused: readonly (readonly [
    string,
    'login' | 'request' | 'alter_session',
    Record<string, string | number | boolean>,
  ])[] = [
    ['an unknown parameter', 'login', { NETWORK_POLICY: 'x' }],
    ['an unknown parameter of one request', 'request', { PREVENT_UNLOAD_TO_INLINE_URL: false }],
    ['a change of name resolution by one request', 'request', { QUOTED_IDENTIFIERS_IGNORE_CASE: true }],
    ['a search path by one request', 'request', { SEARCH_PATH: 'evil' }],
    ['a search path at log-in', 'login', { SEARCH_PATH: 'SNOWFLAKE.ACCOUNT_USAGE' }],
    ['loose JSON', 'alter_session', { STRICT_JSON_OUTPUT: false }],
    ['a driver’s own parameter in SQL', 'alter_session', { CLIENT_TELEMETRY_ENABLED: true }],
    ['a wrong type', 'login', { AUTOCOMMIT: 'maybe' }],
    ['a negative number', 'login', { WEEK_START: -1 }],
    ['a number with an exponent', 'login', { WEEK_START: '1e9' }],
    ['one parameter in two spellings', 'login', { TIMEZONE: 'UTC', timezone: 'CET' }],
    ['a tag that is too long', 'login', { QUERY_TAG: 'x'.repeat(2001) }],
    ['a name that is no name', 'login', { "CLIENT_X' OR 1": 1 }],
  ]
  for (const [name, place, given] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => admitParameters(place, given),
        (error) => isIcecoreError(error, 'ICE_PARAMETER_REFUSED'),
      )
    })
  }

  it('marks what changes how a statement is read', () => {
    assert.equal(sessionParameter('search_path', 'alter_session')?.affects, 'names')
    assert.equal(sessionParameter('TIMEZONE', 'alter_session')?.affects, 'values')
    assert.equal(sessionParameter('toString', 'login'), undefined)
  })
})

describe('statementType', () => {
  for (const [id, name, range] of [
    [4096, 'SELECT', 'query'],
    [12544, 'INSERT', 'dml'],
    [14080, 'UNLOAD', 'dml'],
    [0x4320, 'USE_SCHEMA', 'session'],
    [0x5001, 'TCL', 'transaction'],
    [0x6244, 'ALTER_USER_MANAGE_PATS', 'ddl'],
    [28930, 'PUT', 'stage'],
    [40960, 'MULTI_STATEMENT', 'multi'],
    [0xb000, 'UNKNOWN', 'unknown'],
    [0, 'UNKNOWN', 'unknown'],
    [0x1001000, 'UNKNOWN', 'unknown'],
  ] as const) {
    it(`${id} is ${name}`, () => assert.deepEqual(statementType(id), { id, name, range }))
  }
})

describe('codes', () => {
  it('are six digits', () => {
    assert.throws(() => encodeSessionError('ICE', 'x'), TypeError)
    assert.match(Buffer.from(encodeSessionError('390112', 'x')).toString(), /"code":"390112"/)
  })

  it('tell a session that is lost from one that is to be renewed', () => {
    assert.deepEqual(['390104', '390111', '390114', '390112', '003001', null].map(meansSessionLost), [
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
