import { canonicalAddress } from './address.ts'

/** A network, as in `10.0.0.0/8` (RFC 4632). */
export interface AddressRange {
  /** Canonical, all bits behind the prefix zero. */
  readonly base: string
  readonly prefix: number
}

/**
 * A range as written; an address alone is the range that holds it and nothing else. Null for what is neither, and for a
 * prefix that the kind of address cannot have. Bits behind the prefix are cleared: compare `base` to tell.
 */
export function parseRange(text: string): AddressRange | null {
  const [, written = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = canonicalAddress(written)
  // A range of IPv4 inside IPv6 has a prefix of the other kind, and a zone has none.
  if (address === null || written.includes('%') || written.includes(':') !== address.includes(':')) return null
  const width = widthOf(address)
  const prefix = digits === undefined ? width : Number(digits)
  if (prefix > width) return null
  const free = BigInt(width - prefix)
  return { base: addressOf((bitsOf(address) >> free) << free, width), prefix }
}

/** Whether the range holds the address, in whatever spelling that comes. */
export function holds(range: AddressRange, text: string): boolean {
  const address = canonicalAddress(text)
  if (address === null || widthOf(address) !== widthOf(range.base)) return false
  const free = BigInt(widthOf(address) - range.prefix)
  return bitsOf(address) >> free === bitsOf(range.base) >> free
}

/** Bits of a canonical address. */
function widthOf(address: string): 32 | 128 {
  return address.includes(':') ? 128 : 32
}

function bitsOf(address: string): bigint {
  if (widthOf(address) === 32) return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
  const [head = '', tail] = address.split('::', 2)
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

function addressOf(bits: bigint, width: 32 | 128): string {
  const size = width === 32 ? 8 : 16
  const parts = Array.from({ length: width / size }, (_, index) =>
    ((bits >> BigInt(width - size * (index + 1))) & ((1n << BigInt(size)) - 1n)).toString(width === 32 ? 10 : 16),
  )
  return canonicalAddress(parts.join(width === 32 ? '.' : ':')) ?? ''
}
