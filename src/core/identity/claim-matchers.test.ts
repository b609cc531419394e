import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ClaimMatcher, matchClaims } from './index.ts'

describe('a claim matches', () => {
  const cases: readonly (readonly [string, ClaimMatcher, unknown, boolean])[] = [
    ['the same text', 'main', 'main', true],
    ['case counts', 'main', 'Main', false],
    ['a text within another', 'main', 'mainline', false],
    ['one of a list', ['a', 'b'], 'b', true],
    ['none of a list', ['a', 'b'], 'c', false],
    ['an empty list', [], 'a', false],
    ['a prefix', 'acme/*', 'acme/a/b', true],
    ['a prefix and nothing more', 'acme/*', 'acme/', true],
    ['another prefix', 'acme/*', 'acme-evil/a', false],
    ['a star alone', '*', 'anything', true],
    ['a star alone, and no text', '*', 7, false],
    ['a star elsewhere is a star', 'a*c', 'abc', false],
    ['a star elsewhere is a star, indeed', 'a*c', 'a*c', true],
    ['a literal last star', 'a\\*', 'a*', true],
    ['a literal last star is no prefix', 'a\\*', 'ab', false],
    ['regular expressions are texts', '.*x', 'aax', false],
    ['a number', 7, 7, true],
    ['a number as a text', 7, '7', false],
    ['a text as a number', '7', 7, false],
    ['a boolean', true, true, true],
    ['a boolean as a text (GitLab writes "true")', true, 'true', false],
    ['one and true', 1, true, false],
    ['not a number', Number.NaN, null, false],
    ['a list where a text is wanted', 'main', ['main'], false],
    ['an object where a text is wanted', '*', { toString: 'x' }, false],
    ['null', '*', null, false],
    ['a list that contains it', { contains: 'a' }, ['b', 'a'], true],
    ['a list that contains one of them', { contains: ['x', 'a*'] }, ['b', 'ab'], true],
    ['a list that does not', { contains: 'a' }, ['b'], false],
    ['a text where a list is wanted', { contains: 'a' }, 'a', false],
    ['a list in a list', { contains: 'a' }, [['a']], false],
    ['an absent claim', '*', undefined, false],
  ]
  for (const [name, matcher, value, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(matchClaims({ claim: matcher }, { claim: value }), expected))
  }
})

describe('several matchers', () => {
  test('must all hold', () => {
    assert.equal(matchClaims({ a: 1, b: 2 }, { a: 1, b: 2 }), true)
    assert.equal(matchClaims({ a: 1, b: 2 }, { a: 1, b: 3 }), false)
    assert.equal(matchClaims({ a: 1, b: 2 }, { a: 1 }), false)
  })

  test('and none at all match nothing', () => {
    assert.equal(matchClaims({}, { a: 1 }), false)
  })

  test('names are exact, pointers go into objects', () => {
    const claims = { 'kubernetes.io': { namespace: 'jobs' }, kubernetes: { io: { namespace: 'no' } } }
    assert.equal(matchClaims({ '/kubernetes.io/namespace': 'jobs' }, claims), true)
    assert.equal(matchClaims({ 'kubernetes.io.namespace': 'jobs' }, claims), false)
    assert.equal(matchClaims({ '/kubernetes/io/namespace': 'jobs' }, claims), false)
  })

  test('names of the prototype are no claims', () => {
    for (const name of ['constructor', 'toString', '__proto__', '/__proto__/constructor']) {
      assert.equal(matchClaims({ [name]: '*' }, {}), false)
    }
  })
})

test('a pattern without a star matches itself and nothing else', () => {
  const text = fc.string({ minLength: 1 }).filter((value) => !value.endsWith('*'))
  fc.assert(fc.property(text, text, (a, b) => matchClaims({ c: a }, { c: b }) === (a === b)))
})
