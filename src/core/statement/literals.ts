/** The value of a `'…'` literal, escapes resolved (Snowflake: "Escape sequences in single-quoted string constants"). */
export interface LiteralValue {
  readonly value: string
  /** For each unit of `value`, and its end, the offset inside the literal's text where it began. */
  readonly offsets: (index: number) => number
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' }
const ESCAPE = /''|\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g

/** `text` is the literal with its quotes. */
export function readString(text: string): LiteralValue {
  const body = text.slice(1, -1)
  if (!body.includes('\\') && !body.includes("''")) return { value: body, offsets: (index) => index + 1 }
  const shifts: { readonly at: number; readonly from: number }[] = []
  let value = ''
  let read = 0
  for (const match of body.matchAll(ESCAPE)) {
    value += body.slice(read, match.index)
    shifts.push({ at: value.length, from: match.index + 1 })
    value += resolveEscape(match)
    read = match.index + match[0].length
    shifts.push({ at: value.length, from: read + 1 })
  }
  value += body.slice(read)
  return { value, offsets: (index) => locate(shifts, index) }
}

function resolveEscape(match: RegExpMatchArray): string {
  const [whole, unicode, hex, octal, other] = match
  if (whole === "''") return "'"
  if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16))
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
  return ESCAPES[other ?? ''] ?? other ?? ''
}

function locate(shifts: readonly { readonly at: number; readonly from: number }[], index: number): number {
  let low = 0
  let high = shifts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((shifts[middle]?.at ?? 0) <= index) low = middle + 1
    else high = middle
  }
  const shift = shifts[low - 1]
  return shift === undefined ? index + 1 : shift.from + (index - shift.at)
}
