import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safeLine, safeLines } from './index.ts'

const CASES: readonly (readonly [string, string, string])[] = [
  ['an escape sequence', '\u001b[2J\u001b]0;x\u0007', '␛[2J␛]0;x␇'],
  ['a C1 control sequence introducer', '\u009b31m', '\\u{9b}31m'],
  ['NUL and DEL', '\u0000\u007f', '␀␡'],
  ['line ends and tabs', 'a\r\nb\tc', 'a␍␊b␉c'],
  ['a right-to-left override', 'abc\u202etxt', 'abc\\u{202e}txt'],
  ['isolates', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['zero-width characters', 'ad\u200bm\u200din\ufeff', 'ad\\u{200b}m\\u{200d}in\\u{feff}'],
  ['other spaces', 'a\u00a0b\u3000c', 'a\\u{a0}b\\u{3000}c'],
  ['blank letters', '\u3164\u2800', '\\u{3164}\\u{2800}'],
  ['line separators', 'a\u2028b', 'a\\u{2028}b'],
  ['tag characters', 'x\u{e0041}', 'x\\u{e0041}'],
  ['smuggling variation selectors', 'x\ufe01\u{e0101}', 'x\\u{fe01}\\u{e0101}'],
  ['half surrogates', 'a\ud800b', 'a\\u{d800}b'],
  ['a private character', '\ue000', '\\u{e000}'],
  ['a Cyrillic letter in a Latin word', 'p\u0430ypal', 'p\\u{430}ypal'],
  ['too many marks on a letter', `a${'\u0301'.repeat(6)}`, `a${'\u0301'.repeat(4)}\\u{301}\\u{301}`],
]

const HARMLESS = ['SELECT 1', 'Grüße, Žluťoučký', 'Привет', 'Ελλάδα', '日本語', 'é', '❤️ 👍🏽', '1️⃣', 'a < b && c', '']

test('what could deceive is marked', () => {
  for (const [name, text, expected] of CASES) assert.equal(safeLine(text), expected, name)
})

test('ordinary text of any language stays as it is', () => {
  for (const text of HARMLESS) assert.equal(safeLine(text), text)
})

test('lines stay lines', () => {
  assert.deepEqual(safeLines('a\r\n\tb\n\u001bc\rd'), ['a', '    b', '␛c␍d'])
})

test('nothing that a terminal acts on survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(safeLine(text), /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u)
    }),
  )
})

test('marking twice is marking once', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => safeLine(safeLine(text)) === safeLine(text)))
})
