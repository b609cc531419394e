import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { UnpackedTooLarge, unpackGzip } from './unpack-gzip.ts'

const CASES = [
  { name: 'an empty body', bytes: Buffer.alloc(0) },
  { name: 'a small body', bytes: Buffer.from('{"success":true}') },
  { name: 'a small body that grows large', bytes: Buffer.alloc(4 * 1024 * 1024) },
  { name: 'a large body', bytes: randomBytes(300 * 1024) },
]

for (const { name, bytes } of CASES) {
  test(`${name} is unpacked up to its own size, and not beyond the limit`, async () => {
    const packed = gzipSync(bytes)
    assert.deepEqual(await unpackGzip(packed, Math.max(1, bytes.length)), bytes)
    if (bytes.length < 2) return
    await assert.rejects(unpackGzip(packed, bytes.length - 1), new UnpackedTooLarge(bytes.length - 1))
  })
}

test('what is no gzip, or is cut off, is refused', async () => {
  await assert.rejects(unpackGzip(Buffer.from('plain'), 100), { code: 'Z_DATA_ERROR' })
  await assert.rejects(unpackGzip(gzipSync('some text').subarray(0, 15), 100), { code: 'Z_BUF_ERROR' })
})
