import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { displayWidth, type Paint } from '../../lib/text/index.ts'
import { layoutSql } from './layout-sql.ts'

const plain: Paint = (_, text) => text
const tagged: Paint = (format, text) => `<${String(format)}:${text}>`

describe('SQL on a terminal', () => {
  it('has its keywords, texts, numbers and comments coloured', () => {
    assert.deepEqual(layoutSql("select 1, 'it''s' -- why", { width: 80, maxLines: 5, paint: tagged }), [
      "<magenta:select> <cyan:1>, <green:'it''s'> <dim:-- why>",
    ])
    assert.deepEqual(layoutSql('"FROM" $$ from $$', { width: 80, maxLines: 5, paint: tagged }), [
      '"FROM" <green:$$ from $$>',
    ])
  })

  it('keeps its lines, and colours both halves of a text that spans two', () => {
    assert.deepEqual(layoutSql("SELECT 'a\nb'", { width: 80, maxLines: 5, paint: tagged }), [
      "<magenta:SELECT> <green:'a>",
      "<green:b'>",
    ])
  })

  it('is cut after the lines that were asked for, and says so', () => {
    const lines = layoutSql('1\n'.repeat(50), { width: 80, maxLines: 3, paint: plain })
    assert.deepEqual(lines, ['1', '1', '1', '… 47 more lines'])
    assert.match(
      layoutSql('x'.repeat(20_000_000), { width: 80, maxLines: 2, paint: plain }).at(-1)!,
      /20,000,000 characters/,
    )
  })

  it('never leaves its width and loses nothing that can be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 12, max: 60 }), (sql, width) => {
        for (const line of layoutSql(sql, { width, maxLines: 1000, paint: plain })) {
          assert.ok(displayWidth(line) <= width, line)
          assert.doesNotMatch(line, /[\p{Cc}\u202a-\u202e]/u)
        }
      }),
    )
  })

  it('is broken between words, and what goes on is set in', () => {
    const sql = 'SELECT A, B FROM T\nWHERE NAME IN (1, 2, 3)'
    assert.deepEqual(layoutSql(sql, { width: 12, maxLines: 100, paint: plain }), [
      'SELECT A, B',
      '  FROM T',
      'WHERE NAME',
      '  IN (1, 2,',
      '  3)',
    ])
    assert.deepEqual(layoutSql("SELECT 'one two'", { width: 12, maxLines: 5, paint: tagged }), [
      "<magenta:SELECT> <green:'one>",
      "  <green:two'>",
    ])
    assert.deepEqual(layoutSql('x'.repeat(20), { width: 12, maxLines: 5, paint: plain }), [
      'x'.repeat(12),
      `  ${'x'.repeat(8)}`,
    ])
  })

  it('marks look-alikes by the whole word, and keeps characters whole', () => {
    const layout = { width: 80, maxLines: 5, paint: tagged }
    assert.deepEqual(layoutSql('p\u0430ypal', layout), ['p\\u{430}ypal'])
    assert.deepEqual(layoutSql("\u{20000} '\u{20000}'", layout), ["\u{20000} <green:'\u{20000}'>"])
  })
})
