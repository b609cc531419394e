/** A driver made of bare HTTP requests: for bodies that no real driver would send, and answers byte by byte. */
import { randomUUID } from 'node:crypto'

export interface RawAnswer {
  readonly status: number
  readonly text: string
  readonly json: Envelope
}

export interface Envelope {
  readonly success?: boolean
  readonly code?: string | null
  readonly message?: string | null
  // biome-ignore lint/suspicious/noExplicitAny: an envelope's data has a shape of its own for each path
  readonly data?: any
}

export class RawDriver {
  readonly url: string
  token = ''
  masterToken = ''

  constructor(url: string) {
    this.url = url
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    return read(await fetch(this.url + path, { method: 'POST', body: bytes, headers: this.#headers(headers) }))
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    return read(await fetch(this.url + path, { headers: this.#headers(headers) }))
  }

  async logIn(token: string, data: Readonly<Record<string, unknown>> = {}, query = ''): Promise<RawAnswer> {
    const body = {
      data: {
        CLIENT_APP_ID: 'JavaScript',
        CLIENT_APP_VERSION: '3.3.0',
        ACCOUNT_NAME: 'prod',
        AUTHENTICATOR: 'OAUTH',
        TOKEN: token,
        ...data,
      },
    }
    const answer = await this.post(`/session/v1/login-request?requestId=${randomUUID()}&${query}`, body)
    this.token = answer.json.data?.token ?? ''
    this.masterToken = answer.json.data?.masterToken ?? ''
    return answer
  }

  query(sqlText: string, more: Readonly<Record<string, unknown>> = {}, requestId = randomUUID()): Promise<RawAnswer> {
    return this.post(`/queries/v1/query-request?requestId=${requestId}`, { sqlText, ...more })
  }

  #headers(more: Readonly<Record<string, string>>): Record<string, string> {
    const authorization = this.token === '' ? {} : { authorization: `Snowflake Token="${this.token}"` }
    return { 'content-type': 'application/json', ...authorization, ...more }
  }
}

async function read(response: Response): Promise<RawAnswer> {
  const text = await response.text()
  return { status: response.status, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Envelope }
}
