import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { whenSent } from './when-sent.ts'

/** More than sockets buffer. */
const BODY = Buffer.alloc(32 * 1024 * 1024)

const server = createServer()
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A request whose answer its client does not read by itself, and the response to it. */
async function ask(): Promise<{ readonly client: Socket; readonly response: ServerResponse }> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => undefined)
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { client, response }
}

describe('whenSent', () => {
  it('says that an answer has left', async () => {
    const clock = new FakeClock()
    const { client, response } = await ask()
    const sent = new Promise<void>((resolve) => whenSent(response, BODY.length, clock, resolve))
    response.end(BODY)
    client.resume()
    await sent
    assert.equal(clock.waiting, 0)
    client.destroy()
  })

  it('says that it never will: its client has gone, before or while it is sent', async () => {
    const clock = new FakeClock()
    const { client, response } = await ask()
    const sent = new Promise<void>((resolve) => whenSent(response, BODY.length, clock, resolve))
    response.end(BODY)
    client.destroy()
    await sent
    let again = 0
    whenSent(response, BODY.length, clock, () => {
      again += 1
    })
    assert.deepEqual([again, clock.waiting], [1, 0])
  })

  it('cuts off a client that takes nothing, and not before it had its time', async () => {
    const clock = new FakeClock()
    const { client, response } = await ask()
    let ended = false
    const sent = new Promise<void>((resolve) =>
      whenSent(response, BODY.length, clock, () => {
        ended = true
        resolve()
      }),
    )
    response.end(BODY)
    clock.advance(60_000 + BODY.length / 16 - 1)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(ended, false)
    clock.advance(1)
    await sent
    assert.ok(response.destroyed)
    client.destroy()
  })
})
