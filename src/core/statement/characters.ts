/**
 * Which characters may stand where. Outside strings Icecore lets only ASCII through: how Snowflake folds, splits or
 * skips other characters is not documented, and a reading that differs from Snowflake's hides a statement from us.
 */

/** A character that is refused, and how the agent is told. */
export interface CharacterFault {
  readonly code: string
  readonly reason: string
}

type Ranges = readonly (readonly [first: number, last: number])[]

/** Bidirectional controls and characters of no width: what a person reads is not what runs (CVE-2021-42574). */
const INVISIBLE: Ranges = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
]
const UNICODE_SPACE: Ranges = [
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]
/** Ends of line to some lexers and not to others (Java's `.` stops at them). */
const OTHER_LINE_END: Ranges = [
  [0x85, 0x85],
  [0x2028, 0x2029],
]
const LOOKALIKE_QUOTE: Ranges = [
  [0xab, 0xab],
  [0xb4, 0xb4],
  [0xbb, 0xbb],
  [0x2b9, 0x2bd],
  [0x2c8, 0x2c8],
  [0x2ca, 0x2cb],
  [0x2ee, 0x2ee],
  [0x2018, 0x201f],
  [0x2032, 0x2037],
  [0x2039, 0x203a],
  [0x275b, 0x275f],
  [0x301d, 0x301f],
  [0xff02, 0xff02],
  [0xff07, 0xff07],
  [0xff40, 0xff40],
]

/** A character outside strings, quoted names and comments; null for ASCII that Snowflake may know. */
export function faultOutside(character: string): CharacterFault | null {
  const code = character.codePointAt(0) ?? 0
  if (isControl(code) && !isIn(UNICODE_SPACE, code)) return control(code)
  if (code < 0x80) return null
  if (isIn(INVISIBLE, code)) return invisible(code)
  if (isIn(UNICODE_SPACE, code)) {
    return { code: 'unicode_space', reason: `${show(code)} is no white space of SQL; use an ordinary space` }
  }
  if (isIn(LOOKALIKE_QUOTE, code)) {
    return { code: 'lookalike_quote', reason: `${show(code)} looks like a quote and is none; use ' or "` }
  }
  return {
    code: 'non_ascii_name',
    reason: `${show(code)} stands outside quotes; put names with such characters in double quotes`,
  }
}

/** A fault inside a text, and where in it. */
export type TextFault = CharacterFault & { readonly at: number }

/** Anything but printable ASCII and the usual white space has to be looked at. */
const NOT_PLAIN = /[^\t\n\r\x20-\x7e]/gu

/** The first fault in the text of a comment. */
export function faultInComment(text: string): TextFault | null {
  return firstFault(text, (code) => {
    if (isIn(OTHER_LINE_END, code)) {
      return {
        code: 'ambiguous_line_end',
        reason: `${show(code)} in a comment ends the line for some and not for others`,
      }
    }
    if (isControl(code)) return control(code)
    return isIn(INVISIBLE, code) ? invisible(code) : null
  })
}

/** The first fault in the text of a name in double quotes. */
export function faultInName(text: string): TextFault | null {
  const lineEnd = text.search(/[\t\n\r]/)
  if (lineEnd >= 0) return { ...control(text.charCodeAt(lineEnd)), at: lineEnd }
  return firstFault(text, (code) => {
    if (isIn(UNICODE_SPACE, code)) return { code: 'unicode_space', reason: `${show(code)} stands in a quoted name` }
    if (isControl(code)) return control(code)
    return isIn(INVISIBLE, code) ? invisible(code) : null
  })
}

function firstFault(text: string, judge: (code: number) => CharacterFault | null): TextFault | null {
  for (const match of text.matchAll(NOT_PLAIN)) {
    const fault = judge(match[0].codePointAt(0) ?? 0)
    if (fault !== null) return { ...fault, at: match.index }
  }
  return null
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || (code >= 0x7f && code <= 0x9f)
}

function isIn(ranges: Ranges, code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last)
}

function control(code: number): CharacterFault {
  return { code: 'control_character', reason: `the control character ${show(code)} may not stand here` }
}

function invisible(code: number): CharacterFault {
  return { code: 'invisible_character', reason: `${show(code)} is invisible or turns the direction of the text` }
}

function show(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
