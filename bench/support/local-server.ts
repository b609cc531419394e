/** A server on a free port of this machine, as the measured processes need them. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LocalServer {
  readonly url: string
  close(): void
}

export async function listenLocally(listener: RequestListener): Promise<LocalServer> {
  const server: Server = createServer(listener)
  // Sockets stay open between statements, as they do at a load balancer.
  server.keepAliveTimeout = 75_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
