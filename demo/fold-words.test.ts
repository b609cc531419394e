import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { foldWords } from './fold-words.ts'

describe('foldWords', () => {
  const table: readonly (readonly [string, number, readonly string[]])[] = [
    ['', 5, ['']],
    ['one two', 7, ['one two']],
    ['one two', 6, ['one', 'two']],
    ['a longest-of-words b', 5, ['a', 'longest-of-words', 'b']],
    ['  indented text', 10, ['  indented', 'text']],
    ['雪雪 雪雪', 8, ['雪雪', '雪雪']],
  ]
  for (const [text, width, lines] of table) {
    it(`${JSON.stringify(text)} at ${width}`, () => assert.deepEqual(foldWords(text, width), lines))
  }
})
