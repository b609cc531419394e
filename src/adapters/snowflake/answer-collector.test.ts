import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Agent } from 'undici'
import { AnswerCollector } from './answer-collector.ts'

const TOO_LARGE = new Error('too large')

let server: Server
let agent: Agent
let origin: string
let asked: string[]
let held: ServerResponse[]

beforeEach(async () => {
  asked = []
  held = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/hold') held.push(response)
    else response.end('x'.repeat(Number(request.url?.slice(1))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  agent = new Agent({ connections: 1, pipelining: 1 })
})
afterEach(async () => {
  await agent.destroy()
  server.closeAllConnections()
  server.close()
})

function ask(path: string): AnswerCollector {
  const collector = new AnswerCollector({ maxBytes: 100_000, tooLarge: () => TOO_LARGE })
  agent.dispatch({ origin, path, method: 'GET' }, collector)
  return collector
}

describe('AnswerCollector', () => {
  it('takes an answer of any size up to the limit', async () => {
    for (const size of [0, 1, 100_000]) {
      const { status, body } = await ask(`/${size}`).answer
      assert.equal(status, 200)
      assert.equal(body.length, size)
    }
  })

  it('refuses a larger one', async () => {
    await assert.rejects(ask('/100001').answer, TOO_LARGE)
  })

  it('gives up at once when it is cancelled, and what waited for a socket is never sent', async () => {
    const first = ask('/hold')
    while (held.length === 0) await once(server, 'request')
    const second = ask('/7')
    const reason = new Error('not wanted any more')
    second.cancel(reason)
    await assert.rejects(second.answer, reason)
    held[0]?.end('done')
    assert.equal((await first.answer).body.toString(), 'done')
    assert.equal((await ask('/3').answer).body.length, 3)
    assert.deepEqual(asked, ['/hold', '/3'])
  })

  it('rejects when the connection breaks in the middle', async () => {
    const collector = ask('/hold')
    while (held.length === 0) await once(server, 'request')
    held[0]?.write('half')
    held[0]?.destroy()
    await assert.rejects(collector.answer)
  })
})
