import { getCACertificates } from 'node:tls'

/** PEM of the certificate authorities that Node and the system trust, and of those given besides. */
export function trustedCertificates(besides: string | null = null): readonly string[] {
  const given = besides === null ? [] : [besides]
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...given])]
}
