import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Room } from '../../lib/room.ts'
import { readBody } from './read-body.ts'

const LIMITS = { received: 1000, unpacked: 2000 }

/** What the reader uses of a request: its stream and its headers. */
function requestOf(body: Uint8Array, encoding?: string): IncomingMessage {
  const stream = new PassThrough()
  stream.end(body)
  return Object.assign(stream, { headers: { 'content-encoding': encoding } }) as unknown as IncomingMessage
}

describe('readBody', () => {
  const accepted: readonly (readonly [string, Uint8Array, string | undefined, number])[] = [
    ['a body of exactly the limit', Buffer.alloc(1000, 'a'), undefined, 1000],
    ['a packed body of exactly the limit', gzipSync(Buffer.alloc(2000, 'a')), 'gzip', 2000],
    ['a packed body that does not say so', gzipSync(Buffer.from('{}')), undefined, 2],
  ]
  for (const [name, body, encoding, length] of accepted) {
    it(`takes ${name}`, async () => {
      const memory = new Room(1_000_000)
      const { bytes, release } = await readBody(requestOf(body, encoding), LIMITS, memory)
      assert.deepEqual([bytes.length, memory.taken], [length, length])
      release()
      assert.equal(memory.taken, 0)
    })
  }

  const refused: readonly (readonly [string, Uint8Array, string | undefined, string])[] = [
    ['a body one byte larger', Buffer.alloc(1001, 'a'), undefined, 'ICE_REQUEST_TOO_LARGE'],
    ['a body that never ends', Buffer.alloc(100_000, 'a'), undefined, 'ICE_REQUEST_TOO_LARGE'],
    ['a packed body that unpacks to too much', gzipSync(Buffer.alloc(2001, 'a')), 'gzip', 'ICE_REQUEST_TOO_LARGE'],
    ['a body that is not packed as it says', Buffer.from('{}'), 'gzip', 'ICE_REQUEST_MALFORMED'],
  ]
  for (const [name, body, encoding, code] of refused) {
    it(`refuses ${name}`, async () => {
      const memory = new Room(1_000_000)
      await assert.rejects(readBody(requestOf(body, encoding), LIMITS, memory), { code })
      assert.equal(memory.taken, 0)
    })
  }

  describe('with little memory left', () => {
    const full = { code: 'ICE_REQUEST_MEMORY_LIMIT' }

    it('takes what fits, and refuses one byte more, to the end of what is sent', async () => {
      const memory = new Room(1000)
      memory.take(100)
      await assert.rejects(readBody(requestOf(Buffer.alloc(901)), LIMITS, memory), full)
      assert.equal(memory.taken, 100)
      assert.equal((await readBody(requestOf(Buffer.alloc(900)), LIMITS, memory)).bytes.length, 900)
    })

    it('counts what comes while it comes, and gives it back when the client goes away', async () => {
      const memory = new Room(1000)
      const stream = new PassThrough()
      const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage
      const reading = readBody(request, LIMITS, memory)
      stream.write(Buffer.alloc(700))
      while (memory.taken < 700) await new Promise((resolve) => setImmediate(resolve))
      await assert.rejects(readBody(requestOf(Buffer.alloc(301)), LIMITS, memory), full)
      stream.destroy(new Error('reset'))
      await assert.rejects(reading, { code: 'ICE_REQUEST_MALFORMED' })
      assert.equal(memory.taken, 0)
    })

    it('unpacks nothing for whose most it has no room, and keeps room for what came out', async () => {
      const packed = gzipSync(Buffer.alloc(1500, 'a'))
      const memory = new Room(2000 + packed.length)
      const first = await readBody(requestOf(packed, 'gzip'), LIMITS, memory)
      assert.equal(memory.taken, 1500)
      await assert.rejects(readBody(requestOf(packed, 'gzip'), LIMITS, memory), full)
      first.release()
      assert.equal((await readBody(requestOf(packed, 'gzip'), LIMITS, memory)).bytes.length, 1500)
    })
  })
})
