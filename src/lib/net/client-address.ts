import { canonicalAddress } from './address.ts'
import { type AddressRange, holds } from './address-range.ts'
import { type ForwardedHeader, readHops } from './read-hops.ts'

export interface ClientAddress {
  readonly address: string
  /** The proxies between, the client's first; empty for who connects by himself. */
  readonly via: readonly string[]
}

export interface TrustedProxies {
  readonly trusted: readonly AddressRange[]
  /** The one header that they write. */
  readonly header: ForwardedHeader
}

/** Longer chains of one's own proxies are a loop, or made up. */
const MAX_HOPS = 16

/**
 * Who asks. A proxy is believed only where it is trusted: from the connection's own peer outwards, each trusted one is
 * believed in whom it names before it, and the first that is not trusted is the client. What stands further out in the
 * header is that client's own claim.
 */
export function clientAddress(
  peer: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { trusted, header }: TrustedProxies,
): ClientAddress {
  let address = canonicalAddress(peer) ?? peer
  const via: string[] = []
  if (!isTrusted(address, trusted)) return { address, via }
  const hops = [...(readHops(header, [headers[header] ?? []].flat().join(',')) ?? [])]
  while (isTrusted(address, trusted) && via.length < MAX_HOPS) {
    const before = canonicalAddress(hops.pop() ?? '')
    if (before === null) break
    via.unshift(address)
    address = before
  }
  return { address, via }
}

function isTrusted(address: string, trusted: readonly AddressRange[]): boolean {
  return trusted.some((range) => holds(range, address))
}
