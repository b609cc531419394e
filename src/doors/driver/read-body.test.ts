import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
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
      assert.equal((await readBody(requestOf(body, encoding), LIMITS)).length, length)
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
      await assert.rejects(readBody(requestOf(body, encoding), LIMITS), { code })
    })
  }
})
