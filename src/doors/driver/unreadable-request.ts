/**
 * What the HTTP parser gives up on before there is a request: a head that is broken, too large or too slow. It has no
 * path and no session; it is refused in the form of every other refusal, counted like them, and cut off.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { CODES, ENVELOPE_CONTENT_TYPE, encodeSessionError } from '../../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { Refusals } from '../../gate/index.ts'
import { canonicalAddress } from '../../lib/net/index.ts'

interface Form {
  readonly status: 400 | 408 | 431
  readonly reason: string
}

const BROKEN: Form = { status: 400, reason: 'it is not HTTP' }
/** By the codes of Node's parser. */
const FORMS: Readonly<Record<string, Form>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'its head is too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'it took too long to arrive' },
}

export function refuseUnreadable(thrown: NodeJS.ErrnoException, socket: Socket, refusals: Refusals): void {
  const handshake = handshakeError(thrown)
  if (thrown.code === 'ECONNRESET' || (socket.destroyed && handshake === null)) return
  const { status, reason } = FORMS[thrown.code ?? ''] ?? BROKEN
  const unreadable = isIcecoreError(thrown) ? thrown : new IcecoreError('ICE_REQUEST_MALFORMED', { reason })
  const error = handshake ?? unreadable
  const peer = socket.remoteAddress ?? 'unknown'
  const network = { address: canonicalAddress(peer) ?? peer, userAgent: null }
  refusals.requestRefused(null, { network, method: '', path: '', icecore: error.code, reason: error.message })
  if (handshake === null && socket.writable) socket.write(answerOf(error, status))
  socket.destroy()
}

/** Nobody can be answered, but a client that does not trust the certificate is somebody's riddle. */
function handshakeError({ code = '' }: NodeJS.ErrnoException): IcecoreError | null {
  if (!/^ERR_(?:SSL|TLS)_/.test(code)) return null
  return new IcecoreError('ICE_TRANSPORT_REFUSED', { reason: `the TLS handshake failed (${code})` })
}

function answerOf(error: IcecoreError, status: Form['status']): Buffer {
  const body = encodeSessionError(CODES.badRequest, error.message)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${ENVELOPE_CONTENT_TYPE}`,
    `content-length: ${body.length}`,
    'connection: close',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
