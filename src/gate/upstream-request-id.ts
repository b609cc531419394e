import { createHash } from 'node:crypto'

/**
 * The request id under which a statement goes upstream: the same for every attempt, so that the upstream runs it once;
 * another for every session, so that two clients with one id never meet; and another for every statement, so that one
 * under an id that was used long ago, and is forgotten here, is not answered with the result of the first. UUID form
 * (RFC 9562 §5.8).
 */
export function upstreamRequestId(session: string, requestId: string, fingerprint: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([session, requestId, fingerprint]))
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
