/**
 * Members that no driver knows, as Snowflake adds them between releases. Their values come out changed from a
 * `JSON.parse` and `JSON.stringify`: a client that re-serialises what it only passes on is caught by them.
 */
import { rawJson } from './json.ts'

export const UNKNOWN_MEMBERS_TEXT =
  '"unmodelled":{"epoch":9223372036854775807,"ratio":1.10,"text":"caf\\u00e9 \\/ \\u2028","none":null}'

export function unknownMembers(): Readonly<Record<string, unknown>> {
  return {
    unmodelled: {
      epoch: rawJson('9223372036854775807'),
      ratio: rawJson('1.10'),
      text: rawJson('"caf\\u00e9 \\/ \\u2028"'),
      none: null,
    },
  }
}
