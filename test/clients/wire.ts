/**
 * The wire between a driver and Icecore: passes every request on as it came, notes what it saw, and spoils some on
 * purpose. It reads no body.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

export type Errand = 'log-in' | 'query' | 'result' | 'status' | 'abort' | 'renewal' | 'log-out' | 'other'

export interface SeenRequest {
  readonly errand: Errand
  /** As it came: not one slash is mended. */
  readonly path: string
  readonly requestId: string | null
  /** HTTP status; null where the driver got no answer. */
  readonly status: number | null
}

export interface WireFault {
  readonly errand: Errand
  /**
   * `drop-request`: the connection breaks before Icecore has the request. `drop-answer`: Icecore has answered, and the
   * connection breaks instead of the answer. `unavailable`: HTTP 503, and Icecore never sees it.
   */
  readonly how: 'drop-request' | 'drop-answer' | 'unavailable'
  readonly times: number
}

const ERRANDS: readonly (readonly [RegExp, Errand])[] = [
  [/^\/session\/v1\/login-request/, 'log-in'],
  [/^\/queries\/v1\/query-request/, 'query'],
  [/^\/queries\/+[^/]+\/result/, 'result'],
  [/^\/monitoring\/queries\//, 'status'],
  [/abort-request/, 'abort'],
  [/^\/session\/token-request/, 'renewal'],
  [/^\/session\?.*delete=true/, 'log-out'],
]

export class Wire {
  readonly #target: () => string
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server = createServer((incoming, response) => {
    this.#pass(incoming, response).catch(() => response.destroy())
  })
  #faults: { readonly fault: WireFault; left: number }[] = []
  #seen: SeenRequest[] = []

  private constructor(target: () => string) {
    this.#target = target
  }

  /** `target`: Icecore's origin, asked for at each request, since it may have moved. */
  static async start(target: () => string): Promise<Wire> {
    const wire = new Wire(target)
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve))
    return wire
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get seen(): readonly SeenRequest[] {
    return this.#seen
  }

  spoil(fault: WireFault): void {
    this.#faults.push({ fault, left: fault.times })
  }

  /** Forgets what was seen, and spoils nothing more. */
  reset(): void {
    this.#seen = []
    this.#faults = []
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/'
    const errand = ERRANDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
    const { searchParams } = new URL(path.replace(/^\/+/, '/'), 'http://wire')
    const requestId = searchParams.get('requestId') ?? searchParams.get('request_id')
    const note = (status: number | null): void => {
      this.#seen.push({ errand, path, requestId, status })
    }
    const how = this.#takeFault(errand)
    if (how === 'unavailable') {
      incoming.resume()
      note(503)
      response.writeHead(503, { 'content-type': 'application/json' }).end('{}')
      return
    }
    if (how === 'drop-request') {
      note(null)
      incoming.destroy()
      return
    }
    const answer = await this.#forward(path, incoming, response)
    if (how === 'drop-answer') {
      note(null)
      answer.destroy()
      response.destroy()
      return
    }
    note(answer.statusCode ?? null)
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    await pipeline(answer, response)
  }

  #takeFault(errand: Errand): WireFault['how'] | null {
    const found = this.#faults.find(({ fault, left }) => fault.errand === errand && left > 0)
    if (found === undefined) return null
    found.left -= 1
    return found.fault.how
  }

  #forward(path: string, incoming: IncomingMessage, response: ServerResponse): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const onward = request(
        this.#target(),
        { method: incoming.method, path, headers: incoming.headers, agent: this.#agent },
        resolve,
      )
      onward.once('error', reject)
      // A driver that hangs up hangs up on Icecore, too.
      response.once('close', () => {
        if (!response.writableFinished) onward.destroy()
      })
      incoming.pipe(onward)
    })
  }
}
