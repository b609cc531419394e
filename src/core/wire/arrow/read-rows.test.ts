import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ArrowSyntaxError, countArrowRows, readArrowRows } from './index.ts'

interface Vectors {
  readonly columns: readonly string[]
  readonly streams: Readonly<Record<string, { readonly stream: string; readonly rows: readonly (string | null)[][] }>>
}

const { columns, streams }: Vectors = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/arrow/streams.json', import.meta.url), 'utf8'),
)

/** By column, so that a difference names what it is about. */
function named(rows: readonly (readonly (string | null)[])[]): readonly Record<string, string | null>[] {
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [columns[index] ?? index, cell])))
}

describe('readArrowRows', () => {
  for (const [name, { stream, rows }] of Object.entries(streams)) {
    it(`reads ${name} as JSON rows have it`, () => {
      const read = [...readArrowRows(Buffer.from(stream, 'base64'), 100)]
      assert.deepEqual(named(read), named(rows))
      assert.equal(countArrowRows(stream, columns.length), rows.length)
    })
  }

  const all = Object.values(streams).map(({ stream, rows }) => ({ bytes: Buffer.from(stream, 'base64'), rows }))

  it('reads what is there in whole batches, and no more rows than are wanted', () => {
    for (const { bytes, rows } of all) {
      for (let limit = 0; limit <= rows.length; limit += 1) {
        assert.deepEqual([...readArrowRows(bytes, limit)], rows.slice(0, limit))
      }
      for (let length = 0; length < bytes.length; length += 7) {
        const read = [...readArrowRows(bytes.subarray(0, length), 100)]
        assert.deepEqual(read, rows.slice(0, read.length))
      }
    }
  })

  it('takes bytes that do not begin at an even place', () => {
    for (const { bytes, rows } of all) {
      const moved = Buffer.concat([Buffer.from([0]), bytes]).subarray(1)
      assert.deepEqual([...readArrowRows(moved, 100)], rows)
    }
  })

  it('ends with rows or an ArrowSyntaxError, whatever is changed in the bytes', () => {
    const [{ bytes } = { bytes: Buffer.of() }] = all
    const edit = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const spoilt = Buffer.from(bytes)
        for (const [at, value] of edits) spoilt[at] = value
        try {
          for (const row of readArrowRows(spoilt, 50))
            assert.ok(row.every((cell) => cell === null || typeof cell === 'string'))
        } catch (error) {
          assert.ok(error instanceof ArrowSyntaxError, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })
})
