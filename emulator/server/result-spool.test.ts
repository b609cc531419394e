import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Column, StatementResult } from '../engine.ts'
import type { Row } from './result-chunk.ts'
import { ResultSpool, readRows } from './result-spool.ts'

const SMALL = { inlineRows: 3, inlineBytes: 100, firstChunkBytes: 50, maxChunkBytes: 150 }
const JSON_FORMAT = { kind: 'json', isNative: false } as const
const ARROW_FORMAT = { kind: 'arrow', isNative: true } as const
const MIB = 1024 * 1024

const TEXT_COLUMN = {
  name: 'C',
  type: 'text',
  nullable: true,
  database: '',
  schema: '',
  table: '',
  byteLength: null,
  length: null,
  precision: null,
  scale: null,
  collation: null,
}

function resultOf(batches: StatementResult['batches'], columns: readonly Column[] = []): StatementResult {
  return { columns, batches, statementTypeId: 0x1000, numberOfBinds: 0 }
}

async function* toBatches(batches: readonly (readonly Row[])[]): AsyncGenerator<readonly Row[]> {
  yield* batches
}

describe('ResultSpool', () => {
  it('gives back every row in order, in chunks as large as announced', async () => {
    const spool = new ResultSpool(SMALL)
    const row = fc.array(fc.option(fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 8 }), async (batches) => {
        const stored = await spool.store(resultOf(toBatches(batches)), JSON_FORMAT, AbortSignal.timeout(10_000))
        assert.deepEqual(readRows(stored), batches.flat())
        assert.equal(stored.total, batches.flat().length)
        assert.ok(stored.inlineRows.length <= SMALL.inlineRows)
        for (const chunk of stored.chunks) {
          const text = gunzipSync(readFileSync(chunk.file))
          assert.equal(text.length, chunk.uncompressedSize)
          assert.equal(JSON.parse(`[${text}]`).length, chunk.rowCount)
        }
      }),
      { numRuns: 50 },
    )
    await spool.close()
  })

  it('stops at the signal, and leaves no file behind', async () => {
    const spool = new ResultSpool(SMALL)
    const abort = new AbortController()
    async function* endless(): AsyncGenerator<readonly Row[]> {
      for (let batch = 0; ; batch += 1) {
        if (batch === 10) abort.abort(new Error('enough'))
        yield Array.from({ length: 10 }, () => ['x'.repeat(20)])
      }
    }
    await assert.rejects(spool.store(resultOf(endless()), JSON_FORMAT, abort.signal), { message: 'enough' })
    assert.deepEqual(readdirSync(spool.directory), [])
    await spool.close()
  })

  for (const [format, mebibytes] of [
    [JSON_FORMAT, 32],
    [ARROW_FORMAT, 64],
  ] as const)
    it(`holds no rows of a result of 1,000,000 × 10 in memory: ${format.kind}`, async () => {
      setFlagsFromString('--expose-gc')
      const collectGarbage: () => void = runInNewContext('gc')
      const inUse = () => {
        collectGarbage()
        const { heapUsed, external } = process.memoryUsage()
        return heapUsed + external
      }
      const spool = new ResultSpool({ ...SMALL, firstChunkBytes: MIB, maxChunkBytes: 16 * MIB })
      const idle = inUse()
      let peak = 0
      async function* wide(): AsyncGenerator<readonly Row[]> {
        for (let batch = 0; batch < 1000; batch += 1) {
          if (batch % 100 === 0) peak = Math.max(peak, inUse())
          yield Array.from({ length: 1000 }, (_, index) => [`${batch} ${index}`, ...Array(9).fill('filler')])
        }
      }
      const stored = await spool.store(
        resultOf(wide(), Array(10).fill(TEXT_COLUMN)),
        format,
        new AbortController().signal,
      )
      assert.equal(stored.total, 1_000_000)
      assert.ok(peak - idle < mebibytes * MIB, `${(peak - idle) / MIB} MiB in use`)
      await spool.close()
    })
})
