import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { sampleRows } from './row-sampler.ts'

const inline = (text: string) => ({ part: 'inline', encoding: 'identity', body: Buffer.from(text) }) as const

describe('the first rows', () => {
  it('are those of the result, from the inline part and from chunks, whatever the cells hold', async () => {
    const cells = fc.array(fc.option(fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { maxLength: 20 }), fc.nat({ max: 25 }), async (rows, limit) => {
        const whole = JSON.stringify(rows)
        const chunk = { part: 'chunk', encoding: 'gzip', body: gzipSync(whole.slice(1, -1)) } as const
        assert.deepEqual(await sampleRows(inline(whole), limit), rows.slice(0, limit))
        assert.deepEqual(await sampleRows(chunk, limit), rows.slice(0, limit))
      }),
    )
  })

  it('are read across slices of the body', async () => {
    const rows = Array.from({ length: 3 }, (_, index) => [`${index}${'é["]'.repeat(30_000)}`])
    assert.deepEqual(await sampleRows(inline(JSON.stringify(rows)), 3), rows)
  })

  it('cost no more than themselves: the rest of a bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('["a"],'), Buffer.alloc(64 * 1024 * 1024, ' ')]))
    const before = process.memoryUsage().arrayBuffers
    assert.deepEqual(await sampleRows({ part: 'chunk', encoding: 'gzip', body: bomb }, 1), [['a']])
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024)
  })

  it('end where the bytes cannot be read', async () => {
    const cut = gzipSync('["a"],["b"]').subarray(0, -12)
    await sampleRows({ part: 'chunk', encoding: 'gzip', body: cut }, 5)
    assert.deepEqual(await sampleRows({ part: 'chunk', encoding: 'gzip', body: Buffer.from('no gzip') }, 5), [])
    assert.deepEqual(await sampleRows(inline('[["a"],["b'), 5), [['a']])
    assert.deepEqual(await sampleRows(inline('[["a"],{"b":1}]'), 5), [['a']])
    assert.deepEqual(await sampleRows(inline('<html>'), 5), [])
  })

  it('are held as far as sixteen million characters go', async () => {
    const row = `["${'x'.repeat(1024 * 1024)}"]`
    const rows = await sampleRows(inline(`[${Array.from({ length: 40 }, () => row).join(',')}]`), 40)
    assert.equal(rows.length, 16)
  })

  it('never hold a row without an end', async () => {
    assert.deepEqual(await sampleRows(inline(`[["${'x'.repeat(9_000_000)}"]]`), 1), [])
  })
})
