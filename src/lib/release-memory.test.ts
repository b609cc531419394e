import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseMemory } from './release-memory.ts'

const LARGE = 64 * 1024

test('bytes that have a buffer of their own give it back', () => {
  const bytes = Buffer.alloc(LARGE, 1)
  releaseMemory(bytes)
  assert.equal(bytes.length, 0)
})

test('a view of a part leaves the rest as it is', () => {
  const whole = Buffer.alloc(2 * LARGE, 1)
  releaseMemory(whole.subarray(0, LARGE))
  assert.equal(whole.at(-1), 1)
})

test('small bytes are left to the collector, and so is shared memory', () => {
  const small = Buffer.from(new ArrayBuffer(100))
  const shared = new Uint8Array(new SharedArrayBuffer(LARGE))
  releaseMemory(small)
  releaseMemory(shared)
  assert.deepEqual([small.length, shared.length], [100, LARGE])
})
