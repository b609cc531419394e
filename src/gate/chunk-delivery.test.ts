import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { arrowStream } from '../../test/support/arrow-stream.ts'
import { countingIds } from '../../test/support/counting-ids.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { chunkBody, fakeSession, fakeUpstream } from '../../test/support/fake-session.ts'
import { MemoryRecorder } from '../../test/support/memory-recorder.ts'
import { createChunkChecker } from '../adapters/workers/index.ts'
import { type ChunkDelivery, deliverChunk } from './chunk-delivery.ts'
import { ChunkLinks } from './chunk-links.ts'

const checker = createChunkChecker({ threads: 1, waitingBytes: 1024 * 1024 })
after(() => checker.close())

/** A chunk's text: rows without the outer brackets. */
function rows(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, row) => `["${row}","text ${row}"]`).join(','))
}

const arrow = arrowStream(2, [{ rows: 60, bodyBytes: 9000 }, { rows: 40 }])

/** The same bytes in blocks of a size. */
function blocksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) blocks.push(bytes.subarray(at, at + size))
  return blocks
}

interface Chunk {
  readonly blocks: readonly (Uint8Array | Error)[]
  readonly encoding?: 'identity' | 'gzip'
  readonly format?: 'json' | 'arrow'
  readonly promised: number
}

async function open({ blocks, encoding = 'gzip', format = 'json', promised }: Chunk) {
  const recorder = new MemoryRecorder()
  const clock = new FakeClock()
  const ids = countingIds()
  const links = new ChunkLinks({ clock, ids, life: 1000, perSession: 10 })
  const session = fakeSession(fakeUpstream({ openChunk: async () => chunkBody(blocks, encoding) }))
  const chunks = [{ url: 'https://storage/c', headers: {}, rows: promised }]
  const set = links.open({ session, statement: 'st', queryId: 'q', format, columns: 2, chunks }, true)
  const tools = { recorder, checker, links, recall: async () => undefined, clock, ids }
  const request = { token: set.token, index: 0, key: set.key }
  const delivery = await deliverChunk(request, tools, new AbortController().signal)
  return { recorder, delivery }
}

async function collect(delivery: ChunkDelivery): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of delivery.pieces) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('deliverChunk', () => {
  for (const encoding of ['gzip', 'identity'] as const) {
    it(`passes ${encoding} bytes as they are, and records them with their rows and hash`, async () => {
      const plain = rows(40_000)
      const body = encoding === 'gzip' ? gzipSync(plain, { level: 0 }) : plain
      const { recorder, delivery } = await open({ blocks: blocksOf(body, 65_536), encoding, promised: 40_000 })
      assert.deepEqual(await collect(delivery), Buffer.from(body))
      const batches = recorder.events.map((event) => {
        assert.equal(event.type, 'result.batch')
        return event
      })
      assert.ok(batches.length > 1)
      assert.deepEqual(Buffer.concat(batches.map((batch) => batch.body ?? new Uint8Array())), Buffer.from(body))
      const sha256 = createHash('sha256').update(body).digest('hex')
      assert.partialDeepStrictEqual(batches.at(-1)?.facts, { last: true, rows: 40_000, sha256, bodyBytes: body.length })
      assert.deepEqual(
        batches.map((batch) => batch.facts.piece),
        batches.map((_, piece) => piece),
      )
    })
  }

  it('passes Arrow bytes as they are, when their rows are those promised', async () => {
    const { recorder, delivery } = await open({
      blocks: blocksOf(gzipSync(arrow), 100),
      format: 'arrow',
      promised: 100,
    })
    assert.deepEqual(await collect(delivery), gzipSync(arrow))
    assert.partialDeepStrictEqual(recorder.events.at(-1)?.facts, { last: true, rows: 100 })
  })

  it('takes a chunk without rows', async () => {
    const { delivery } = await open({ blocks: [gzipSync('')], promised: 0 })
    assert.deepEqual(await collect(delivery), gzipSync(''))
  })

  const whole = gzipSync(rows(100))
  const broken: readonly [string, Chunk][] = [
    ['fewer rows than promised', { blocks: [gzipSync(rows(99))], promised: 100 }],
    ['more rows than promised', { blocks: [gzipSync(rows(101))], promised: 100 }],
    ['a body that ends early but cleanly', { blocks: [whole.subarray(0, whole.length - 20)], promised: 100 }],
    ['bytes after the end', { blocks: [whole, Buffer.from('more')], promised: 100 }],
    ['no gzip', { blocks: [rows(100)], promised: 100 }],
    ['rows of another width', { blocks: [gzipSync('["1"],["2"]')], promised: 2 }],
    ['cells that are no text', { blocks: [gzipSync('[1,2]')], promised: 1 }],
    ['a broken connection', { blocks: [whole, new Error('reset')], promised: 100 }],
    ['fewer Arrow rows than promised', { blocks: [gzipSync(arrow)], format: 'arrow', promised: 101 }],
    ['more Arrow rows than promised', { blocks: [gzipSync(arrow)], format: 'arrow', promised: 99 }],
    ['Arrow that is cut', { blocks: [arrow.subarray(0, -1)], encoding: 'identity', format: 'arrow', promised: 100 }],
    ['Arrow where JSON was promised', { blocks: [gzipSync(arrow)], promised: 100 }],
    ['JSON where Arrow was promised', { blocks: [whole], format: 'arrow', promised: 100 }],
    ['plain text that is cut', { blocks: [rows(100).subarray(0, 500)], encoding: 'identity', promised: 100 }],
  ]
  for (const [what, chunk] of broken) {
    it(`never ends cleanly with ${what}`, async () => {
      const { recorder, delivery } = await open(chunk)
      await assert.rejects(collect(delivery))
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(recorder.types.at(-1), 'result.broken')
      assert.ok(recorder.events.every((event) => event.type !== 'result.batch' || !event.facts.last))
    })
  }

  it('lets no byte out that is not on record', async () => {
    const { recorder, delivery } = await open({
      blocks: blocksOf(gzipSync(rows(40_000), { level: 0 }), 65_536),
      promised: 40_000,
    })
    recorder.broken = true
    const pieces: Uint8Array[] = []
    await assert.rejects(
      async () => {
        for await (const piece of delivery.pieces) pieces.push(piece)
      },
      { code: 'ICE_RECORD_UNAVAILABLE' },
    )
    assert.deepEqual(pieces, [])
  })
})
