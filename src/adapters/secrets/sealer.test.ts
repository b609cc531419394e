import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { isIcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'
import { createSealer } from './sealer.ts'

const kek = (): ReturnType<typeof createSecretKey> => createSecretKey(randomBytes(32))
const TEXT = 'session token: snow/flake'

describe('a sealer', () => {
  const key = kek()
  const sealer = createSealer(key)
  const sealed = sealer.seal(new Secret(TEXT), 'session-1')

  it('opens what it sealed, also in another process with the same key', () => {
    for (const other of [sealer, createSealer(key)]) assert.equal(other.open(sealed, 'session-1').reveal(), TEXT)
  })

  it('shows nothing of the text, and never the same twice', () => {
    assert.ok(!Buffer.from(sealed, 'base64').includes('snow'))
    assert.notEqual(sealer.seal(new Secret(TEXT), 'session-1'), sealed)
  })

  it('refuses what was sealed for another purpose, under another key, or was changed', () => {
    const bytes = Buffer.from(sealed, 'base64')
    const changed = [0, 1, 20, bytes.length - 1].map((at) => {
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy.toString('base64')
    })
    const attempts = [
      () => sealer.open(sealed, 'session-2'),
      () => createSealer(kek()).open(sealed, 'session-1'),
      ...[...changed, '', bytes.subarray(0, 10).toString('base64')].map((text) => () => sealer.open(text, 'session-1')),
    ]
    for (const attempt of attempts) assert.throws(attempt, (error) => isIcecoreError(error, 'ICE_KEY_INVALID'))
  })
})
