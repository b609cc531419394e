import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import type { ChunkDelivery } from '../../gate/index.ts'
import { sendChunk } from './chunk-response.ts'

interface Received {
  /** Null when the connection broke. */
  readonly body: string | null
  readonly headers: Headers | null
}

/** Sends one delivery over a real socket, and gives what came of it at the other end. */
async function deliver(pieces: readonly (string | Error)[], more: Partial<ChunkDelivery> = {}): Promise<Received> {
  const release = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece
      yield Buffer.from(piece)
    }
  }
  const server = createServer((_request, response) => {
    void sendChunk({ encoding: 'identity', length: null, pieces: release(), ...more }, response).catch(() => {
      response.writeHead(503).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return { body: response.ok ? await response.text() : `status ${response.status}`, headers: response.headers }
  } catch {
    return { body: null, headers: null }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a chunk on the socket', () => {
  it('goes out whole, and is not called JSON', async () => {
    const { body, headers } = await deliver(['["1"],', '["2"]'], { length: 11 })
    assert.equal(body, '["1"],["2"]')
    assert.equal(headers?.get('content-type'), 'application/octet-stream')
    assert.equal(headers?.get('content-length'), '11')
  })

  it('that fails before its first byte leaves the caller a status to give', async () => {
    assert.equal((await deliver([new Error('no record')])).body, 'status 503')
  })

  it('that fails later is broken off: a body of unknown length must not seem to end', async () => {
    assert.equal((await deliver(['["1"],', '["2"]', new Error('cut off')])).body, null)
  })
})
