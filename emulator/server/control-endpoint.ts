/**
 * Control over HTTP, for tests that run the emulator as a process of its own. It lies on the storage port under
 * `/__emulator/` and answers on the loopback interface only:
 *
 * - `GET /__emulator/faults`: what is set; `POST` with `{"name": amount, …}` sets, 0 ends; `DELETE` ends all.
 * - `GET /__emulator/inspect`: requests seen, statements executed, live sessions; `DELETE` forgets the requests.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { type Faults, isFaultName } from '../faults.ts'
import { readJson, sendJson } from './http.ts'
import type { Inspection } from './inspection.ts'
import { ProtocolError } from './protocol-error.ts'

const PREFIX = '/__emulator/'
const MAX_BODY_BYTES = 65_536

export class ControlEndpoint {
  readonly #faults: Faults
  readonly #inspection: Inspection

  constructor(faults: Faults, inspection: Inspection) {
    this.#faults = faults
    this.#inspection = inspection
  }

  /** True when the request was the control's own and has been answered. */
  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (!path.startsWith(PREFIX)) return false
    try {
      if (!isLocal(request)) throw new ProtocolError('403', 'The control endpoint answers on loopback only', null, 403)
      await sendJson(request, response, 200, await this.#answer(path, request))
    } catch (error) {
      const status = error instanceof ProtocolError && error.httpStatus !== 200 ? error.httpStatus : 400
      await sendJson(request, response, status, { error: error instanceof Error ? error.message : String(error) })
    }
    return true
  }

  async #answer(path: string, request: IncomingMessage): Promise<unknown> {
    switch (`${request.method} ${path.slice(PREFIX.length)}`) {
      case 'POST faults':
        this.#set(await readJson(request, MAX_BODY_BYTES))
        return this.#faults.current()
      case 'DELETE faults':
        this.#faults.clear()
        return this.#faults.current()
      case 'GET faults':
        return this.#faults.current()
      case 'GET inspect':
        return {
          requests: this.#inspection.requests(),
          statements: this.#inspection.statements(),
          sessions: this.#inspection.sessions(),
        }
      case 'DELETE inspect':
        this.#inspection.forgetRequests()
        return {}
      default:
        throw new ProtocolError('404', 'The control endpoint has no such path', null, 404)
    }
  }

  #set(settings: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(settings)) {
      if (!isFaultName(name)) throw new RangeError(`Unknown fault '${name}'`)
      if (!Number.isSafeInteger(value) || Number(value) < 0) throw new RangeError(`Fault ${name} wants a whole number`)
      this.#faults.set(name, Number(value))
    }
  }
}

/** From loopback, and asked for by address: a web page that points a name of its own at 127.0.0.1 is kept out. */
function isLocal(request: IncomingMessage): boolean {
  const from = request.socket.remoteAddress ?? ''
  const host = new URL(`http://${request.headers.host ?? 'unknown'}`).hostname.replace(/^\[|\]$/g, '')
  return /^(127\.|::1$|::ffff:127\.)/.test(from) && (isIP(host) !== 0 || host === 'localhost')
}
