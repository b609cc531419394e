import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logInRaw, query, startTestEmulator } from './test-client.ts'

describe('chunks whose client goes away', () => {
  it('are no trouble, though the emulator closes before they are sent', async () => {
    const emulator = await startTestEmulator({ inlineRows: 2, firstChunkBytes: 500, maxChunkBytes: 2000 })
    const { token } = await logInRaw(emulator.server)
    const { data } = (await query(emulator.server, token, 'ROWS 100')).json
    emulator.server.faults.set('chunk-slow', 50)
    const gone = new AbortController()
    const chunk = fetch(data.chunks[0].url, { headers: data.chunkHeaders, signal: gone.signal })
    const isThere = () => emulator.server.inspect.requests().some(({ port }) => port === 'storage')
    while (!isThere()) await new Promise(setImmediate)
    gone.abort()
    await assert.rejects(chunk)
    await emulator.server.close()
    // The time of the fault: a failure that nobody catches would end this test.
    await new Promise((resolve) => setTimeout(resolve, 100))
  })
})
