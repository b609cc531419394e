import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, it } from 'node:test'
import type { StoredEvent } from '../../core/recording/index.ts'
import { encodeEvent } from './encode-lines.ts'
import { Watchers } from './watchers.ts'

type Listener = (events: readonly StoredEvent[]) => void

function event(session: string | null, type = 'statement.polled'): StoredEvent {
  return { lsn: 1, at: 0, monotonic: 0, session, type, facts: {} } as never
}

const LINE_BYTES = encodeEvent(event('s')).length

describe('watchers', () => {
  let listeners: Set<Listener>
  let watchers: Watchers

  beforeEach(() => {
    listeners = new Set()
    const subscribe = (listener: Listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
    watchers = new Watchers(subscribe, 4 * LINE_BYTES)
  })

  const happen = (...events: readonly StoredEvent[]): void => {
    for (const listener of listeners) listener(events)
  }

  it('who falls too far behind is told so, in the place of what waited, and left', async () => {
    const slow = watchers.watch(null)
    happen(...Array.from({ length: 9 }, () => event('s')))
    assert.equal(listeners.size, 0)
    const lines = (await text(slow)).trim().split('\n')
    assert.match(lines.at(-1) ?? '', /"ICE_REQUEST_MEMORY_LIMIT"/)
    assert.ok(lines.length < 5)
  })

  it('who keeps up is not left for those who do not', async () => {
    const stuck = Array.from({ length: 3 }, () => watchers.watch(null))
    const quick = watchers.watch(null)
    let read = ''
    quick.on('data', (bytes: Buffer) => {
      read += bytes.toString()
    })
    for (let round = 0; round < 20; round += 1) {
      happen(event('s'))
      await new Promise(setImmediate)
    }
    assert.equal(read.match(/statement\.polled/g)?.length, 20)
    for (const stream of stuck) assert.match(await text(stream), /"ICE_REQUEST_MEMORY_LIMIT"/)
    assert.equal(listeners.size, 1)
    quick.destroy()
    await new Promise(setImmediate)
    assert.equal(listeners.size, 0)
  })

  it('lines come in order, however they are read', async () => {
    const stream = watchers.watch('s')
    const happened = Array.from({ length: 3 }, (_, at) => ({ ...event('s'), lsn: at }))
    happen(happened[0]!, event('other'), event(null), happened[1]!)
    let read = ''
    stream.on('data', (bytes: Buffer) => {
      read += bytes.toString()
    })
    await new Promise(setImmediate)
    happen(happened[2]!, event('s', 'session.ended'))
    await new Promise((resolve) => stream.once('end', resolve))
    const lines = read.trim().split('\n')
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as StoredEvent).lsn),
      [0, 1, 2, 1],
    )
    assert.match(lines.at(-1) ?? '', /session\.ended/)
  })
})
