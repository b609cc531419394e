import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { arrowStream } from '../../../test/support/arrow-stream.ts'
import { isIcecoreError } from '../../errors.ts'
import type { ChunkCheck } from '../../gate/ports.ts'
import { createChunkChecker } from './chunk-checker.ts'

const ROWS = 2000
const PLAIN = Buffer.from(Array.from({ length: ROWS }, (_, row) => `["${row}",null]`).join(','))
const PACKED = gzipSync(PLAIN)
const ARROW = arrowStream(2, [{ rows: 1990, bodyBytes: 5000 }, { rows: 10 }])
const WAITING_BYTES = 1000

describe('the chunk checker', () => {
  const checker = createChunkChecker({ threads: 1, waitingBytes: WAITING_BYTES })
  after(() => checker.close())

  async function pushAll(check: ChunkCheck, body: Uint8Array, pieceBytes: number): Promise<void> {
    for (let at = 0; at < body.length; at += pieceBytes) await check.push(body.subarray(at, at + pieceBytes))
  }

  for (const [encoding, body] of [['identity', PLAIN] as const, ['gzip', PACKED] as const]) {
    // The last is one piece, larger than all that may wait: it may not wait for ever.
    for (const pieceBytes of [37, WAITING_BYTES - 1, body.length]) {
      it(`counts rows of ${encoding} that come in pieces of ${pieceBytes} bytes`, async () => {
        const check = checker.start({ encoding, columns: 2, format: 'json' })
        await pushAll(check, body, pieceBytes)
        assert.equal(await check.end(), ROWS)
      })
    }

    it(`says that ${encoding} is cut off`, async () => {
      const check = checker.start({ encoding, columns: 2, format: 'json' })
      const whole = pushAll(check, body.subarray(0, -1), 500).then(() => check.end())
      await assert.rejects(whole, isProtocolError)
    })
  }

  for (const [encoding, body] of [['identity', ARROW] as const, ['gzip', gzipSync(ARROW)] as const]) {
    it(`counts rows of an Arrow stream in ${encoding}, and says when it is cut off or of other columns`, async () => {
      const check = (columns: number): ChunkCheck => checker.start({ encoding, format: 'arrow', columns })
      const whole = check(2)
      await pushAll(whole, body, 37)
      assert.equal(await whole.end(), ROWS)
      for (const [broken, bytes] of [
        [check(2), body.subarray(0, -1)],
        [check(3), body],
      ] as const) {
        await assert.rejects(
          pushAll(broken, bytes, 37).then(() => broken.end()),
          isProtocolError,
        )
      }
    })
  }

  it('leaves the bytes it is given as they are', async () => {
    const body = Buffer.from(PLAIN)
    const check = checker.start({ encoding: 'identity', columns: 2, format: 'json' })
    await check.push(body)
    await check.end()
    assert.ok(body.equals(PLAIN))
  })

  it('lets a pushing chunk wait while the thread has too much, and go on when it has room', async () => {
    const check = checker.start({ encoding: 'identity', columns: 2, format: 'json' })
    let free = false
    const pushed = check.push(PLAIN).then(() => {
      free = true
    })
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
    assert.equal(free, false)
    await pushed
    assert.equal(await check.end(), ROWS)
  })

  it('is not held up by chunks that failed or were given up with pieces still waiting', async () => {
    const broken = checker.start({ encoding: 'identity', columns: 2, format: 'json' })
    const givenUp = checker.start({ encoding: 'identity', columns: 2, format: 'json' })
    const waiting = Array.from({ length: 10 }, () => broken.push(Buffer.from('no rows at all'.repeat(100))))
    waiting.push(givenUp.push(PLAIN))
    givenUp.abandon()
    const settled = await Promise.allSettled([...waiting, broken.end()])
    assert.equal(settled.at(-1)?.status, 'rejected')
    const next = checker.start({ encoding: 'gzip', columns: 2, format: 'json' })
    await pushAll(next, PACKED, 100)
    assert.equal(await next.end(), ROWS)
  })
})

function isProtocolError(error: unknown): boolean {
  return isIcecoreError(error, 'ICE_UPSTREAM_PROTOCOL')
}
