const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** East Asian wide and fullwidth blocks (UAX #11), as first and last code point. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
]

/** How many columns of a terminal a text takes. For safe text: control characters have no width that could be told. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/** The text cut to `width` columns, with `…` in its last where something is missing. Never cuts inside a grapheme. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return ''
  // No text of so many UTF-16 units can fit, and measuring megabytes for eighty columns would take long.
  const head = text.length > width * 32 ? text.slice(0, width * 32) : text
  if (head === text && displayWidth(text) <= width) return text
  return `${takeColumns(head, width - 1)}…`
}

/** The longest start of the text that fits. */
function takeColumns(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, width))
  let taken = ''
  let left = width
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment)
    if (left < 0) break
    taken += segment
  }
  return taken
}

/** The text filled up with spaces to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'left' ? `${text}${fill}` : `${fill}${text}`
}

/**
 * The text in lines of at most `width` columns, broken between words; only a word that is longer than a line is cut. The
 * spaces at a break are left out, those at the start of the text are not. Lines after the first may be narrower, by
 * `hanging`, so that they can be set in.
 */
export function wrap(text: string, width: number, hanging = 0): readonly string[] {
  const lines: string[] = []
  let rest = text
  for (let room = width; ; room = width - hanging) {
    // No text of so many UTF-16 units can fit.
    const head = rest.slice(0, Math.max(room, 1) * 32)
    const whole = takeColumns(head, room) || firstGrapheme(head)
    if (whole.length === rest.length) return [...lines, rest]
    const line = wholeWords(whole, rest)
    lines.push(line.trimEnd())
    rest = rest.slice(line.length).replace(/^ +/, '')
    if (rest === '') return lines
  }
}

/** The start of the text without the word that its end cuts; all of it where it has but one. */
function wholeWords(start: string, text: string): string {
  if (text[start.length] === ' ') return start
  const words = start.slice(0, start.lastIndexOf(' ') + 1)
  return words.trim() === '' ? start : words
}

function firstGrapheme(text: string): string {
  for (const { segment } of graphemes.segment(text)) return segment
  return ''
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function graphemeWidth(grapheme: string): number {
  if (/^\p{M}+$/u.test(grapheme)) return 0
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2
  const code = grapheme.codePointAt(0)!
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}
