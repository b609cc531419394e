/** Speaks with a running Icecore over the socket in its data folder. */
import { lstat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { json } from 'node:stream/consumers'
import { recordFolders } from '../../adapters/store/index.ts'
import {
  CALLER_HEADER,
  type Caller,
  type Form,
  type OperatorErrorJson,
  operatorErrorSchema,
} from '../../api-schema/index.ts'
import { ERRORS, type ErrorCode, IcecoreError, isIcecoreError } from '../../errors.ts'

const OWN_USER = 'Run it as the user that Icecore runs as.'

export class OperatorClient {
  readonly #folder: string
  readonly #socket: string

  /** `folder`: the data folder. */
  constructor(folder: string) {
    this.#folder = folder
    this.#socket = recordFolders(folder).operatorSocket
  }

  /** Whether somebody answers there: no call, and so nothing on record. Rejects with ICE_OPERATOR_SOCKET. */
  async isRunning(): Promise<boolean> {
    await this.#assertOurs()
    return new Promise((resolve, reject) => {
      const socket = connect(this.#socket)
      socket.once('connect', () => resolve(true)).once('connect', () => socket.destroy())
      socket.once('error', (error) => {
        const described = this.#describe(error)
        if (described.code === 'ICE_GATEWAY_NOT_RUNNING') resolve(false)
        else reject(described)
      })
    })
  }

  /** Rejects with ICE_GATEWAY_NOT_RUNNING, ICE_OPERATOR_SOCKET, or the error of the running Icecore. */
  async get<T>(path: string, schema: Form<T>): Promise<T> {
    return this.#read(await this.#send('GET', path), schema)
  }

  async post<T>(path: string, schema: Form<T>, body: object = {}): Promise<T> {
    return this.#read(await this.#send('POST', path, body), schema)
  }

  /** Lines of JSON as they come. Leaving the loop ends the call, and so does the signal. Rejects with the error that came in their place. */
  async *lines<T>(path: string, schema: Form<T>, signal?: AbortSignal): AsyncGenerator<T> {
    const answer = await this.#send('GET', path)
    const end = (): void => void answer.destroy()
    signal?.addEventListener('abort', end, { once: true })
    try {
      for await (const line of splitLines(answer)) {
        const value: unknown = JSON.parse(line)
        const failed = operatorErrorSchema.safeParse(value)
        if (failed.success) throw errorOf(failed.data.error, this.#socket)
        yield this.#parse(value, schema)
      }
    } catch (error) {
      if (signal?.aborted === true) return
      // The other end is gone in the middle of its answer.
      throw answer.complete || isIcecoreError(error) ? error : this.#gone(error as Error)
    } finally {
      signal?.removeEventListener('abort', end)
      answer.destroy()
    }
  }

  async #read<T>(answer: IncomingMessage, schema: Form<T>): Promise<T> {
    return this.#parse(await json(answer), schema)
  }

  #parse<T>(value: unknown, schema: Form<T>): T {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw unusable(this.#socket, 'it answers in a form that this version does not know', {
      cause: parsed.error,
      hint: 'Use the command of the version that runs.',
    })
  }

  /** Whoever may write into a folder may put a socket there, and answer as if it were Icecore. Root asks any user's. */
  async #assertOurs(): Promise<void> {
    const found = await lstat(this.#socket).catch(() => null)
    const user = process.geteuid?.()
    if (found === null || user === 0 || found.uid === user) return
    throw unusable(this.#socket, `it belongs to user ${found.uid}`, { hint: OWN_USER })
  }

  async #send(method: 'GET' | 'POST', path: string, body?: object): Promise<IncomingMessage> {
    await this.#assertOurs()
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        [CALLER_HEADER]: encodeURIComponent(JSON.stringify(caller())),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const sent = request({ socketPath: this.#socket, method, path, headers })
      sent.once('response', resolve).once('error', (error) => reject(this.#describe(error)))
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
    if (answer.statusCode === 200) return answer
    const failed = operatorErrorSchema.safeParse(await json(answer).catch(() => null))
    if (failed.success) throw errorOf(failed.data.error, this.#socket)
    throw unusable(this.#socket, `it answers with the status ${answer.statusCode}`)
  }

  #describe(error: NodeJS.ErrnoException): IcecoreError {
    const { code = error.message } = error
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return this.#gone(error)
    const hint = code === 'EACCES' || code === 'EPERM' ? { hint: OWN_USER } : {}
    return unusable(this.#socket, code, { cause: error, ...hint })
  }

  #gone(cause?: Error): IcecoreError {
    return new IcecoreError(
      'ICE_GATEWAY_NOT_RUNNING',
      { folder: this.#folder },
      { cause, hint: 'Start it with "icecore start", or name its configuration (--config) or data folder (--data).' },
    )
  }
}

/** Lines that are not empty. Where the stream breaks, so does this: `readline` would wait for ever. */
async function* splitLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pieces: Buffer[] = []
  for await (const chunk of stream) {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8')
      pieces = []
      from = end + 1
      if (line !== '') yield line
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from))
  }
}

const LINE_FEED = 10

function caller(): Caller {
  const { username, uid } = userInfo()
  return { user: username, uid: Math.max(0, uid), pid: process.pid }
}

/** The error of the running Icecore, as if it had happened here. */
function errorOf({ code, details, hint }: OperatorErrorJson['error'], socket: string): IcecoreError {
  const options = hint === null ? {} : { hint }
  if (Object.hasOwn(ERRORS, code)) return new IcecoreError(code as ErrorCode, details, options)
  return unusable(socket, `it answers with the error ${code}, which this version does not know`)
}

function unusable(path: string, reason: string, options: { cause?: unknown; hint?: string } = {}): IcecoreError {
  return new IcecoreError('ICE_OPERATOR_SOCKET', { path, reason }, options)
}
