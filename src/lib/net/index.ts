export { canonicalAddress, isLoopbackAddress, isWildcardAddress } from './address.ts'
export { type AddressRange, holds, parseRange } from './address-range.ts'
export { type ClientAddress, clientAddress, type TrustedProxies } from './client-address.ts'
export { type ForwardedHeader, readHops } from './read-hops.ts'
