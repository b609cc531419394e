/** One listener with one door behind it. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { isWildcardAddress } from '../lib/net/index.ts'
import { type CertificateKeeper, createTlsServer } from './tls/index.ts'

export interface Listener {
  /** Scheme, host as configured, and port. A listener on every address is named by the loopback address. */
  readonly url: string
  /** Takes nothing more, and resolves when what was under way has been answered, or was cut off. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Null for plain HTTP. */
  readonly certificate: CertificateKeeper | null
  /** Peers that are let in; null for all. */
  readonly admits: ((address: string) => boolean) | null
  /** Milliseconds for a TLS handshake. */
  readonly handshake: number
  /** Most at a time. */
  readonly connections: number
}

export interface ListenerDoor {
  register(app: FastifyInstance): unknown
  /** Ends a connection on which there is no request that could be answered. */
  refuse?(error: Error, socket: Socket): void
}

/** A request's head must be in by then; its body has its own limits. */
const HEADERS_MS = 20_000
const REQUEST_MS = 120_000
/** Longer than load balancers keep an idle connection, so that they and not we close it. */
const KEEP_ALIVE_MS = 75_000
/** What is under way when the listener closes may take so long to be answered. */
const CLOSE_MS = 2_000

/** Rejects with ICE_LISTEN_FAILED. */
export async function createListener(options: ListenOptions, door: ListenerDoor, clock: Clock): Promise<Listener> {
  const { port, certificate, admits } = options
  // By name it would be what the system makes of it; here it is this machine.
  const host = options.host.toLowerCase() === 'localhost' ? '127.0.0.1' : options.host
  const refuse = door.refuse ?? refusePlainly
  const app = fastify({
    logger: false,
    // Requests under way are answered; what is longer than that is cut off by `close`.
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    routerOptions: { ignoreDuplicateSlashes: false },
    rewriteUrl: ({ url = '/' }) => url.replace(/^[^?]+/, routedPath),
    clientErrorHandler: refuse,
    serverFactory: (handler) => createHttpServer(handler as RequestListener, { ...options, clock }, refuse),
  })
  const sockets = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  if (admits !== null) {
    app.addHook('onRequest', async ({ raw }) => {
      if (admits(raw.socket.remoteAddress ?? '')) return
      throw new IcecoreError('ICE_TRANSPORT_REFUSED', { reason: 'it did not come through a trusted proxy' })
    })
  }
  door.register(app)
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const hint = reason === 'EADDRINUSE' ? 'Another process listens there: end it, or choose another port.' : undefined
    throw new IcecoreError(
      'ICE_LISTEN_FAILED',
      { address: `${options.host}:${port}`, reason },
      { cause, ...(hint && { hint }) },
    )
  }
  return {
    url: urlOf(certificate === null ? 'http' : 'https', options.host, portOf(app.server.address())),
    async close() {
      const timer = clock.timer(CLOSE_MS, () => {
        for (const socket of sockets) socket.destroy()
      })
      await app.close().finally(() => timer.cancel())
    },
  }
}

function createHttpServer(
  handler: RequestListener,
  { certificate, handshake, connections, clock }: ListenOptions & { readonly clock: Clock },
  refuse: (error: Error, socket: Socket) => void,
): Server {
  const taken = withHost(handler, refuse)
  const server =
    certificate === null
      ? createServer({ requireHostHeader: false }, taken)
      : createTlsServer(certificate, { handshake, clock }, taken, refuse)
  // RFC 9110 §10.1.1 leaves it to the server to heed an expectation; Node's own refusal would have no door's form.
  server.on('checkExpectation', taken)
  server.on('checkContinue', (request, response) => {
    // Of an answer that waits behind another one, Node would send "go on" after its head, as if it were of its body.
    if (response.socket !== null) response.writeContinue()
    taken(request, response)
  })
  server.headersTimeout = HEADERS_MS
  server.requestTimeout = REQUEST_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.maxConnections = connections
  return server
}

/** RFC 9112 §3.2 wants it refused. Here, since Node's own refusal would be an empty one, and counted by nobody. */
function withHost(handler: RequestListener, refuse: (error: Error, socket: Socket) => void): RequestListener {
  return (request, response) => {
    const { headers, httpVersion, socket } = request
    if (headers.host !== undefined || httpVersion === '1.0') return handler(request, response)
    refuse(new IcecoreError('ICE_REQUEST_MALFORMED', { reason: 'it names no host' }), socket)
  }
}

function urlOf(scheme: string, host: string, port: number): string {
  const shown = isWildcardAddress(host) ? (host.includes(':') ? '::1' : '127.0.0.1') : host
  return `${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** For doors without a form of their own. */
function refusePlainly(error: Error, socket: Socket): void {
  if (socket.writable) {
    const text = error instanceof IcecoreError ? error.message : 'The request cannot be read.'
    const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\nconnection: close`
    socket.write(`${head}\r\n\r\n${text}`)
  }
  socket.destroy()
}

/**
 * Python 5 asks for `/monitoring/queries//<id>`: collapsed before routing, so that no rule sees two spellings. What
 * cannot be decoded is escaped once more: the door refuses it then, and not the router in a form of its own.
 */
function routedPath(path: string): string {
  const collapsed = path.replace(/\/{2,}/g, '/')
  try {
    decodeURIComponent(collapsed)
    return collapsed
  } catch {
    return collapsed.replaceAll('%', '%25')
  }
}
