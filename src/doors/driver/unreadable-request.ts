/**
 * What the HTTP parser gives up on before there is a request: a head that is broken, too large or too slow. It has no
 * path and no session; it is refused in the form of every other refusal, counted like them, and cut off.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { CODES, ENVELOPE_CONTENT_TYPE, encodeSessionError } from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { Refusals } from '../../gate/index.ts'

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
  if (thrown.code === 'ECONNRESET' || socket.destroyed) return
  const { status, reason } = FORMS[thrown.code ?? ''] ?? BROKEN
  const error = new IcecoreError('ICE_REQUEST_MALFORMED', { reason })
  const network = { address: socket.remoteAddress ?? 'unknown', userAgent: null }
  refusals.requestRefused(null, { network, method: '', path: '', icecore: error.code, reason: error.message })
  const body = encodeSessionError(CODES.badRequest, error.message)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${ENVELOPE_CONTENT_TYPE}`,
    `content-length: ${body.length}`,
    'connection: close',
  ]
  if (socket.writable) socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
  socket.destroy()
}
