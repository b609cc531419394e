/** IP addresses in one spelling each, so that they can be compared, counted and looked up. */

/**
 * The address as everything here writes it: IPv6 in its shortest form (RFC 5952), an IPv4 address inside IPv6 as the IPv4
 * address that it is (RFC 4291 §2.5.5.2), no zone. Null for what is no address, and for IPv4 with leading zeros, which
 * some read as octal.
 */
export function canonicalAddress(text: string): string | null {
  if (!text.includes(':')) return isIpv4(text) ? text : null
  const [bare = '', zone] = text.split('%', 2)
  if (!/^[\da-f:.]+$/i.test(bare) || zone === '') return null
  const hostname = URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1)
  if (hostname === undefined) return null
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(hostname)
  return mapped === null ? hostname : ipv4Of(Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16))
}

export function isLoopbackAddress(text: string): boolean {
  const address = canonicalAddress(text) ?? ''
  return address === '::1' || address.startsWith('127.')
}

/** Whether a listener there takes connections to every address of the machine. */
export function isWildcardAddress(text: string): boolean {
  const address = canonicalAddress(text)
  return address === '::' || address === '0.0.0.0'
}

function isIpv4(text: string): boolean {
  return (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) &&
    text.split('.').every((part) => String(Number(part)) === part && Number(part) < 256)
  )
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}
