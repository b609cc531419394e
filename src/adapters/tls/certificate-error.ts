/**
 * A server whose certificate does not pass is an error of its own: trying again cannot help, and who runs Icecore or
 * that server has to act. What exactly failed is told by the code that Node and OpenSSL give.
 */
import { IcecoreError } from '../../errors.ts'

export interface Peer {
  /** As it stands in the error, behind "the certificate of". */
  readonly name: string
  /** The setting that names further certificate authorities for it. */
  readonly setting: string
}

interface Problem {
  readonly reason: string
  readonly remedy: (peer: Peer) => string
}

const BY_CODE: Readonly<Record<string, Problem>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'it was made for another host name',
    remedy: () => 'Whoever runs Icecore checks the address in its configuration, and what answers there.',
  },
  CERT_HAS_EXPIRED: {
    reason: 'it has expired',
    remedy: () => 'Whoever runs that server renews it; until then check the clock of the machine that Icecore runs on.',
  },
  CERT_NOT_YET_VALID: {
    reason: 'it is not valid yet',
    remedy: () => 'Whoever runs Icecore checks the clock of its machine.',
  },
}

const UNSIGNED: Problem = {
  reason: 'no certificate authority that Icecore trusts has signed it',
  remedy: ({ setting }) => `Whoever runs Icecore names the authority in ${setting}, if it is to be trusted.`,
}

/** Names of certificate problems, as OpenSSL and Node give them. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|ERR_TLS_CERT_|INVALID_CA|SELF_SIGNED_|UNABLE_TO_)/

/** Null where the code is of something else than a certificate. */
export function certificateError(code: string, peer: Peer): IcecoreError | null {
  if (!CERTIFICATE.test(code)) return null
  const { reason, remedy } = BY_CODE[code] ?? UNSIGNED
  const cause = new Error(`the certificate of ${peer.name}: ${code}`)
  return new IcecoreError('ICE_CERTIFICATE_UNTRUSTED', { peer: peer.name, reason }, { hint: remedy(peer), cause })
}
