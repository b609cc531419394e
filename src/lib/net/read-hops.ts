/** The headers in which proxies say for whom they ask. */

export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

/**
 * The addresses that a header names, the client's first and the last proxy's caller last, as written but for ports,
 * brackets and quotes; what is no address stays as it is (`unknown`, `_hidden`). Null for a header that cannot be read: one
 * broken place may hide where an entry begins.
 */
export function readHops(header: ForwardedHeader, text: string): readonly string[] | null {
  if (header === 'x-forwarded-for') return text.split(',').map((entry) => withoutPort(entry.trim()))
  return readForwarded(text)
}

/** RFC 7239 §4: `for=192.0.2.43;proto=https, for="[2001:db8::1]:4711"`. */
const PAIR = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)")[ \t]*([;,]|$)/y

function readForwarded(text: string): readonly string[] | null {
  const hops: string[] = []
  let hop: string | null = null
  PAIR.lastIndex = 0
  do {
    const match = PAIR.exec(text)
    if (match === null) return null
    const [, name = '', token, quoted = '', end] = match
    if (name.toLowerCase() === 'for') {
      // Twice in one element: RFC 7239 §4 forbids it, and one of the two is somebody's guess.
      if (hop !== null) return null
      hop = withoutPort(token ?? quoted.replace(/\\(.)/g, '$1'))
    }
    if (end !== ';') {
      hops.push(hop ?? 'unknown')
      hop = null
    }
    if (end === '') return hops
  } while (PAIR.lastIndex < text.length)
  return null
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write it. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\w+)?$/.exec(entry) ?? []
  return bracketed ?? plain ?? entry
}
