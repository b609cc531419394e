import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'
import type { StoredEvent } from '../../core/recording/index.ts'
import { tailEvents } from './live-tail.ts'

type Listener = (events: readonly StoredEvent[]) => void

const EVENT = { lsn: 1, at: 0, monotonic: 0, session: 's', type: 'statement.polled', facts: {} } as never

function tailWith(mostWaiting: number): {
  readonly listeners: Set<Listener>
  readonly tail: ReturnType<typeof tailEvents>
} {
  const listeners = new Set<Listener>()
  const subscribe = (listener: Listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { listeners, tail: tailEvents(subscribe, null, mostWaiting) }
}

it('who falls too far behind is told so and left; who keeps up is not', async () => {
  const slow = tailWith(300)
  for (const listener of slow.listeners) listener([EVENT, EVENT, EVENT, EVENT])
  assert.equal(slow.listeners.size, 0)
  assert.match((await text(slow.tail)).trim().split('\n').at(-1) ?? '', /"ICE_REQUEST_MEMORY_LIMIT"/)

  const quick = tailWith(300)
  for (let round = 0; round < 4; round += 1) {
    for (const listener of quick.listeners) listener([EVENT])
    assert.match(String(quick.tail.read()), /statement\.polled/)
  }
  assert.equal(quick.listeners.size, 1)
  quick.tail.destroy()
  await new Promise(setImmediate)
  assert.equal(quick.listeners.size, 0)
})
