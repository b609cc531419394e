import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { fakeSession } from '../../test/support/fake-session.ts'
import { randomIds } from '../lib/ids.ts'
import { ChunkLinks } from './chunk-links.ts'

const LIFE_MS = 60_000

function open(perSession = 10) {
  const clock = new FakeClock()
  const links = new ChunkLinks({ clock, ids: randomIds, life: LIFE_MS, perSession })
  const session = fakeSession()
  const link = (wantsKey = true) => {
    const chunks = [{ url: 'https://storage/0', headers: {}, rows: 1 }]
    return links.open({ session, statement: 'st', queryId: 'q', format: 'json', columns: 1, chunks }, wantsKey)
  }
  return { clock, links, session, link }
}

describe('ChunkLinks', () => {
  it('finds a chunk by its link and key', () => {
    const { links, link } = open()
    const { token, key } = link()
    assert.equal(links.find(token, 0, key)?.chunk.url, 'https://storage/0')
  })

  it('asks no key of a driver that sends none', () => {
    const { links, link } = open()
    assert.ok(links.find(link(false).token, 0, null))
  })

  it('refuses a wrong or missing key, another index and another token', () => {
    const { links, link } = open()
    const { token, key } = link()
    const other = link()
    assert.equal(links.find(token, 0, null), null)
    assert.equal(links.find(token, 0, other.key), null)
    assert.equal(links.find(token, 1, key), null)
    assert.equal(links.find(token, -1, key), null)
    assert.equal(links.find(`${token}x`, 0, key), null)
  })

  it('dies with its time', () => {
    const { links, link, clock } = open()
    const { token, key } = link()
    clock.advance(LIFE_MS - 1)
    assert.ok(links.find(token, 0, key))
    clock.advance(1)
    assert.equal(links.find(token, 0, key), null)
  })

  it('dies with its session, both ways', () => {
    const { links, link, session } = open()
    const first = link()
    session.ended = 'log-out'
    assert.equal(links.find(first.token, 0, first.key), null)
    session.ended = null
    links.closeSession(session.id)
    assert.equal(links.find(first.token, 0, first.key), null)
  })

  it('keeps the newest within its limit', () => {
    const { links, link } = open(2)
    const sets = [link(), link(), link()]
    assert.deepEqual(
      sets.map(({ token, key }) => links.find(token, 0, key) !== null),
      [false, true, true],
    )
  })
})
