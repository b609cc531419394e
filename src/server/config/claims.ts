import * as z from 'zod'
import { reject, scalar, show } from './scalar.ts'

/** What a claim's value must be: exactly this, or a text that starts with this. */
export type ClaimPattern = { readonly equals: string | number | boolean } | { readonly prefix: string }

/** Claims that must all fit, each with the patterns of which one must. */
export type ClaimMatch = Readonly<Record<string, readonly ClaimPattern[]>>

/** `VALUE`, `PREFIX*` or a list of these. Yields a list of patterns. */
function claimPatterns() {
  return scalar({ type: ['string', 'number', 'boolean', 'array'] }, (value) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (values.length === 0) return reject('is an empty list, which no token can match', undefined, 'never_matches')
    return values.map(parsePattern)
  })
}

function parsePattern(value: unknown): ClaimPattern {
  if (typeof value === 'number' || typeof value === 'boolean') return { equals: value }
  if (typeof value !== 'string' || value === '') {
    return reject(`must be a text, a number, true or false, or a list of these, not ${show(value)}`)
  }
  const star = value.indexOf('*')
  if (star === -1) return { equals: value }
  if (star < value.length - 1) return reject(`may have "*" only at its end, and is ${show(value)}`)
  if (star === 0)
    return reject('would fit every value', 'name the values, or a prefix such as "repo:acme/*"', 'matches_all')
  return { prefix: value.slice(0, -1) }
}

/** The mapping from claim names to patterns. */
export function claims() {
  return z.record(z.string().min(1).max(256), claimPatterns())
}

/** Whether every value that fits `inner` also fits `outer`. */
export function patternImplies(inner: ClaimPattern, outer: ClaimPattern): boolean {
  if ('prefix' in outer) {
    return 'prefix' in inner ? inner.prefix.startsWith(outer.prefix) : String(inner.equals).startsWith(outer.prefix)
  }
  return 'equals' in inner && inner.equals === outer.equals
}

/** Whether some value fits both. */
export function patternsMeet(a: ClaimPattern, b: ClaimPattern): boolean {
  return patternImplies(a, b) || patternImplies(b, a)
}
