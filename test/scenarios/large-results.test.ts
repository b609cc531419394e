/** A result of many chunks: whole, in order, on record, and its links of use to nobody else. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { request } from 'undici'
import { NodeDriver, type Row } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'
import { until } from '../support/until.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const ROWS = 100_000
const SQL = `SELECT SEQ4() AS N, RANDSTR(12, RANDOM(1)) AS T FROM TABLE(GENERATOR(ROWCOUNT => ${ROWS})) ORDER BY N`

let gateway: TestGateway
before(async () => {
  gateway = await TestGateway.start()
})
after(() => gateway.close())

async function logIn(): Promise<RawDriver> {
  const client = new RawDriver(gateway.url)
  assert.equal((await client.logIn(gateway.idp.mint(ADA))).json.success, true)
  return client
}

interface Links {
  readonly urls: readonly string[]
  readonly headers: Record<string, string>
  readonly queryId: string
}

async function linksOf(client: RawDriver): Promise<Links> {
  const { data } = (await client.query(SQL)).json
  const chunks = data.chunks as readonly { readonly url: string }[]
  assert.ok(chunks.length > 2, 'several chunks')
  return { urls: chunks.map(({ url }) => url), headers: data.chunkHeaders, queryId: data.queryId }
}

/** As it is on the wire: `fetch` would unpack it. */
async function fetchBytes(url: string, headers: Record<string, string>): Promise<Buffer> {
  const response = await request(url, { headers })
  assert.equal(response.statusCode, 200)
  return Buffer.from(await response.body.arrayBuffer())
}

describe('a result of many chunks', () => {
  it('comes whole and in order to a driver that streams it, however slow storage is', async () => {
    const driver = await NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
    gateway.emulator.faults.set('chunk-slow', 100)
    let expected = 0
    const done = Promise.withResolvers<void>()
    driver.connection.execute({
      sqlText: SQL,
      streamResult: true,
      complete: (error, statement) => {
        if (error) return done.reject(error)
        statement
          .streamRows()
          .on('data', (row: Row) => {
            if (row.N !== expected) done.reject(new Error(`row ${expected} is ${String(row.N)}`))
            expected += 1
          })
          .on('error', done.reject)
          .on('end', done.resolve)
      },
    })
    await done.promise
    gateway.emulator.faults.set('chunk-slow', 0)
    assert.equal(expected, ROWS)
    await driver.close()
  })

  it('stands on record body by body, each with the hash of the bytes that left', async () => {
    const client = await logIn()
    const { urls, headers, queryId } = await linksOf(client)
    const delivered = await Promise.all(urls.map((url) => fetchBytes(url, headers)))
    const recorded = new Map<number, { readonly sha256: string; readonly rows: number; readonly body: Buffer }>()
    const pieces = new Map<number, Uint8Array[]>()
    for (const event of await gateway.events()) {
      if (event.type !== 'result.batch' || event.facts.queryId !== queryId || event.facts.part !== 'chunk') continue
      const { index, last, sha256 = '', rows = 0 } = event.facts
      const own = pieces.get(index) ?? []
      pieces.set(index, [...own, event.body ?? new Uint8Array()])
      if (last) recorded.set(index, { sha256, rows, body: Buffer.concat(pieces.get(index) ?? []) })
    }
    for (const [index, body] of delivered.entries()) {
      const hash = createHash('sha256').update(body).digest('hex')
      assert.equal(recorded.get(index)?.sha256, hash)
      assert.ok(recorded.get(index)?.body.equals(body), `chunk ${index} is on record as other bytes`)
    }
    const rows = [...recorded.values()].reduce((sum, chunk) => sum + chunk.rows, 0)
    const schema = (await gateway.events()).find(
      (event) => event.type === 'result.schema' && event.facts.queryId === queryId,
    )
    assert.ok(schema?.type === 'result.schema')
    assert.deepEqual([schema.facts.total, schema.facts.inlineRows + rows], [ROWS, ROWS])
  })

  it('is fetched again whole by a client that went away in the middle', async () => {
    const client = await logIn()
    const { urls, headers } = await linksOf(client)
    const [url = ''] = urls
    gateway.emulator.faults.set('chunk-slow', 200)
    const gone = new AbortController()
    const fetches = (): number => gateway.emulator.inspect.requests().filter(({ port }) => port === 'storage').length
    const before = fetches()
    const chunk = fetch(url, { headers, signal: gone.signal })
    await until(() => fetches() > before)
    gone.abort()
    await assert.rejects(chunk)
    gateway.emulator.faults.set('chunk-slow', 0)
    assert.ok((await fetchBytes(url, headers)).length > 0)
    const defects = gateway.log.filter(({ event }) => event === 'driver.internal')
    assert.deepEqual(defects, [], 'a client that goes away is no defect of Icecore')
  })

  it('is behind links that want the key of their own result', async () => {
    const [first, second] = [await linksOf(await logIn()), await linksOf(await logIn())]
    const [url = ''] = first.urls
    assert.equal((await fetch(url, { headers: second.headers })).status, 403)
    const swapped = url.replace(/\/chunks\/[^/]+/, `/chunks/${/\/chunks\/([^/]+)/.exec(second.urls[0] ?? '')?.[1]}`)
    assert.equal((await fetch(swapped, { headers: first.headers })).status, 403)
    assert.equal((await fetch(url, { headers: first.headers })).status, 200)
  })
})
