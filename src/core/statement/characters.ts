/**
 * Which characters may stand where. Outside strings Icecore lets only ASCII through: how Snowflake folds, splits or
 * skips other characters is not documented, and a reading that differs from Snowflake's hides a statement from us.
 */

/** A character that is refused, and how the agent is told. */
export interface CharacterFault {
  readonly code: string
  readonly reason: string
}

/** Bidirectional controls and characters of no width: what a person reads is not what runs (CVE-2021-42574). */
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\uddef]/u
const UNICODE_SPACE = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u
const LOOKALIKE_QUOTE =
  /[\u00b4\u02b9-\u02bd\u02c8\u02ca\u02cb\u02ee\u2018-\u201f\u2032-\u2037\u2039\u203a\u275b-\u275f\u301d-\u301f\uff02\uff07\uff40]/u
/** Ends of line to some lexers and not to others (Java's `.` stops at them). */
const OTHER_LINE_END = /[\u0085\u2028\u2029]/u

/** A character outside strings, quoted names and comments. */
export function faultOutside(character: string): CharacterFault | null {
  if (isControl(character)) return control(character)
  if (character.charCodeAt(0) < 0x80) return null
  if (INVISIBLE.test(character)) return invisible(character)
  if (UNICODE_SPACE.test(character)) {
    return { code: 'unicode_space', reason: `${name(character)} is no white space of SQL; use an ordinary space` }
  }
  if (LOOKALIKE_QUOTE.test(character)) {
    return { code: 'lookalike_quote', reason: `${name(character)} looks like a quote and is none; use ' or "` }
  }
  return {
    code: 'non_ascii_name',
    reason: `${name(character)} stands outside quotes; put names with such characters in double quotes`,
  }
}

const SUSPECT_IN_COMMENT = /[^\t\n\r\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff]/gu
const SUSPECT_IN_NAME = /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff]/gu

/** The first fault in the text of a comment, and where. */
export function faultInComment(text: string): (CharacterFault & { readonly at: number }) | null {
  for (const match of text.matchAll(SUSPECT_IN_COMMENT)) {
    const character = match[0]
    if (isControl(character)) return { ...control(character), at: match.index }
    if (OTHER_LINE_END.test(character)) {
      return {
        code: 'ambiguous_line_end',
        reason: `${name(character)} in a comment ends the line for some and not for others`,
        at: match.index,
      }
    }
    if (INVISIBLE.test(character)) return { ...invisible(character), at: match.index }
  }
  return null
}

/** The first fault in the text of a name in double quotes, and where. */
export function faultInName(text: string): (CharacterFault & { readonly at: number }) | null {
  for (const match of text.matchAll(SUSPECT_IN_NAME)) {
    const character = match[0]
    if (isControl(character)) return { ...control(character), at: match.index }
    if (INVISIBLE.test(character)) return { ...invisible(character), at: match.index }
    if (UNICODE_SPACE.test(character)) {
      return { code: 'unicode_space', reason: `${name(character)} stands in a quoted name`, at: match.index }
    }
  }
  return null
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0)
  return (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || (code >= 0x7f && code <= 0x9f)
}

function control(character: string): CharacterFault {
  return { code: 'control_character', reason: `the control character ${name(character)} may not stand here` }
}

function invisible(character: string): CharacterFault {
  return { code: 'invisible_character', reason: `${name(character)} is invisible or turns the direction of the text` }
}

function name(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
