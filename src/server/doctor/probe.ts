/** What another server shows of itself before anything is asked of it: its certificate and its clock. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { TLSSocket } from 'node:tls'
import { certificateError, type Peer, trustedCertificates } from '../../adapters/tls/index.ts'

export interface Probe {
  /** By its own word (`Date`, RFC 9110 §6.6.1), milliseconds; null where it does not say. */
  readonly clock: number | null
  /** When its certificate expires, milliseconds; null without TLS. */
  readonly certificateExpires: number | null
}

const TIMEOUT_MS = 10_000

/** Rejects with ICE_CERTIFICATE_UNTRUSTED, or with the system's error. */
export function probeServer(url: string, ca: readonly string[] | string, peer: Peer): Promise<Probe> {
  const { protocol } = new URL(url)
  return new Promise((resolve, reject) => {
    const options = { method: 'HEAD', timeout: TIMEOUT_MS, agent: false, ca: [...(typeof ca === 'string' ? [ca] : ca)] }
    const sent = (protocol === 'https:' ? httpsRequest : httpRequest)(url, options)
    sent.once('response', (answer) => {
      resolve(read(answer))
      answer.destroy()
    })
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    sent.once('error', (error: NodeJS.ErrnoException) => reject(certificateError(error.code ?? '', peer) ?? error))
    sent.end()
  })
}

export function trustedBy(ca: string | null): readonly string[] {
  return trustedCertificates(ca)
}

function read({ headers, socket }: IncomingMessage): Probe {
  const clock = Date.parse(headers.date ?? '')
  const expires = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN
  return {
    clock: Number.isNaN(clock) ? null : clock,
    certificateExpires: Number.isNaN(expires) ? null : expires,
  }
}
