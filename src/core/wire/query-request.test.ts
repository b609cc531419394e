import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ErrorCode, isIcecoreError } from '../../errors.ts'
import { buildQueryBody, readAbortRequest, readQueryRequest } from './index.ts'

const read = (text: string, limits?: Parameters<typeof readQueryRequest>[1]) =>
  readQueryRequest(Buffer.from(text), limits)
const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())

/** Bodies as drivers were seen to send them (driver-protocol.md#query-request). */
const NODE =
  '{"disableOfflineChunks":false,"sqlText":"select ?,?,?,?,?","bindings":{"1":{"type":"FIXED","value":"1"},"2":{"type":"TEXT","value":"a"},"3":{"type":"BOOLEAN","value":"true"},"4":{"type":"TEXT","value":null},"5":{"type":"TEXT","value":"1970-01-01T00:00:00.000Z"}},"queryContextDTO":{"entries":[]}}'
const PYTHON =
  '{"sqlText":"select ?","asyncExec":false,"sequenceId":1,"querySubmissionTime":1795426257910,"parameters":{},"bindings":{"1":{"type":"ANY","value":null}},"queryContextDTO":{}}'
const JDBC =
  '{"sqlText":"select 1","sequenceId":0,"describedJobId":"01b899f1-0712-45a6-0040-e00702ffffff","asyncExec":false,"describeOnly":true,"isInternal":true,"bindings":null,"bindStage":null,"queryContextDTO":null,"parameters":{"MULTI_STATEMENT_COUNT":2,"QUERY_TAG":"tag1"}}'

describe('readQueryRequest', () => {
  it('reads what Node sends', () => {
    const request = read(NODE)
    assert.equal(request.sqlText, 'select ?,?,?,?,?')
    assert.equal(text(request.sqlTextJson), '"select ?,?,?,?,?"')
    assert.equal(text(request.bindingsJson), /"bindings":(\{.*?\}\})/.exec(NODE)?.[1])
    assert.deepEqual(request.bindings['4'], { type: 'TEXT', value: null })
    assert.equal(request.asynchronous || request.describeOnly || request.internal, false)
  })

  it('reads what Python and JDBC send, nulls as absent', () => {
    const python = read(PYTHON)
    assert.equal(python.sqlText.length > 0 && python.describeOnly, false)
    const jdbc = read(JDBC)
    assert.equal(jdbc.bindingsJson, null)
    assert.deepEqual({ ...jdbc.parameters }, { MULTI_STATEMENT_COUNT: 2, QUERY_TAG: 'tag1' })
    assert.equal(jdbc.describeOnly && jdbc.internal, true)
  })

  it('reads array binds, and a request without SQL', () => {
    assert.deepEqual(read('{"sqlText":"i","bindings":{"1":{"type":"FIXED","value":["1",null]}}}').bindings['1'], {
      type: 'FIXED',
      value: ['1', null],
    })
    assert.equal(read('{}').sqlText, '')
    assert.equal(text(read('{"sqlText":null}').sqlTextJson), '""')
  })

  const refused: readonly (readonly [string, string, ErrorCode, RegExp])[] = [
    ['a data frame', '{"sqlText":"","dataframeAst":"QQ=="}', 'ICE_REQUEST_FIELD_REFUSED', /dataframeAst/],
    ['binds in a stage', '{"sqlText":"x","bindStage":"@SYSTEM$BIND/1"}', 'ICE_REQUEST_FIELD_REFUSED', /bindStage/],
    ['an unknown object', '{"sqlText":"x","plan":{}}', 'ICE_REQUEST_FIELD_REFUSED', /plan/],
    ['an unknown list', '{"sqlText":"x","more":[]}', 'ICE_REQUEST_FIELD_REFUSED', /more/],
    ['a long unknown text', `{"sqlText":"x","note":"${'y'.repeat(300)}"}`, 'ICE_REQUEST_FIELD_REFUSED', /note/],
    ['a known name in other letters', '{"sqlText":"x","SQLTEXT":"drop"}', 'ICE_REQUEST_FIELD_REFUSED', /SQLTEXT/],
    [
      'a refused name in other letters',
      '{"sqlText":"x","DataframeAst":"Q"}',
      'ICE_REQUEST_FIELD_REFUSED',
      /DataframeAst/,
    ],
    ['a parameter that is an object', '{"parameters":{"A":{}}}', 'ICE_REQUEST_FIELD_REFUSED', /parameters\.A/],
    [
      'a parameter that a number does not hold',
      '{"parameters":{"A":9007199254740993}}',
      'ICE_REQUEST_FIELD_REFUSED',
      /parameters\.A/,
    ],
    ['two SQL texts', '{"sqlText":"a","sqlText":"b"}', 'ICE_REQUEST_MALFORMED', /repeated member/],
    ['two SQL texts, one escaped', '{"sqlText":"a","sqlT\\u0065xt":"b"}', 'ICE_REQUEST_MALFORMED', /repeated member/],
    ['SQL that is no text', '{"sqlText":1}', 'ICE_REQUEST_MALFORMED', /sqlText is no text/],
    ['a flag that is a text', '{"asyncExec":"true"}', 'ICE_REQUEST_MALFORMED', /asyncExec/],
    ['binds that are a list', '{"bindings":[]}', 'ICE_REQUEST_MALFORMED', /bindings/],
    ['a bind without a type', '{"bindings":{"1":{"value":"1"}}}', 'ICE_REQUEST_MALFORMED', /bind 1/],
    [
      'a bind value that is a number',
      '{"bindings":{"1":{"type":"FIXED","value":1}}}',
      'ICE_REQUEST_MALFORMED',
      /bind 1/,
    ],
    ['no JSON', 'x', 'ICE_REQUEST_MALFORMED', /not the JSON/],
    ['bytes after the end', '{}{}', 'ICE_REQUEST_MALFORMED', /after the end/],
    ['deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'ICE_REQUEST_MALFORMED', /nesting/],
  ]
  for (const [name, body, code, reason] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => read(body),
        (error) => isIcecoreError(error, code) && reason.test(error.message),
      )
    })
  }

  it('bounds bind values', () => {
    const limits = { maxBindValues: 3, maxOtherField: 8 }
    const binds = (count: number): string =>
      JSON.stringify({ bindings: { 1: { type: 'T', value: Array(count).fill('x') } } })
    assert.ok(read(binds(3), limits))
    assert.throws(() => read(binds(4), limits), /more than 3 bind values/)
  })

  it('keeps what Go and JDBC say of a structured bind, and refuses members that nobody knows', () => {
    const bind = (more: object): string => JSON.stringify({ bindings: { 1: { type: 'TEXT', value: 'x', ...more } } })
    const structured = { fmt: 'json', schema: { type: 'array', nullable: true } }
    assert.deepEqual(read(bind(structured)).bindings['1'], { type: 'TEXT', value: 'x', ...structured })
    assert.throws(
      () => read(bind({ note: 'x' })),
      (error) => isIcecoreError(error, 'ICE_REQUEST_FIELD_REFUSED'),
    )
  })
})

describe('buildQueryBody', () => {
  it('keeps the client’s bytes of text and binds, and forwards no field that is not on record', () => {
    const request = read(
      '{ "sqlText" : "a\\u0062 \\/ é", "bindings":{ "1" : {"type":"FIXED","value":"9007199254740993"}}, "sequenceId": 1e2 , "isInternal":true, "requestId":"c"}',
    )
    const body = text(buildQueryBody({ ...request, parameters: { QUERY_TAG: 't' } }))
    assert.equal(
      body,
      '{"sqlText":"a\\u0062 \\/ é","bindings":{ "1" : {"type":"FIXED","value":"9007199254740993"}},"parameters":{"QUERY_TAG":"t"},"describeOnly":false,"asyncExec":false}',
    )
  })

  it('gives a body that reads as the same request', () => {
    const requests = fc.record({
      sqlText: fc.string({ unit: 'binary' }),
      bindings: fc.dictionary(
        fc.nat(99).map(String),
        fc.record({
          type: fc.constantFrom('TEXT', 'FIXED'),
          value: fc.oneof(fc.option(fc.string()), fc.array(fc.option(fc.string()))),
        }),
      ),
      asyncExec: fc.boolean(),
      describeOnly: fc.boolean(),
      sequenceId: fc.nat(),
      parameters: fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.oneof(fc.string(), fc.boolean(), fc.integer())),
    })
    fc.assert(
      fc.property(requests, fc.nat(2), (object, indent) => {
        const request = read(JSON.stringify(object, null, indent))
        const again = readQueryRequest(buildQueryBody(request))
        assert.deepEqual(again, request)
        assert.equal(request.sqlText, object.sqlText)
      }),
    )
  })
})

describe('readAbortRequest', () => {
  it('reads the request id, whatever else is there', () => {
    assert.equal(readAbortRequest(Buffer.from('{"requestId":"r","sqlText":"select 1"}')), 'r')
    for (const body of ['{}', '{"requestId":1}', '']) {
      assert.throws(
        () => readAbortRequest(Buffer.from(body)),
        (error) => isIcecoreError(error, 'ICE_REQUEST_MALFORMED'),
      )
    }
  })
})
