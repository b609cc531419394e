import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { createListener } from './listener.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0, certificate: null, admits: null, handshake: 1000, connections: 10 }
const NO_DOOR = { register: () => undefined }

describe('createListener', () => {
  it('says where it cannot listen, and why', async () => {
    const first = await createListener(LOOPBACK, NO_DOOR, systemClock)
    const port = Number(new URL(first.url).port)
    try {
      await assert.rejects(createListener({ ...LOOPBACK, port }, NO_DOOR, systemClock), {
        code: 'ICE_LISTEN_FAILED',
        message: `Cannot listen on 127.0.0.1:${port}: EADDRINUSE.`,
      })
    } finally {
      await first.close()
    }
    const again = await createListener({ ...LOOPBACK, port }, NO_DOOR, systemClock)
    await again.close()
  })

  it('routes a path with doubled slashes as the one it means', async () => {
    const listener = await createListener(
      LOOPBACK,
      { register: (app) => app.get('/queries/:id', async () => 'found') },
      systemClock,
    )
    try {
      assert.equal(await (await fetch(`${listener.url}//queries///7?a=//b`)).text(), 'found')
    } finally {
      await listener.close()
    }
  })

  it('leaves a path that cannot be decoded to the door', async () => {
    const listener = await createListener(
      LOOPBACK,
      { register: (app) => app.get('/queries/:id', async ({ params }) => params) },
      systemClock,
    )
    try {
      const read = async (path: string): Promise<unknown> => (await fetch(`${listener.url}${path}`)).json()
      assert.deepEqual(await read('/queries/%ZZ%41'), { id: '%ZZ%41' })
      assert.deepEqual(await read('/queries/%41'), { id: 'A' })
    } finally {
      await listener.close()
    }
  })

  it('tells a client to go on, but not in the middle of an answer that waits behind another', async () => {
    const heard = Promise.withResolvers<void>()
    const listener = await createListener(
      LOOPBACK,
      {
        register: (app) => {
          app.get('/first', async () => heard.promise.then(() => 'first'))
          app.get('/second', async () => {
            setImmediate(heard.resolve)
            return 'second'
          })
        },
      },
      systemClock,
    )
    try {
      const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
      const head = 'HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n'
      socket.write(`GET /first ${head}\r\nGET /second ${head}connection: close\r\n\r\n`)
      const said = (await text(socket)).replace(/\r\n(?:date|keep-alive): [^\r]*/gi, '')
      assert.match(said, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nfirst/)
      assert.match(said, /firstHTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nsecond$/)
      assert.equal(said.match(/100 Continue/g)?.length, 1)
    } finally {
      await listener.close()
    }
  })
})
