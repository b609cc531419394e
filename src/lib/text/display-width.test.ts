import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { displayWidth, pad, renderTable, safeLine, truncate, wrap } from './index.ts'

test('width is counted in columns', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['❤️', 2],
    ['한국', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['│', 1],
  ]
  for (const [text, width] of cases) assert.equal(displayWidth(text), width, text)
})

test('a cut text fits and says that it was cut', () => {
  assert.equal(truncate('abcdef', 4), 'abc…')
  assert.equal(truncate('abcd', 4), 'abcd')
  assert.equal(truncate('日本語', 4), '日…')
  assert.equal(truncate('x'.repeat(10_000_000), 5), 'xxxx…')
  assert.equal(truncate('abc', 0), '')
})

test('padding counts columns, not characters', () => {
  assert.equal(pad('日', 4), '日  ')
  assert.equal(pad('7', 3, 'right'), '  7')
})

test('lines are broken between words', () => {
  const cases: readonly (readonly [string, number, number, readonly string[]])[] = [
    ['', 5, 0, ['']],
    ['one two', 7, 0, ['one two']],
    ['one two', 6, 0, ['one', 'two']],
    ['one   two', 4, 0, ['one', 'two']],
    ['one two', 3, 0, ['one', 'two']],
    ['a longest-of-words b', 5, 0, ['a', 'longe', 'st-of', '-word', 's b']],
    ['  indented text', 10, 0, ['  indented', 'text']],
    ['雪雪 雪雪', 8, 0, ['雪雪', '雪雪']],
    ['日本語', 1, 0, ['日', '本', '語']],
    ['one two three', 7, 2, ['one two', 'three']],
    ['one two three', 7, 3, ['one two', 'thre', 'e']],
  ]
  for (const [text, width, hanging, lines] of cases) assert.deepEqual(wrap(text, width, hanging), lines, text)
})

test('wrapping loses no word, and cuts none that has room', () => {
  const texts = fc.string({ unit: fc.oneof(fc.constant(' '), fc.string({ unit: 'grapheme', maxLength: 1 })) })
  fc.assert(
    fc.property(texts, fc.integer({ min: 4, max: 20 }), fc.nat({ max: 2 }), (text, width, hanging) => {
      // Spaces at the start are kept, and may leave the first word less room than a line has.
      const safe = safeLine(text).trimStart()
      const lines = wrap(safe, width, hanging)
      assert.equal(lines.join('').replaceAll(' ', ''), safe.replaceAll(' ', ''))
      for (const [index, line] of lines.entries()) {
        assert.ok(displayWidth(line) <= (index === 0 ? width : width - hanging), line)
      }
      const short = (word: string): boolean => displayWidth(word) <= width - hanging
      const words = new Set(lines.flatMap((line) => line.split(' ')))
      for (const word of safe.split(' ').filter(short)) assert.ok(words.has(word) || word === '', word)
    }),
  )
})

test('a table lines up and shows NULL', () => {
  const lines = renderTable(
    {
      columns: [{ name: 'N', align: 'right' }, { name: 'NAME' }],
      rows: [
        ['1', '日本'],
        ['20', null],
      ],
    },
    { width: 40 },
  )
  assert.deepEqual(lines, [' N │ NAME', '───┼─────', ' 1 │ 日本', '20 │ NULL'])
})

test('a table is never wider than asked, whatever it holds', () => {
  const cell = fc.option(fc.string({ unit: 'binary', maxLength: 60 }))
  const tables = fc.integer({ min: 1, max: 30 }).chain((count) =>
    fc.record({
      names: fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: count, maxLength: count }),
      rows: fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 5 }),
    }),
  )
  fc.assert(
    fc.property(tables, fc.integer({ min: 20, max: 200 }), fc.nat({ max: 30 }), ({ names, rows }, width, wholes) => {
      const columns = names.map((name, index) => ({ name, whole: index < wholes }))
      const lines = renderTable({ columns, rows }, { width })
      for (const line of lines) {
        assert.ok(displayWidth(line) <= width, line)
        assert.doesNotMatch(line, /\p{Cc}/u)
      }
    }),
    { numRuns: 60 },
  )
})

test('a column that should stay whole is cut last', () => {
  const row = ['2026-01-01 00:00:00Z', 'a long name of somebody']
  const columns = [{ name: 'OPENED', whole: true }, { name: 'NAME' }]
  assert.equal(renderTable({ columns, rows: [row] }, { width: 33 })[2], '2026-01-01 00:00:00Z │ a long na…')
  assert.equal(renderTable({ columns, rows: [row] }, { width: 20 })[2], '2026-01-01 0… │ a l…')
})

test('columns that do not fit are counted', () => {
  const names = Array.from({ length: 50 }, (_, index) => ({ name: `C${index}` }))
  const lines = renderTable({ columns: names, rows: [] }, { width: 80 })
  assert.match(lines.at(-1)!, /^… 35 more columns$/)
})
