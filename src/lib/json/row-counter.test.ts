import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { countRows, JsonSyntaxError, RowCounter } from './index.ts'

function count(text: string, width: number, blockSize = text.length || 1): number {
  const counter = new RowCounter(width)
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += blockSize) counter.push(bytes.subarray(start, start + blockSize))
  return counter.end()
}

describe('RowCounter', () => {
  const counted: readonly (readonly [string, number, number])[] = [
    ['', 3, 0],
    [' \n', 3, 0],
    ['["a"]', 1, 1],
    ['["a",null],["b","c"]', 2, 2],
    [' [ "a" , null ] ,\n[ "b" , "c" ] ', 2, 2],
    ['["]"],["[\\"]"],["\\\\"],["\\u00e9,"]', 1, 4],
    ['[null]', 1, 1],
  ]
  for (const [text, width, rows] of counted) {
    it(`counts ${rows} rows in ${JSON.stringify(text)}, however it is cut`, () => {
      for (let size = 1; size <= text.length + 1; size += 1) assert.equal(count(text, width, size), rows)
    })
  }

  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['["a"', 1, /cut off/],
    ['["a', 1, /cut off/],
    ['["a"],', 1, /cut off/],
    ['[nul', 1, /cut off/],
    ['["a\\', 1, /cut off/],
    ['["a","b"]', 1, /a row of 2 cells where 1 were promised/],
    ['["a"]', 2, /a row of 1 cells where 2 were promised/],
    ['[]', 1, /neither string nor null/],
    ['[1]', 1, /neither string nor null/],
    ['[true]', 1, /neither string nor null/],
    ['[nil]', 1, /neither string nor null/],
    ['[["a"]]', 1, /neither string nor null/],
    ['[{}]', 1, /neither string nor null/],
    ['["a",]', 1, /neither string nor null/],
    ['["a"]["b"]', 1, /comma between rows/],
    ['["a" "b"]', 2, /comma or the end of the row/],
    ['["a"]x', 1, /comma between rows/],
    [',["a"]', 1, /a row was expected/],
    ['"a"', 1, /a row was expected/],
    ['["a\n"]', 1, /control character/],
    ['["\\q"]', 1, /invalid escape/],
    ['["\\u12g4"]', 1, /invalid escape/],
  ]
  for (const [text, width, reason] of refused) {
    it(`refuses ${JSON.stringify(text)}, however it is cut`, () => {
      for (let size = 1; size <= text.length; size += 1) {
        assert.throws(
          () => count(text, width, size),
          (error) => error instanceof JsonSyntaxError && reason.test(error.message),
        )
      }
    })
  }

  it('counts what JSON.stringify writes', () => {
    const cells = fc.option(fc.string({ unit: 'binary' }))
    const tables = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.tuple(fc.constant(width), fc.array(fc.array(cells, { minLength: width, maxLength: width }))))
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 50 }), fc.nat(2), ([width, rows], blockSize, indent) => {
        const text = JSON.stringify(rows, null, indent)
        assert.equal(countRows(Buffer.from(text), width), rows.length)
        assert.equal(count(text.slice(1, -1), width, blockSize), rows.length)
      }),
    )
  })

  it('never counts a cut chunk as whole, unless the cut is between rows', () => {
    const text = '["a\\"]",null],["b\\u0041","c"],["]","["]'
    const ends = new Set([0, 13, 29, text.length])
    for (let length = 0; length <= text.length; length += 1) {
      const cut = text.slice(0, length)
      if (ends.has(length)) assert.ok(count(cut, 2) >= 0)
      else assert.throws(() => count(cut, 2), /cut off/, cut)
    }
  })
})

describe('countRows', () => {
  it('wants the outer brackets, once', () => {
    assert.equal(countRows(Buffer.from('[]'), 4), 0)
    assert.equal(countRows(Buffer.from('[["1"],["2"]]'), 1), 2)
    for (const text of ['', '[', '["1"]', '[["1"]', '{}', '[["1"]]]']) {
      assert.throws(() => countRows(Buffer.from(text), 1), JsonSyntaxError, text)
    }
  })
})
