/** What arrived at both ports, for tests to look at; without secrets. */
import type { IncomingMessage } from 'node:http'

export interface SeenRequest {
  readonly at: number
  readonly port: 'account' | 'storage'
  readonly method: string
  readonly path: string
  readonly requestId: string | null
  /** Query parameters but for signatures. */
  readonly query: Readonly<Record<string, string>>
  /** Headers but for those that carry secrets: their names stand in `secretHeaders`. */
  readonly headers: Readonly<Record<string, string>>
  readonly secretHeaders: readonly string[]
  /** The scheme and kind of the Authorization header, for example `Snowflake Token`. */
  readonly authorization: string | null
  /** HTTP status of the answer; null while there is none, and for connections that were dropped. */
  readonly status: number | null
}

const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'x-snowflake-external-session-id',
  'x-amz-server-side-encryption-customer-key',
])
const SECRET_PARAMETERS = new Set(['X-Amz-Signature', 'token', 'proof_key'])

export class RequestLog {
  readonly #max: number
  readonly #seen: SeenRequest[] = []

  constructor(max: number) {
    this.#max = max
  }

  /** Notes a request; returns how to note the status of its answer. */
  note(port: SeenRequest['port'], request: IncomingMessage, path: string, query: URLSearchParams, at: number): Note {
    const headers = Object.entries(request.headers)
    const seen: { -readonly [K in keyof SeenRequest]: SeenRequest[K] } = {
      at,
      port,
      method: request.method ?? '',
      path,
      requestId: query.get('requestId') ?? query.get('request_id'),
      query: Object.fromEntries([...query].filter(([name]) => !SECRET_PARAMETERS.has(name))),
      headers: Object.fromEntries(
        headers.filter(([name]) => !SECRET_HEADERS.has(name)).map(([name, value]) => [name, String(value)]),
      ),
      secretHeaders: headers.map(([name]) => name).filter((name) => SECRET_HEADERS.has(name)),
      authorization: /^(\w+(?: \w+(?==))?)/.exec(request.headers.authorization ?? '')?.[1] ?? null,
      status: null,
    }
    this.#seen.push(seen)
    if (this.#seen.length > this.#max) this.#seen.shift()
    return {
      answered: (status) => {
        seen.status = status
      },
    }
  }

  all(): readonly SeenRequest[] {
    return [...this.#seen]
  }

  clear(): void {
    this.#seen.length = 0
  }
}

export interface Note {
  answered(status: number): void
}
