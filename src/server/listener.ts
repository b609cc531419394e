/** One listener with one door behind it. */
import type { Socket } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'

export interface Listener {
  readonly url: string
  /** Takes nothing more, and resolves when what was under way has been answered, or was cut off. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
}

/** A request's head must be in by then; its body has its own limits. */
const HEADERS_MS = 20_000
const REQUEST_MS = 120_000
/** Each may hold one log-in body without a token; what asks for more is behind one. */
const MAX_CONNECTIONS = 4096
/** Longer than load balancers keep an idle connection, so that they and not we close it. */
const KEEP_ALIVE_MS = 75_000
/** What is under way when the listener closes may take so long to be answered. */
const CLOSE_MS = 2_000

/** Rejects with ICE_LISTEN_FAILED. */
export async function createListener(
  { host, port }: ListenOptions,
  register: (app: FastifyInstance) => void,
  clock: Clock,
  refuseUnreadable?: (error: Error, socket: Socket) => void,
): Promise<Listener> {
  const app = fastify({
    logger: false,
    // Requests under way are answered; what is longer than that is cut off by `close`.
    forceCloseConnections: 'idle',
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    exposeHeadRoutes: false,
    routerOptions: { ignoreDuplicateSlashes: false },
    rewriteUrl: ({ url = '/' }) => url.replace(/^[^?]+/, routedPath),
    ...(refuseUnreadable === undefined ? {} : { clientErrorHandler: refuseUnreadable }),
  })
  app.server.headersTimeout = HEADERS_MS
  app.server.maxConnections = MAX_CONNECTIONS
  register(app)
  try {
    const url = await app.listen({ host, port })
    return {
      url,
      async close() {
        const timer = clock.timer(CLOSE_MS, () => app.server.closeAllConnections())
        await app.close().finally(() => timer.cancel())
      },
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const hint = reason === 'EADDRINUSE' ? 'Another process listens there: end it, or choose another port.' : undefined
    throw new IcecoreError(
      'ICE_LISTEN_FAILED',
      { address: `${host}:${port}`, reason },
      { cause, ...(hint && { hint }) },
    )
  }
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
