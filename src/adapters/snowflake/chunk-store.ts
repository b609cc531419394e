/** Result chunks at cloud storage. */
import { IcecoreError } from '../../errors.ts'
import type { ChunkBody, ChunkSource } from '../../gate/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Peer } from '../tls/index.ts'
import { type Loosening, permittedUrl } from './connection.ts'
import type { SnowflakeOptions } from './options.ts'
import { type RetryTools, retrying } from './retrying.ts'
import { type HttpStream, headerText, type Transport } from './transport.ts'
import { failureOf, TransportFailure } from './transport-failure.ts'

/** Never sent to storage, whatever the upstream lists as storage headers. */
const FORBIDDEN_HEADERS = new Set([
  'authorization',
  'cookie',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
])

const STORAGE: Peer = { name: 'the storage of results', setting: 'ca_file of the connection' }

export class ChunkStore {
  readonly #transport: Transport
  readonly #loosen: Loosening
  readonly #options: SnowflakeOptions
  readonly #tools: RetryTools

  constructor(transport: Transport, loosen: Loosening, options: SnowflakeOptions, tools: RetryTools) {
    this.#transport = transport
    this.#loosen = loosen
    this.#options = options
    this.#tools = tools
  }

  /**
   * Opens a chunk; tries again until the headers are there. What breaks after that breaks the body: the caller may
   * have passed on part of it. ICE_UPSTREAM_UNAVAILABLE with `status` 403 means that the link has expired.
   */
  async open(source: ChunkSource, signal?: AbortSignal): Promise<ChunkBody> {
    const url = permittedUrl(source.url, this.#loosen.plainHttp === true, 'the address of a result chunk')
    if (this.#loosen.storageHosts !== undefined && !this.#loosen.storageHosts.includes(url.hostname)) {
      throw protocolError('a result chunk lies at a host that is not listed')
    }
    const headers = storageHeaders(source.headers)
    const attempt = (): Promise<ChunkBody> => this.#attempt(url, headers, signal)
    return retrying('chunk', this.#options.retry, this.#tools, attempt, signal)
  }

  async #attempt(url: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<ChunkBody> {
    const idle = new IdleLimit(this.#tools.clock, this.#options.timeouts.chunkIdleMs)
    const combined = AbortSignal.any(signal === undefined ? [idle.signal] : [idle.signal, signal])
    try {
      const stream = await this.#transport.open({ method: 'GET', url, headers }, combined)
      try {
        const { encoding, length } = checkHeaders(stream)
        return { encoding, length, bytes: readBytes(stream, length, idle, signal) }
      } catch (error) {
        // An answer that is not read would hold its socket.
        stream.body.on('error', () => undefined).destroy()
        throw error
      }
    } catch (error) {
      idle.stop()
      signal?.throwIfAborted()
      throw error instanceof IcecoreError || error instanceof TransportFailure ? error : failureOf(error, STORAGE)
    }
  }
}

function storageHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const refused = Object.keys(headers).find((name) => FORBIDDEN_HEADERS.has(name.toLowerCase()))
  if (refused !== undefined) throw protocolError('a result chunk wants a header that Icecore does not send')
  return headers
}

function checkHeaders({ status, headers }: HttpStream): Pick<ChunkBody, 'encoding' | 'length'> {
  if (status === 408 || status === 429 || status >= 500) {
    throw new TransportFailure(`storage answered with HTTP status ${status}`, { sent: 'maybe', status })
  }
  if (status === 403 || status === 404 || status === 410) {
    throw new IcecoreError('ICE_UPSTREAM_UNAVAILABLE', { status, attempts: 1, sent: 'maybe' })
  }
  if (status !== 200) throw protocolError(`storage answered with HTTP status ${status}`)
  const encoding = headerText(headers['content-encoding']).toLowerCase()
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    throw protocolError('a result chunk has an unknown content encoding')
  }
  const length = readLength(headerText(headers['content-length']))
  if (length === null && !/chunked/i.test(headerText(headers['transfer-encoding']))) {
    // Its end could not be told from a lost connection, and rows would vanish unnoticed.
    throw protocolError('a result chunk does not say where it ends')
  }
  return { encoding: encoding === 'gzip' ? 'gzip' : 'identity', length }
}

function readLength(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

async function* readBytes(
  { body }: HttpStream,
  length: number | null,
  idle: IdleLimit,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  let received = 0
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      // The reader's own pauses are not storage's.
      idle.stop()
      received += part.length
      yield part
      idle.start()
    }
  } catch (error) {
    signal?.throwIfAborted()
    const reason = idle.signal.aborted ? new Error('storage paused for too long') : failureOf(error, STORAGE)
    throw new IcecoreError('ICE_UPSTREAM_UNAVAILABLE', { attempts: 1, sent: 'maybe' }, { cause: reason })
  } finally {
    idle.stop()
  }
  if (length !== null && received !== length) throw protocolError('a result chunk is not as long as storage said')
}

/** Aborts its signal when nothing has come for a while. */
class IdleLimit {
  readonly #clock: Clock
  readonly #ms: number
  readonly #abort = new AbortController()
  #cancel: () => void = () => undefined

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
    this.start()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  start(): void {
    this.stop()
    const timer = this.#clock.timer(this.#ms, () => this.#abort.abort())
    this.#cancel = () => timer.cancel()
  }

  stop(): void {
    this.#cancel()
  }
}

function protocolError(reason: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_PROTOCOL', { reason })
}
