import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type RowPart, sampleRows } from './row-sampler.ts'

const VECTORS = new URL('../../../test/vectors/arrow/streams.json', import.meta.url)
/** Three rows in a batch each. */
const BY_ROW = JSON.parse(readFileSync(VECTORS, 'utf8')).streams[
  'a batch for each row, which begin within their buffers'
] as {
  readonly stream: string
  readonly rows: readonly (readonly (string | null)[])[]
}

const inline = (text: string) =>
  ({ format: 'json', part: 'inline', encoding: 'identity', body: Buffer.from(text) }) as const

describe('the first rows', () => {
  it('are those of the result, from the inline part and from chunks, whatever the cells hold', async () => {
    const cells = fc.array(fc.option(fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { maxLength: 20 }), fc.nat({ max: 25 }), async (rows, limit) => {
        const whole = JSON.stringify(rows)
        const chunk = { format: 'json', part: 'chunk', encoding: 'gzip', body: gzipSync(whole.slice(1, -1)) } as const
        assert.deepEqual(await sampleRows(inline(whole), limit), rows.slice(0, limit))
        assert.deepEqual(await sampleRows(chunk, limit), rows.slice(0, limit))
      }),
    )
  })

  it('are read across slices of the body', async () => {
    const rows = Array.from({ length: 3 }, (_, index) => [`${index}${'é["]'.repeat(30_000)}`])
    assert.deepEqual(await sampleRows(inline(JSON.stringify(rows)), 3), rows)
  })

  it('are read from Arrow too, inline and in chunks, as far as whole batches are there', async () => {
    const { stream, rows } = BY_ROW
    const quoted = Buffer.from(JSON.stringify(stream).replaceAll('/', '\\/'))
    const bytes = Buffer.from(stream, 'base64')
    const parts: readonly RowPart[] = [
      { format: 'arrow', part: 'inline', encoding: 'identity', body: quoted },
      { format: 'arrow', part: 'chunk', encoding: 'identity', body: bytes },
      { format: 'arrow', part: 'chunk', encoding: 'gzip', body: gzipSync(bytes) },
    ]
    for (const part of parts) {
      assert.deepEqual(await sampleRows(part, 2), rows.slice(0, 2))
      assert.deepEqual(await sampleRows(part, 9), rows)
      const cut = { ...part, body: part.body.subarray(0, part.body.length - 20) }
      assert.deepEqual(await sampleRows(cut, 9), rows.slice(0, 2))
      assert.deepEqual(await sampleRows({ ...part, body: Buffer.from('"no arrow at all"') }, 9), [])
    }
  })

  it('cost no more than themselves: the rest of a bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('["a"],'), Buffer.alloc(64 * 1024 * 1024, ' ')]))
    const before = process.memoryUsage().arrayBuffers
    assert.deepEqual(await sampleRows({ format: 'json', part: 'chunk', encoding: 'gzip', body: bomb }, 1), [['a']])
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024)
  })

  it('end where the bytes cannot be read', async () => {
    const cut = gzipSync('["a"],["b"]').subarray(0, -12)
    await sampleRows({ format: 'json', part: 'chunk', encoding: 'gzip', body: cut }, 5)
    assert.deepEqual(
      await sampleRows({ format: 'json', part: 'chunk', encoding: 'gzip', body: Buffer.from('no gzip') }, 5),
      [],
    )
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
