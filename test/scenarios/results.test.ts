import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { FaultName } from '../../emulator/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { hurriedClock } from '../support/hurried-clock.ts'
import { NodeDriver, type Row } from '../support/node-driver.ts'
import { RawDriver } from '../support/raw-driver.ts'
import { TestGateway } from '../support/test-gateway.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const LARGE = 'SELECT SEQ4() AS N, RANDSTR(20, RANDOM(1)) AS T FROM TABLE(GENERATOR(ROWCOUNT => 20000)) ORDER BY N'

/** One column of each type, a row of values and a row of nulls. */
const EVERY_TYPE = `SELECT COLUMN1::NUMBER(38,0) AS N, 12.340::NUMBER(10,3) AS D, 3.5::FLOAT AS F, 'ä€😀"\\\\'::VARCHAR AS S,
  TRUE AS B, '2020-01-01'::DATE AS DT, '12:34:56.789'::TIME AS TM, '2020-01-01 01:02:03.456'::TIMESTAMP_NTZ AS NTZ,
  '2020-01-01 01:02:03 +0200'::TIMESTAMP_TZ AS TZ, TO_BINARY('48656C6C6F', 'HEX') AS BIN,
  PARSE_JSON('{"a":[1,null,"x"]}') AS V, NULL AS NOTHING
  FROM VALUES (9007199254740993), (NULL)`

let gateway: TestGateway
let driver: NodeDriver
before(async () => {
  gateway = await TestGateway.start()
  driver = await NodeDriver.connect({ accessUrl: gateway.url, token: gateway.idp.mint(ADA) })
})
after(async () => {
  await driver.close().catch(() => undefined)
  await gateway.close()
})

async function raw(of: TestGateway = gateway): Promise<RawDriver> {
  const client = new RawDriver(of.url)
  await client.logIn(of.idp.mint(ADA))
  return client
}

interface ChunkFacts {
  readonly url: string
  readonly rowCount: number
}

async function large(of: TestGateway = gateway): Promise<{
  readonly client: RawDriver
  readonly chunks: readonly ChunkFacts[]
  readonly headers: Record<string, string>
}> {
  const client = await raw(of)
  const { data } = (await client.query(LARGE)).json
  return { client, chunks: data.chunks as readonly ChunkFacts[], headers: data.chunkHeaders as Record<string, string> }
}

function stream(sqlText: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const rows: Row[] = []
    driver.connection.execute({
      sqlText,
      streamResult: true,
      complete: (error, statement) => {
        if (error) return reject(error)
        statement
          .streamRows()
          .on('data', (row: Row) => rows.push(row))
          .on('error', reject)
          .on('end', () => resolve(rows))
      },
    })
  })
}

describe('results', () => {
  it('are the same as without Icecore, cell by cell, in every type', async () => {
    const direct = await NodeDriver.connect({
      accessUrl: gateway.emulator.url,
      token: '',
      account: gateway.emulator.account,
      authenticator: 'SNOWFLAKE',
      username: gateway.emulator.user,
      password: gateway.emulator.password,
    })
    const through = await driver.query(EVERY_TYPE)
    assert.deepEqual(JSON.stringify(through), JSON.stringify(await direct.query(EVERY_TYPE)))
    assert.equal(through.length, 2)
    await direct.close()
  })

  it('may be empty', async () => {
    assert.deepEqual(await driver.query('SELECT 1 AS A WHERE FALSE'), [])
  })

  for (const [how, fetchRows] of [
    ['collected', (sql: string) => driver.query(sql)],
    ['streamed', stream],
  ] as const) {
    it(`come whole in chunks, ${how}`, async () => {
      const rows = await fetchRows(LARGE)
      assert.equal(rows.length, 20_000)
      assert.deepEqual([rows[0]?.N, rows.at(-1)?.N], [0, 19_999])
    })
  }

  it('are on record as they were delivered: each body by its hash, each row in its bytes', async () => {
    const before = (await gateway.events()).length
    const client = await raw()
    const answer = await client.query(LARGE)
    const { chunks, chunkHeaders, rowset } = answer.json.data
    const [first] = chunks as readonly ChunkFacts[]
    // Not fetch: it would unpack the body.
    const { request } = await import('undici')
    const response = await request(first?.url ?? '', { headers: chunkHeaders as Record<string, string> })
    const body = Buffer.from(await response.body.arrayBuffer())
    const batches = (await gateway.events())
      .slice(before)
      .flatMap((event) => (event.type === 'result.batch' ? [event] : []))
    const inline = batches.find(({ facts }) => facts.part === 'inline')
    assert.equal(inline?.facts.sha256, sha256(Buffer.from(answer.text)))
    assert.deepEqual(JSON.parse(Buffer.from(inline?.body ?? []).toString()), rowset)
    const pieces = batches.filter(({ facts }) => facts.part === 'chunk')
    assert.partialDeepStrictEqual(pieces.at(-1)?.facts, { last: true, rows: first?.rowCount, sha256: sha256(body) })
    const stored = Buffer.concat(pieces.map((piece) => piece.body ?? new Uint8Array()))
    assert.deepEqual(stored, body)
    assert.equal((JSON.parse(`[${gunzipSync(stored)}]`) as unknown[]).length, first?.rowCount)
  })

  it('keep numbers beyond 2^53 and members that nobody knows, byte by byte', async () => {
    const { text } = await (await raw()).query('SELECT 1')
    assert.match(text, /9223372036854775807/)
    assert.match(text, /caf\\u00e9 \\\//)
  })

  it('lead to Icecore alone, and show nothing of storage', async () => {
    const { client, chunks, headers } = await large()
    for (const { url } of chunks) assert.ok(url.startsWith(`${client.url}/chunks/`))
    assert.deepEqual(Object.keys(headers), ['x-icecore-chunk-key'])
  })

  it('are not for those without link, key or session', async () => {
    const { client, chunks, headers } = await large()
    const url = chunks[0]?.url ?? ''
    assert.equal((await fetch(url, { headers })).status, 200)
    assert.equal((await fetch(url)).status, 403)
    assert.equal((await fetch(url, { headers: { 'x-icecore-chunk-key': 'ick_guess' } })).status, 403)
    assert.equal((await fetch(url.replace(/\/\d+$/, '/999'), { headers })).status, 403)
    assert.equal((await fetch(`${client.url}/chunks/icc_guess/0`, { headers })).status, 403)
    await client.post('/session?delete=true', '')
    assert.equal((await fetch(url, { headers })).status, 403)
  })

  const faults: readonly FaultName[] = [
    'chunk-403',
    'chunk-503',
    'chunk-broken',
    'chunk-short',
    'chunk-cut-gzip',
    'chunk-invalid',
    'chunk-row-count',
  ]
  for (const fault of faults) {
    it(`never lose a row to ${fault}: the driver fetches again`, async () => {
      gateway.emulator.faults.set(fault, 1)
      assert.equal((await driver.query(LARGE)).length, 20_000)
      assert.equal(gateway.emulator.faults.current()[fault] ?? 0, 0, 'the fault has struck')
    })
  }

  it('are refused rather than shortened, when storage gives fewer rows than promised', async () => {
    const { chunks, headers } = await large()
    gateway.emulator.faults.set('chunk-short', 1)
    const url = chunks[0]?.url ?? ''
    const status = await fetch(url, { headers }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      () => 'broken off',
    )
    assert.notEqual(status, 200)
    assert.equal((await gateway.events()).at(-1)?.type, 'result.broken')
    assert.equal((await fetch(url, { headers })).status, 200)
  })

  it('are refused for good when that lasts, with a status that drivers do not ask again for', async () => {
    let ahead = 0
    const clock = { ...hurriedClock(1), monotonic: () => systemClock.monotonic() + ahead }
    const own = await TestGateway.start({ tools: { clock } })
    try {
      const { chunks, headers } = await large(own)
      own.emulator.faults.set('chunk-short', 1000)
      const [one, other] = chunks.map(({ url }) => url)
      const ask = async (url = ''): Promise<number | string> =>
        fetch(url, { headers }).then(
          ({ status }) => status,
          () => 'broken off',
        )
      assert.deepEqual([await ask(one), await ask(one)], [503, 503])
      ahead = 8_000
      assert.equal(await ask(one), 404)
      assert.equal(await ask(other), 503, 'which has its own time')
      own.emulator.faults.set('chunk-short', 0)
      assert.equal(await ask(one), 200)
    } finally {
      await own.close()
    }
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
