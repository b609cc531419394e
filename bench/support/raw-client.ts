/**
 * Clients that speak the protocol and do next to nothing with what they get, so that they take little of the machine from
 * what is measured: one unpacks the chunks and counts their rows, one drops the bytes as they come.
 */
import { randomUUID } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { Agent, type Dispatcher } from 'undici'
import type { BenchClient, BenchSession, Reading } from './bench-client.ts'
import type { Target } from './targets.ts'

type Bytes = AsyncIterable<Uint8Array>
/** Reads a chunk's body to its end; the rows in it, or null where they were not looked at. */
type ReadChunk = (body: Dispatcher.ResponseData['body'], packed: boolean) => Promise<number | null>

export const rowReader: BenchClient = {
  name: 'raw reader (unpacks, counts rows)',
  connect: (target) => RawSession.open(target, readRows),
}

export const bytePump: BenchClient = {
  name: 'byte pump (reads and drops)',
  connect: (target) => RawSession.open(target, readBytes),
}

/** As many as drivers fetch at once. */
const PARALLEL_CHUNKS = 4

interface Chunk {
  readonly url: string
  readonly rowCount: number
}

interface ResultData {
  readonly total: number
  readonly chunks?: readonly Chunk[]
  readonly chunkHeaders?: Readonly<Record<string, string>>
}

class RawSession implements BenchSession {
  readonly #agent: Agent
  readonly #url: string
  readonly #token: string
  readonly #readChunk: ReadChunk

  private constructor(agent: Agent, url: string, token: string, readChunk: ReadChunk) {
    this.#agent = agent
    this.#url = url
    this.#token = token
    this.#readChunk = readChunk
  }

  static async open({ url, account, token }: Target, readChunk: ReadChunk): Promise<RawSession> {
    const agent = new Agent({ connections: PARALLEL_CHUNKS, pipelining: 1 })
    const credential =
      token === null ? { LOGIN_NAME: 'bench', PASSWORD: 'bench' } : { AUTHENTICATOR: 'OAUTH', TOKEN: token }
    const client = { CLIENT_APP_ID: 'JavaScript', CLIENT_APP_VERSION: '3.0.0', CLIENT_ENVIRONMENT: {} }
    const body = { data: { ACCOUNT_NAME: account, ...client, ...credential, SESSION_PARAMETERS: {} } }
    const data = (await post(agent, `${url}/session/v1/login-request?requestId=${randomUUID()}`, body, null)) as {
      readonly token: string
    }
    return new RawSession(agent, url, data.token, readChunk)
  }

  async one(sql: string): Promise<void> {
    const { total } = await this.#query(sql)
    if (total !== 1) throw new Error(`${total} rows in place of one`)
  }

  async rows(sql: string): Promise<Reading> {
    const start = performance.now()
    const { total, chunks = [], chunkHeaders = {} } = await this.#query(sql)
    let next = 0
    let rows = total - chunks.reduce((sum, { rowCount }) => sum + rowCount, 0)
    const fetchOn = async (): Promise<void> => {
      for (let chunk = chunks[next]; chunk !== undefined; chunk = chunks[next]) {
        next += 1
        const read = await this.#fetch(chunk, chunkHeaders)
        rows += read
      }
    }
    await Promise.all(Array.from({ length: PARALLEL_CHUNKS }, fetchOn))
    return { rows, firstSeconds: null, seconds: (performance.now() - start) / 1000 }
  }

  async close(): Promise<void> {
    await post(this.#agent, `${this.#url}/session?delete=true&requestId=${randomUUID()}`, {}, this.#token)
    await this.#agent.close()
  }

  async #query(sqlText: string): Promise<ResultData> {
    const url = `${this.#url}/queries/v1/query-request?requestId=${randomUUID()}`
    const body = { sqlText, asyncExec: false, sequenceId: 1, querySubmissionTime: Date.now() }
    return (await post(this.#agent, url, body, this.#token)) as ResultData
  }

  async #fetch({ url, rowCount }: Chunk, headers: Readonly<Record<string, string>>): Promise<number> {
    const answer = await this.#agent.request({ ...locate(url), method: 'GET', headers: { ...headers } })
    if (answer.statusCode !== 200) throw new Error(`a chunk was answered with HTTP status ${answer.statusCode}`)
    const rows = await this.#readChunk(answer.body, answer.headers['content-encoding'] === 'gzip')
    if (rows !== null && rows !== rowCount) throw new Error(`a chunk of ${rowCount} rows has ${rows}`)
    return rowCount
  }
}

async function post(agent: Agent, url: string, body: unknown, token: string | null): Promise<unknown> {
  const answer = await agent.request({
    ...locate(url),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'content-type': 'application/json',
      'user-agent': 'icecore-bench',
      ...(token === null ? {} : { authorization: `Snowflake Token="${token}"` }),
    },
    body: JSON.stringify(body),
  })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  const { success, data, message } = JSON.parse(text) as {
    readonly success: boolean
    readonly data: unknown
    readonly message: string
  }
  if (!success) throw new Error(message)
  return data
}

function locate(url: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: `${pathname}${search}` }
}

async function readBytes(body: Bytes): Promise<null> {
  for await (const _ of body) {
    // Dropped.
  }
  return null
}

/** Rows are told by what is between them; no value of the bench's rows looks like that. */
const BETWEEN_ROWS = '],['

async function readRows(body: Dispatcher.ResponseData['body'], packed: boolean): Promise<number> {
  let rows = 1
  let end: Uint8Array = new Uint8Array()
  const count = async (blocks: Bytes): Promise<void> => {
    for await (const block of blocks) {
      const bytes = Buffer.concat([end, block])
      for (let at = bytes.indexOf(BETWEEN_ROWS); at !== -1; at = bytes.indexOf(BETWEEN_ROWS, at + 1)) rows += 1
      end = bytes.subarray(Math.max(0, bytes.length - BETWEEN_ROWS.length + 1))
    }
  }
  if (packed) await pipeline(body, createGunzip(), count)
  else await count(body)
  return rows
}
