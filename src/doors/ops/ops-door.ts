/** Health, for the people and machines who run Icecore. On a listener of its own: agents have no business here. */
import type { FastifyInstance } from 'fastify'
import { isIcecoreError } from '../../errors.ts'

export interface Readiness {
  readonly ready: boolean
  /** Why not, one sentence each; empty when ready. */
  readonly reasons: readonly string[]
  /** What somebody should see to, though all works. */
  readonly warnings: readonly string[]
}

export interface OpsDoorTools {
  readiness(): Readiness
}

export function registerOpsDoor(app: FastifyInstance, tools: OpsDoorTools): void {
  app.setErrorHandler((error, _request, reply) => {
    const refusal = isIcecoreError(error, 'ICE_TRANSPORT_REFUSED') ? error : null
    return reply
      .code(refusal === null ? 500 : 403)
      .send({ error: refusal?.message ?? 'Icecore failed on this request.' })
  })
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const readiness = tools.readiness()
    return reply.code(readiness.ready ? 200 : 503).send(readiness)
  })
}
