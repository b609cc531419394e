/** Deep nesting serves nobody in a token, and the readers behind this one walk into it. */
const MAX_DEPTH = 16

/** Strings first, so that braces inside them do not count. What is left over are numbers, words and white space. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/**
 * Reads a JSON object in which no key stands twice. `JSON.parse` takes the last of two equal keys and others the
 * first, so that the issuer could have checked another claim than we read (RFC 8725 §2.4, RFC 7519 §4).
 * Throws an error that says what was wrong, without the text.
 */
export function parseStrictObject(text: string): Readonly<Record<string, unknown>> {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('is not a JSON object')
  const open: (Set<string> | null)[] = []
  let lastString = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') addKey(open.at(-1), lastString)
    else lastString = token
    if (open.length > MAX_DEPTH) throw new Error(`is nested more than ${MAX_DEPTH} deep`)
  }
  return value as Readonly<Record<string, unknown>>
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new Error('is not JSON')
  }
}

/** Keys are compared as read: `"sub"` and `"s\u0075b"` are one. */
function addKey(keys: Set<string> | null | undefined, literal: string): void {
  const key = JSON.parse(literal) as string
  if (keys?.has(key)) throw new Error('has a key twice')
  keys?.add(key)
}
