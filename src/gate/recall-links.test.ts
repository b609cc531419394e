import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { fakeSession, fakeUpstream } from '../../test/support/fake-session.ts'
import { oneRow } from '../../test/support/gate-fixture.ts'
import { readEnvelope } from '../core/wire/index.ts'
import { randomIds } from '../lib/ids.ts'
import { ChunkLinks, linkHash } from './chunk-links.ts'
import type { PastLink } from './ports.ts'
import { LinkRecall } from './recall-links.ts'
import type { SessionRegistry } from './session-registry.ts'

const CHUNK = { url: 'https://storage/c', rowCount: 3, uncompressedSize: 1, compressedSize: 1 }

/** A session in which two links were handed out by an earlier process, each with one chunk of so many rows. */
function openRecall(rows = 3) {
  const clock = new FakeClock()
  const asked: string[] = []
  let asking = 0
  let most = 0
  const upstream = fakeUpstream({
    result: async (queryId) => {
      asked.push(queryId)
      asking += 1
      most = Math.max(most, asking)
      await new Promise(setImmediate)
      asking -= 1
      return readEnvelope(oneRow({ rowset: [], total: 3, returned: 3, chunks: [CHUNK] }))
    },
  })
  const session = fakeSession(upstream)
  const links = new ChunkLinks({ clock, ids: randomIds, life: 60_000, perSession: 10 })
  const handedOut = new Map(
    ['one', 'two'].map((token) => {
      const facts = { queryId: token, chunks: [{ rows }], link: { token: linkHash(token), key: linkHash('key') } }
      const schema = { type: 'result.schema', at: clock.now(), facts }
      return [linkHash(token), { session: session.id, statement: 's1', schema } as unknown as PastLink]
    }),
  )
  const registry = { byId: (id: string) => (id === session.id ? session : null) } as unknown as SessionRegistry
  const past = { link: async (hash: string) => handedOut.get(hash) ?? null }
  return { recall: new LinkRecall({ past, registry, links, clock }), links, asked, most: () => most }
}

describe('LinkRecall', () => {
  it('asks once for a result whose chunks are fetched side by side', async () => {
    const { recall, links, asked } = openRecall()
    await Promise.all(Array.from({ length: 50 }, () => recall.recall('one', 'key')))
    assert.deepEqual(asked, ['one'])
    assert.ok(links.find('one', 0, 'key'))
  })

  it('asks for one result of a session at a time', async () => {
    const { recall, links, asked, most } = openRecall()
    await Promise.all([recall.recall('one', 'key'), recall.recall('two', 'key')])
    assert.deepEqual(asked, ['one', 'two'])
    assert.equal(most(), 1)
    assert.ok(links.find('two', 0, 'key'))
  })

  it('asks for nothing without the header that was handed out, nor for a link that nobody was given', async () => {
    const { recall, asked } = openRecall()
    await Promise.all([recall.recall('one', null), recall.recall('one', 'other'), recall.recall('three', 'key')])
    assert.deepEqual(asked, [])
  })

  it('brings no other result back than the one that was promised', async () => {
    const { recall, links } = openRecall(4)
    await recall.recall('one', 'key')
    assert.equal(links.isKnown('one'), false)
  })
})
