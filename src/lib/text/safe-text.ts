/**
 * Outside text for a terminal. Whatever could move the cursor, reorder a line, hide, or pass for something else is
 * replaced by a mark that shows what stood there: `␛` for the escape character, `\u{202e}` for a right-to-left override
 * (UAX #9), `\u{200b}` for a zero-width space. Marks are for eyes only; the JSON forms carry the text itself.
 */

/** Invisible, reordering, unassigned and private characters, every space but the plain one, half surrogates. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|[^\P{Zs} ]/gu

/** More marks than any language stacks on one letter: they would grow over the lines above and below. */
const STACKED = /(\p{M}{4})(\p{M}+)/gu

const WORD = /[\p{L}\p{M}\p{N}_]+/gu
const LATIN = /\p{Script=Latin}/u
/** Scripts with letters that look like Latin ones (UTS #39). */
const LOOKALIKE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/gu

/** One line: line ends and tabs are marked, too. */
export function safeLine(text: string): string {
  return markLookalikes(text.replace(HIDDEN, markOf).replace(STACKED, markStacked))
}

/** Several lines, for SQL and messages: line ends stay, tabs become spaces. */
export function safeLines(text: string): readonly string[] {
  return text.split(/\r\n|\n/).map((line) => safeLine(line.replaceAll('\t', '    ')))
}

function markOf(character: string, offset: number, whole: string): string {
  const code = character.codePointAt(0)!
  // The emoji variation selector after an emoji is how emoji are written.
  if (code === 0xfe0f && /[\p{Extended_Pictographic}\d#*]$/u.test(whole.slice(Math.max(0, offset - 2), offset))) {
    return character
  }
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return mark(code)
}

function markStacked(_: string, kept: string, rest: string): string {
  return `${kept}${Array.from(rest, (character) => mark(character.codePointAt(0)!)).join('')}`
}

/** `pаypal` with a Cyrillic а: letters of another script inside a word with Latin ones. */
function markLookalikes(text: string): string {
  return text.replace(WORD, (word) =>
    LATIN.test(word) ? word.replace(LOOKALIKE, (letter) => mark(letter.codePointAt(0)!)) : word,
  )
}

function mark(code: number): string {
  return `\\u{${code.toString(16)}}`
}
