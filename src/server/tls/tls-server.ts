/** An HTTPS server: TLS 1.2 and later with Node's ciphers, HTTP/1.1 only, and a plain answer to who speaks plain HTTP. */
import { constants } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { IcecoreError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { CertificateKeeper } from './certificate-keeper.ts'
import type { ServerCertificate } from './server-certificate.ts'

export interface TlsOptions {
  /** Milliseconds for the first byte, and again for the handshake. */
  readonly handshake: number
  readonly clock: Clock
}

/** First byte of a TLS connection: a record of the handshake (RFC 8446 §5.1). */
const HANDSHAKE = 22

export function createTlsServer(
  keeper: CertificateKeeper,
  { handshake, clock }: TlsOptions,
  handler: RequestListener,
  refuse: (error: Error, socket: Socket) => void,
): Server {
  const server = createServer(
    {
      ...contextOf(keeper.current),
      handshakeTimeout: handshake,
      ALPNProtocols: ['http/1.1'],
      requireHostHeader: false,
    },
    handler,
  )
  // A new context has new ticket keys, too: who comes back with an old ticket sees the new certificate.
  keeper.onChange((certificate) => server.setSecureContext(contextOf(certificate)))
  lookAtFirstByte(server, { handshake, clock }, refuse)
  return server
}

function contextOf({ chain, key }: ServerCertificate): SecureContextOptions {
  return {
    cert: chain,
    key: key.reveal(),
    minVersion: 'TLSv1.2',
    // HTTP has no use for it, and it costs the server far more than the client.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}

/**
 * Node ends a connection of plain HTTP without a word. Each connection is looked at before TLS takes it, so that its client
 * can be told; `connection` is the event by which a TLS server is handed its sockets.
 */
function lookAtFirstByte(
  server: Server,
  { handshake, clock }: TlsOptions,
  refuse: (error: Error, socket: Socket) => void,
): void {
  const takers = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const giveUp = (): void => {
      socket.destroy()
    }
    const timer = clock.timer(handshake, giveUp)
    const ends = ['error', 'end'] as const
    for (const event of ends) socket.on(event, giveUp)
    socket.once('close', () => timer.cancel())
    socket.once('data', (bytes: Buffer) => {
      timer.cancel()
      if (bytes[0] !== HANDSHAKE) {
        const reason = 'it is not TLS, which this address takes alone: use https'
        refuse(new IcecoreError('ICE_TRANSPORT_REFUSED', { reason }), socket)
        return
      }
      for (const event of ends) socket.off(event, giveUp)
      socket.pause()
      socket.unshift(bytes)
      for (const take of takers) Reflect.apply(take, server, [socket])
    })
  })
}
