/** Reading claims: what an issuer signed is true for that issuer, and still text from outside. */
export type Claims = Readonly<Record<string, unknown>>

/** RFC 6901 §3: `~1` stands for `/` and `~0` for `~`. */
const POINTER_ESCAPES: Readonly<Record<string, string>> = { '~1': '/', '~0': '~' }

/** Longest outside text that a detail quotes. */
const QUOTED_CHARACTERS = 120

/**
 * The value of a claim; undefined when it is absent. A name is a top-level claim, taken literally, because claim
 * names hold dots and URLs (`kubernetes.io`, `https://sts.amazonaws.com/`). A name that starts with `/` is a JSON
 * pointer (RFC 6901) into nested objects: `/realm_access/roles`. Lists are not entered.
 */
export function readClaim(claims: Claims, name: string): unknown {
  return claimPath(name).reduce<unknown>((value, step) => {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    return value[step]
  }, claims)
}

/** The steps from the top of the claims; the first is the top-level claim. */
export function claimPath(name: string): readonly string[] {
  if (!name.startsWith('/')) return [name]
  return name
    .slice(1)
    .split('/')
    .map((step) => step.replace(/~[01]/g, (escaped) => POINTER_ESCAPES[escaped]!))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * True for text that can name somebody: not empty, within the limit, without control, format (bidirectional,
 * zero-width), line-separator or half-surrogate characters, which let two names look alike.
 */
export function isCleanText(value: unknown, maxCharacters: number): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= maxCharacters &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)
  )
}

/** Outside text for a detail: quoted, and cut. */
export function quoteOutside(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`
}

/**
 * The claims that rules may match, without those too large to be kept in every record of a session. What is left out
 * cannot be matched, so a rule that asks for it does not apply.
 */
export function keepClaims(claims: Claims, maxCharactersPerClaim: number): Claims {
  const kept = Object.entries(claims).filter(
    ([name, value]) => isCleanText(name, 256) && (JSON.stringify(value) ?? '').length <= maxCharactersPerClaim,
  )
  return Object.fromEntries(kept)
}
