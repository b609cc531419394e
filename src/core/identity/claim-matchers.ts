import { type Claims, readClaim } from './claims.ts'

/**
 * One value. A text that ends in `*` fits every text that begins with what stands before it: `acme/*` fits
 * `acme/a/b`, and `*` any text. A star elsewhere is a star; a last star that is meant as one is written `\*`. Case
 * counts. Numbers and booleans fit themselves only: `"true"` is not `true`.
 */
export type ClaimPattern = string | number | boolean

/**
 * What a claim must be: one of the values, or, with `contains`, a list with such a value in it. A claim of another
 * type than the matcher asks for never matches.
 */
export type ClaimMatcher =
  | ClaimPattern
  | readonly ClaimPattern[]
  | { readonly contains: ClaimPattern | readonly ClaimPattern[] }

/** Claim name (as `readClaim` takes it) → what it must be. */
export type ClaimMatchers = Readonly<Record<string, ClaimMatcher>>

/** True when all matchers hold. No matchers at all match nothing: an emptied config must not open a door. */
export function matchClaims(matchers: ClaimMatchers, claims: Claims): boolean {
  const entries = Object.entries(matchers)
  return entries.length > 0 && entries.every(([name, matcher]) => matchClaim(matcher, readClaim(claims, name)))
}

function matchClaim(matcher: ClaimMatcher, value: unknown): boolean {
  if (isContains(matcher)) {
    return Array.isArray(value) && value.some((element) => matchPatterns(matcher.contains, element))
  }
  return matchPatterns(matcher, value)
}

function isContains(matcher: ClaimMatcher): matcher is { readonly contains: ClaimPattern | readonly ClaimPattern[] } {
  return typeof matcher === 'object' && 'contains' in matcher
}

/** True when the value fits one of the patterns. */
export function matchPatterns(patterns: ClaimPattern | readonly ClaimPattern[], value: unknown): boolean {
  const list = typeof patterns === 'object' ? patterns : [patterns]
  return list.some((pattern) => matchPattern(pattern, value))
}

function matchPattern(pattern: ClaimPattern, value: unknown): boolean {
  if (typeof pattern !== 'string' || typeof value !== 'string') return pattern === value
  if (pattern.endsWith('\\*')) return value === `${pattern.slice(0, -2)}*`
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1))
  return pattern === value
}
