import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { arrowStream } from '../../test/support/arrow-stream.ts'
import { readEnvelope, readQueryAnswer } from '../core/wire/index.ts'
import { isIcecoreError } from '../errors.ts'
import { assertDeliverable } from './delivery.ts'

const CHUNK = { url: 'https://storage/c', rowCount: 10, uncompressedSize: 1, compressedSize: 1 }
const ARROW = arrowStream(1, [{ rows: 2 }, { rows: 1 }]).toString('base64')
const JSON_ROWS = [['1'], ['2'], ['3']]

function check(data: Readonly<Record<string, unknown>>): void {
  const rowtype = [{ name: 'A', type: 'fixed' }]
  const body = JSON.stringify({ data: { rowtype, ...data }, code: null, message: null, success: true })
  assertDeliverable(readQueryAnswer(readEnvelope(Buffer.from(body))))
}

describe('assertDeliverable', () => {
  const forms = [
    ['JSON', { rowset: JSON_ROWS, queryResultFormat: 'json' }],
    ['Arrow', { rowsetBase64: ARROW, queryResultFormat: 'arrow' }],
  ] as const
  for (const [format, rows] of forms) {
    it(`takes ${format} with the rows that the answer promises, in the answer and in its chunks`, () => {
      check({ ...rows, total: 3, returned: 3 })
      check({ ...rows, total: 3 })
      check({ ...rows, total: 13, returned: 13, chunks: [CHUNK] })
    })

    it(`refuses ${format} with more or fewer`, () => {
      for (const promise of [{ total: 2 }, { total: 4 }, { total: 3, chunks: [CHUNK] }, { returned: 2 }]) {
        assert.throws(
          () => check({ ...rows, ...promise }),
          (error) => isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL'),
        )
      }
    })
  }
})
