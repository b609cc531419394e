/** `JSON.rawJSON` (ECMAScript "JSON.parse source text access"), which the types of the language do not know yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown
  }
}

/** Stands in what `JSON.stringify` writes for an integer of any size, digit by digit. Other texts become 0. */
export function rawInteger(digits: string): unknown {
  return /^(?:0|[1-9]\d*)$/.test(digits) ? JSON.rawJSON(digits) : 0
}
