/**
 * Process: the yardstick. A proxy that passes on what comes, body by stream, and neither reads nor changes it; one port
 * before the account and one before storage. It tells the stub of the second, which then writes its links that way.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent } from 'undici'
import { serveBench } from './child-side.ts'
import { listenLocally } from './local-server.ts'
import { STORAGE_HEADER } from './storage-header.ts'

export interface ProxyOptions {
  readonly account: string
  readonly storage: string
}

export interface ProxyReady {
  readonly account: string
}

/** Of one hop only (RFC 9110 section 7.6.1); undici and Node set their own. */
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'expect'])

const targets = JSON.parse(process.argv[2] ?? '') as ProxyOptions
const agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

const storage = await listenLocally((request, response) => forward(request, response, targets.storage, {}))
const account = await listenLocally((request, response) => {
  forward(request, response, targets.account, { [STORAGE_HEADER]: storage.url })
})

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  more: Readonly<Record<string, string>>,
): void {
  const method = request.method === 'POST' ? 'POST' : 'GET'
  const body = method === 'POST' ? request : null
  const headers = { ...passedOn(request.headers), ...more }
  agent
    .stream({ origin, path: request.url ?? '/', method, headers, body }, (answer) => {
      return response.writeHead(answer.statusCode, passedOn(answer.headers))
    })
    .catch(() => response.destroy())
}

function passedOn(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_HEADERS.has(name))
  return Object.fromEntries(kept) as Record<string, string | string[]>
}

serveBench<ProxyReady>({ account: account.url }, async () => {
  account.close()
  storage.close()
  await agent.destroy()
})
