import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { arrowStream } from '../../../test/support/arrow-stream.ts'
import { isIcecoreError } from '../../errors.ts'
import { bytesOf, editJson } from '../../lib/json/index.ts'
import {
  encodeError,
  encodeInProgress,
  isStillRunning,
  type QueryAnswer,
  readAnswerParameters,
  readEnvelope,
  readQueryAnswer,
  readStatusAnswer,
  readStorageHeaders,
} from './index.ts'

const QUERY_ID = '01b899f1-0712-45a6-0040-e00702ffffff'
const CHILD_ID = '01b899f1-0712-45a6-0040-e00702fffffe'

const COLUMN = {
  name: 'ID',
  database: '',
  schema: '',
  table: '',
  nullable: false,
  type: 'fixed',
  byteLength: null,
  length: null,
  precision: 38,
  scale: 0,
  collation: null,
}

/** The shape of driver-protocol.md#query-answer. */
const RESULT = {
  parameters: [
    { name: 'TIMEZONE', value: 'UTC' },
    { name: 'CLIENT_PREFETCH_THREADS', value: 4 },
    { name: 'AUTOCOMMIT', value: true },
    { name: 'X', value: null },
  ],
  rowtype: [COLUMN, { ...COLUMN, name: 'NAME', type: 'text' }],
  rowset: [
    ['1', 'a'],
    ['2', null],
  ],
  total: 2,
  returned: 2,
  queryId: QUERY_ID,
  databaseProvider: null,
  finalDatabaseName: 'DB',
  finalSchemaName: null,
  finalWarehouseName: 'WH',
  finalRoleName: 'ANALYST',
  numberOfBinds: 0,
  arrayBindSupported: false,
  statementTypeId: 4096,
  version: 1,
  sendResultTime: 1700000000000,
  queryResultFormat: 'json',
}

function parsed(bytes: Uint8Array): QueryAnswer {
  return readQueryAnswer(readEnvelope(bytes))
}

function answer(data: unknown, rest: object = {}): QueryAnswer {
  return parsed(Buffer.from(JSON.stringify({ data, code: null, message: null, success: true, ...rest })))
}

describe('readQueryAnswer', () => {
  it('reads a result', () => {
    const read = answer(RESULT)
    assert.partialDeepStrictEqual(read, {
      success: true,
      code: null,
      queryId: QUERY_ID,
      inProgress: null,
      statementTypeId: 4096,
      format: 'json',
      columns: [
        { name: 'ID', type: 'fixed' },
        { name: 'NAME', type: 'text' },
      ],
      total: 2,
      returned: 2,
      chunks: [],
      resultIds: [],
      context: { role: 'ANALYST', warehouse: 'WH', database: 'DB', schema: null },
      forbidden: [],
    })
    assert.deepEqual(Object.fromEntries(readAnswerParameters(read)), {
      TIMEZONE: 'UTC',
      CLIENT_PREFETCH_THREADS: 4,
      AUTOCOMMIT: true,
    })
    assert.equal(Buffer.from(bytesOf(read.document, read.inline!.value)).toString(), '[["1","a"],["2",null]]')
  })

  it('reads a result in chunks, and edits it without touching the rest', () => {
    const text = `{"data":{"rowtype":[{"name":"A","type":"text"}],"rowset":[],"total":9007199254740993,"queryId":"${QUERY_ID}","chunks":[{"url":"https://s/1?sig","rowCount":3,"uncompressedSize":120,"compressedSize":80}],"chunkHeaders":{"x-amz-key":"K"},"qrmk":"Q","smkId":92019681909886123},"code":null,"message":null,"success":true}`
    const read = parsed(Buffer.from(text))
    assert.deepEqual(read.chunks, [{ url: 'https://s/1?sig', rowCount: 3, uncompressedSize: 120, compressedSize: 80 }])
    assert.deepEqual(readStorageHeaders(read), { 'x-amz-key': 'K' })
    const edited = editJson(read.document, [
      { set: 'data.chunks', value: Buffer.from('[]') },
      { remove: 'data.chunkHeaders' },
      { remove: 'data.qrmk' },
    ])
    assert.equal(
      Buffer.from(edited).toString(),
      text.replace(/\[\{"url".*?\}\]/, '[]').replace('"chunkHeaders":{"x-amz-key":"K"},"qrmk":"Q",', ''),
    )
  })

  it('takes the older key of chunks for the pair of headers that it stands for', () => {
    assert.deepEqual(readStorageHeaders(answer({ ...RESULT, qrmk: 'KEY' })), {
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': 'KEY',
    })
    assert.deepEqual(readStorageHeaders(answer(RESULT)), {})
    assert.throws(() => readStorageHeaders(answer({ ...RESULT, chunkHeaders: { a: 1 } })), /chunkHeaders are no texts/)
  })

  describe('in Arrow format', () => {
    const { rowset, ...withoutRows } = RESULT
    const stream = arrowStream(RESULT.rowtype.length, [{ rows: 2 }, { rows: 1 }])
    const arrow = { ...withoutRows, rowsetBase64: stream.toString('base64'), queryResultFormat: 'arrow' }

    it('has its rows counted by the headers of the stream', () => {
      const read = answer(arrow)
      assert.deepEqual([read.format, read.inline?.rows], ['arrow', 3])
      assert.equal(read.inline?.value.kind, 'string')
      assert.equal(answer({ ...arrow, rowsetBase64: '' }).inline?.rows, 0)
      assert.equal(answer(withoutRows).inline, null)
    })

    it('is refused with rows in the other form, which the record would lack', () => {
      const { rowsetBase64 } = arrow
      for (const queryResultFormat of ['arrow', 'json', null]) {
        assert.throws(() => answer({ ...arrow, rowset, queryResultFormat }), /rows in another form than it names/)
      }
      assert.throws(() => answer({ ...RESULT, rowset: null, rowsetBase64 }), /rows in another form/)
      for (const empty of [null, []]) assert.equal(answer({ ...arrow, rowset: empty }).inline?.rows, 3)
      for (const empty of [null, ''])
        assert.equal(answer({ ...RESULT, rowsetBase64: empty }).inline?.rows, rowset.length)
    })

    it('is refused when the stream is none', () => {
      const cut = stream.subarray(0, -1).toString('base64')
      assert.throws(() => answer({ ...arrow, rowsetBase64: cut }), /rowsetBase64: the stream is cut off/)
      assert.throws(() => answer({ ...arrow, rowsetBase64: 7 }), /rowsetBase64 is no text/)
    })
  })

  it('reads a multi-statement', () => {
    const read = answer({ ...RESULT, resultIds: `${QUERY_ID},${CHILD_ID}`, resultTypes: '4096,12544' })
    assert.deepEqual(read.resultIds, [QUERY_ID, CHILD_ID])
    assert.deepEqual(read.resultTypes, ['4096', '12544'])
  })

  it('reads what Icecore itself writes: errors and progress', () => {
    const error = parsed(
      encodeError({ code: '003001', sqlState: '42501', message: 'SQL access control error:\nno', queryId: QUERY_ID }),
    )
    assert.partialDeepStrictEqual(error, {
      success: false,
      code: '003001',
      sqlState: '42501',
      message: 'SQL access control error:\nno',
      queryId: QUERY_ID,
      format: null,
      inline: null,
      context: null,
    })
    const progress = parsed(encodeInProgress(QUERY_ID, false))
    assert.partialDeepStrictEqual(progress, {
      success: true,
      inProgress: 'synchronous',
      getResultUrl: `/queries/${QUERY_ID}/result`,
    })
    assert.equal(parsed(encodeInProgress(QUERY_ID, true)).inProgress, 'asynchronous')
    assert.equal(answer(null, { success: false, code: '333333' }).inProgress, null)
  })

  it('takes answers without data', () => {
    for (const data of [null, 'Log Received', undefined]) assert.equal(answer(data).queryId, null)
  })

  for (const name of [
    'stageInfo',
    'uploadInfo',
    'command',
    'presignedUrl',
    'presignedUrls',
    'encryptionMaterial',
    'creds',
    'StageInfo',
  ]) {
    it(`tells that an answer carries ${name}, at any depth`, () => {
      assert.deepEqual(answer({ ...RESULT, [name]: {} }).forbidden, [name])
      assert.deepEqual(answer({ ...RESULT, list: [{ deep: { [name]: null } }] }).forbidden, [name])
    })
  }

  it('lets cells, columns and values be called as they like', () => {
    const harmless = { ...RESULT, rowtype: [{ ...COLUMN, name: 'creds' }], rowset: [['stageInfo']], message: 'command' }
    assert.deepEqual(answer(harmless).forbidden, [])
  })

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['a cell that is a number', { ...RESULT, rowset: [['1', 2]] }, /rowset: a cell/],
    ['a row of another width', { ...RESULT, rowset: [['1']] }, /rowset: a row of 1 cells where 2/],
    ['rows without columns', { rowset: [['1']] }, /rowset/],
    ['a rowset that is no list', { ...RESULT, rowset: {} }, /rowset/],
    ['a column without a type', { ...RESULT, rowtype: [{ name: 'A' }] }, /column/],
    ['columns that are no list', { ...RESULT, rowtype: {} }, /rowtype is no list/],
    ['a chunk without a row count', { ...RESULT, chunks: [{ url: 'https://s' }] }, /how many rows/],
    ['a chunk with a negative row count', { ...RESULT, chunks: [{ url: 'https://s', rowCount: -1 }] }, /how many rows/],
    ['a chunk without a url', { ...RESULT, chunks: [{ rowCount: 1 }] }, /no url/],
    ['a query id that is a path', { ...RESULT, queryId: '../session' }, /query id is no UUID/],
    ['a child id that is a path', { ...RESULT, resultIds: `${QUERY_ID},x` }, /query id is no UUID/],
    ['an unknown result format', { ...RESULT, queryResultFormat: 'csv' }, /neither json nor arrow/],
    ['parameters that are no list', { ...RESULT, parameters: {} }, /parameters/],
    ['a context that is no text', { ...RESULT, finalRoleName: 1 }, /finalRoleName is no text/],
  ]
  for (const [name, data, reason] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => readAnswerParameters(answer(data)),
        (error) => isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL') && reason.test(error.message),
      )
    })
  }

  it('refuses what is no envelope', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"success":1}',
      '{"success":true,"code":5}',
      '{"success":true,"data":{"a":1,"a":2}}',
    ]) {
      assert.throws(
        () => parsed(Buffer.from(text)),
        (error) => isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL'),
        text,
      )
    }
  })

  it('counts the inline rows of any table', () => {
    const tables = fc.integer({ min: 1, max: 6 }).chain((width) =>
      fc.array(fc.array(fc.option(fc.string({ unit: 'binary' })), { minLength: width, maxLength: width }), {
        minLength: 1,
      }),
    )
    fc.assert(
      fc.property(tables, (rowset) => {
        const rowtype = rowset[0]?.map((_, index) => ({ name: `C${index}`, type: 'text' }))
        assert.equal(answer({ rowtype, rowset }).inline?.rows, rowset.length)
      }),
    )
  })
})

describe('readStatusAnswer', () => {
  it('reads the status of queries, and none', () => {
    const query = {
      id: QUERY_ID,
      status: 'FAILED_WITH_ERROR',
      errorCode: '002003',
      errorMessage: 'gone',
      sqlText: 'select 1',
    }
    const read = readStatusAnswer(
      Buffer.from(
        JSON.stringify({
          data: { queries: [query, { ...query, status: 'RUNNING', errorCode: '', errorMessage: null }] },
          success: true,
        }),
      ),
    )
    assert.deepEqual(read.queries, [
      { id: QUERY_ID, status: 'FAILED_WITH_ERROR', errorCode: '002003', errorMessage: 'gone' },
      { id: QUERY_ID, status: 'RUNNING', errorCode: null, errorMessage: null },
    ])
    assert.deepEqual(
      read.queries.map(({ status }) => isStillRunning(status)),
      [false, true],
    )
    assert.deepEqual(readStatusAnswer(Buffer.from('{"data":{"queries":[]},"success":true}')).queries, [])
    assert.throws(() => readStatusAnswer(Buffer.from('{"data":{"queries":[{}]},"success":true}')), /no id or status/)
  })
})
