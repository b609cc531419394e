import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closest } from './index.ts'

test('a slip finds the word that was meant', () => {
  const words = ['issuers', 'connections', 'people', 'public_url', 'port']
  assert.equal(closest('isuers', words), 'issuers')
  assert.equal(closest('Issuers', words), 'issuers')
  assert.equal(closest('conections', words), 'connections')
  assert.equal(closest('public-url', words), 'public_url')
  assert.equal(closest('prot', words), 'port')
})

test('another word finds nothing', () => {
  assert.equal(closest('zzzzz', ['issuers', 'people']), undefined)
  assert.equal(closest('x'.repeat(100_000), ['issuers']), undefined)
})
