import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  arrowStream,
  batchMessage,
  END_OF_STREAM,
  message,
  schemaMessage,
} from '../../../../test/support/arrow-stream.ts'
import { ArrowRowCounter, ArrowSyntaxError, countArrowRows } from './index.ts'

function count(stream: Uint8Array, width: number, blockSize = stream.length || 1): number {
  const counter = new ArrowRowCounter(width)
  for (let at = 0; at < stream.length; at += blockSize) counter.push(stream.subarray(at, at + blockSize))
  return counter.end()
}

/** The one record batch of a stream, with bytes put over its own. */
function spoilt(change: (stream: Buffer) => void): Buffer {
  const stream = arrowStream(1, [{ rows: 7 }])
  change(stream)
  return stream
}

const TWO_BATCHES = arrowStream(2, [{ rows: 3 }, { rows: 4, bodyBytes: 0 }])
const DICTIONARY = message(2, { parts: [], isVector: false }, 8n)
const TENSOR = message(4, { parts: [], isVector: false }, 0n)

describe('ArrowRowCounter', () => {
  const counted: readonly (readonly [string, Uint8Array, number, number])[] = [
    ['nothing at all', new Uint8Array(), 1, 0],
    ['a schema alone', schemaMessage(3), 3, 0],
    ['an end alone', END_OF_STREAM, 1, 0],
    ['two batches', TWO_BATCHES, 2, 7],
    ['two batches and an end', Buffer.concat([TWO_BATCHES, END_OF_STREAM]), 2, 7],
    ['a batch without rows', arrowStream(1, [{ rows: 0 }]), 1, 0],
    ['a dictionary before its batch', Buffer.concat([schemaMessage(1), DICTIONARY, batchMessage({ rows: 2 })]), 1, 2],
  ]
  for (const [what, stream, width, rows] of counted) {
    it(`counts ${rows} rows in ${what}, however it is cut`, () => {
      for (let size = 1; size <= stream.length + 1; size += 1) assert.equal(count(stream, width, size), rows)
    })
  }

  const schema = schemaMessage(1).length
  const refused: readonly (readonly [string, Uint8Array, number, RegExp])[] = [
    ['other columns than promised', TWO_BATCHES, 3, /2 columns where 3 were promised/],
    ['a batch without a schema', batchMessage({ rows: 1 }), 1, /does not begin with a schema/],
    ['two schemas', Buffer.concat([schemaMessage(1), schemaMessage(1)]), 1, /a second schema/],
    ['a message of another kind', Buffer.concat([schemaMessage(1), TENSOR]), 1, /unknown kind/],
    ['JSON', Buffer.from('[["a"],["b"]]'), 1, /does not begin as one/],
    ['a stream older than Arrow 0.15', TWO_BATCHES.subarray(4), 2, /does not begin as one/],
    ['bytes behind the end', Buffer.concat([END_OF_STREAM, Buffer.from([0])]), 1, /after the end/],
    [
      'a batch behind the end',
      Buffer.concat([TWO_BATCHES, END_OF_STREAM, batchMessage({ rows: 1 })]),
      2,
      /after the end/,
    ],
    ['fewer rows than none', arrowStream(1, [{ rows: -1 }]), 1, /cannot be/],
    ['more rows than can be counted', arrowStream(1, [{ rows: 2n ** 53n }]), 1, /cannot be/],
    [
      'a header that is too long',
      spoilt((bytes) => bytes.writeUInt32LE(2 ** 31, schema + 4)),
      1,
      /header of 2147483648/,
    ],
    ['a root outside of the header', spoilt((bytes) => bytes.writeUInt32LE(2 ** 31, schema + 8)), 1, /leads out/],
    [
      'a table of fields outside of it',
      spoilt((bytes) => bytes.writeInt32LE(2 ** 30, schema + 24)),
      1,
      /leads out|without/,
    ],
  ]
  for (const [what, stream, width, reason] of refused) {
    it(`refuses ${what}, however it is cut`, () => {
      for (let size = 1; size <= stream.length; size += 1) {
        assert.throws(
          () => count(stream, width, size),
          (error) => error instanceof ArrowSyntaxError && reason.test(error.message),
        )
      }
    })
  }

  it('never counts a cut stream as whole, unless the cut is between messages', () => {
    const afterFirst = schemaMessage(2).length + batchMessage({ rows: 3 }).length
    const ends = new Map([
      [0, 0],
      [schemaMessage(2).length, 0],
      [afterFirst, 3],
      [TWO_BATCHES.length, 7],
    ])
    for (let length = 0; length <= TWO_BATCHES.length; length += 1) {
      const cut = TWO_BATCHES.subarray(0, length)
      const rows = ends.get(length)
      if (rows === undefined) assert.throws(() => count(cut, 2), /cut off/, `${length} bytes`)
      else assert.equal(count(cut, 2), rows)
    }
  })

  it('takes any bytes for a stream or for none, and fails in no other way', () => {
    const changes = fc.array(fc.tuple(fc.nat(TWO_BATCHES.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(changes, (places) => {
        const stream = Buffer.from(TWO_BATCHES)
        for (const [at, value] of places) stream[at] = value
        try {
          assert.ok(Number.isSafeInteger(count(stream, 2)))
        } catch (error) {
          assert.ok(error instanceof ArrowSyntaxError, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('countArrowRows', () => {
  it('counts a stream in base64, of any length', () => {
    assert.equal(countArrowRows('', 5), 0)
    for (const bodyBytes of [1, 2, 3, 200_000, 200_001]) {
      const stream = arrowStream(2, [{ rows: 5, bodyBytes }])
      assert.equal(countArrowRows(stream.toString('base64'), 2), 5)
    }
  })

  it('refuses what decoders read differently', () => {
    const text = arrowStream(1, [{ rows: 5, bodyBytes: 300_001 }]).toString('base64')
    const spoilings = [
      `${text}\n`,
      ` ${text}`,
      text.slice(0, -1),
      text.replace(/A/, '-'),
      text.replace(/A/, '='),
      `=${text.slice(1)}`,
    ]
    for (const other of spoilings) assert.throws(() => countArrowRows(other, 1), /not base64/)
  })
})
