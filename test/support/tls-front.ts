/**
 * What stands before a warehouse that speaks plain HTTP: takes TLS, passes each request on, and names the storage of
 * results by its own front in place of the address behind it.
 */
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { ServerIdentity } from './certificates.ts'

export interface TlsFrontOptions {
  /** Origin of what stands behind. */
  readonly target: string
  readonly identity: ServerIdentity
  /** Text in answers that is replaced: what stands behind knows itself by another name. */
  readonly renamed?: { readonly from: string; readonly to: string }
}

export class TlsFront {
  readonly #options: TlsFrontOptions
  readonly #server
  /** Requests that came through. */
  requests = 0

  private constructor(options: TlsFrontOptions) {
    this.#options = options
    this.#server = createServer(options.identity, (request, response) => {
      this.requests += 1
      this.#pass(request, response).catch(() => response.destroy())
    })
  }

  static async start(options: TlsFrontOptions): Promise<TlsFront> {
    const front = new TlsFront(options)
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve))
    return front
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { target, renamed } = this.#options
    // Signed links are checked without the host, and an answer that is not packed can be read here.
    const { host: _, 'accept-encoding': __, ...headers } = request.headers
    const body = await buffer(request)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      forward(target + request.url, { method: request.method, headers }, resolve)
        .on('error', reject)
        .end(body)
    })
    const { 'content-length': ___, 'transfer-encoding': ____, ...passed } = answer.headers
    const bytes = await buffer(answer)
    const isJson = answer.headers['content-type']?.includes('json') === true
    const text = renamed === undefined || !isJson ? bytes : bytes.toString().replaceAll(renamed.from, renamed.to)
    response.writeHead(answer.statusCode ?? 502, { ...passed, 'content-length': Buffer.byteLength(text) }).end(text)
  }
}
