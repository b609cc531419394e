import * as z from 'zod'
import type { ClaimMatcher, ClaimMatchers, ClaimPattern } from '../../core/identity/index.ts'
import type { Finding, Path } from './problem.ts'
import { reject, scalar, show } from './scalar.ts'

/** A value, a prefix that ends in `*`, or a list of these of which one must fit. */
export function claimPatterns() {
  return scalar({ type: ['string', 'number', 'boolean', 'array'] }, parsePatterns)
}

/** The mapping from claim names to what each must be. */
export function claims() {
  const jsonSchema = { type: ['string', 'number', 'boolean', 'array', 'object'] }
  return z.record(z.string().min(1).max(256), scalar(jsonSchema, parseMatcher))
}

/** Patterns, or `{contains: patterns}` for a claim that is a list. */
function parseMatcher(value: unknown): ClaimMatcher {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parsePatterns(value)
  const keys = Object.keys(value)
  if ('contains' in value && keys.length === 1) return { contains: parsePatterns(value.contains) }
  return reject('must be a value, a list of values or {contains: …}, not another mapping', undefined, 'wrong_type')
}

function parsePatterns(value: unknown): readonly ClaimPattern[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0) return reject('is an empty list, which no token can match', undefined, 'never_matches')
  return values.map((item) => {
    if (typeof item === 'number' || typeof item === 'boolean') return item
    if (typeof item === 'string' && item !== '') return item
    return reject(
      `must be a text, a number, true or false, or a list of these, not ${show(item)}`,
      undefined,
      'wrong_type',
    )
  })
}

/** Mappings that are empty or fit everything, and stars that do something else than they seem to. */
export function* checkPatterns(matchers: ClaimMatchers, path: Path): Generator<Finding> {
  for (const [claim, matcher] of Object.entries(matchers)) {
    for (const pattern of patternsOf(matcher)) {
      if (typeof pattern !== 'string') continue
      const prefix = prefixOf(pattern)
      const at = { severity: 'warning', path: [...path, claim] } as const
      if (prefix === '') {
        yield {
          ...at,
          code: 'matches_all',
          message: `"${claim}" fits every text`,
          hint: 'name the values, or a prefix',
        }
      } else if (prefix !== null && /[\p{L}\p{N}]$/u.test(prefix)) {
        const hint = 'end the prefix with a delimiter, for example "/" or ":"'
        yield { ...at, code: 'matches_all', message: `"${pattern}" also fits longer names that start so`, hint }
      } else if (prefix === null && /\*./.test(pattern)) {
        const hint = 'only a "*" at the very end stands for anything'
        yield { ...at, code: 'never_matches', message: `the "*" in "${pattern}" stands for itself only`, hint }
      }
    }
  }
}

/** Whether all tokens that fit `inner` also fit `outer`. */
export function matchersImply(inner: ClaimMatchers, outer: ClaimMatchers): boolean {
  return Object.entries(outer).every(([claim, matcher]) => {
    const others = inner[claim]
    if (others === undefined || isContains(others) !== isContains(matcher)) return false
    return patternsOf(others).every((pattern) => patternsOf(matcher).some((candidate) => implies(pattern, candidate)))
  })
}

/** Whether some token could fit both. */
export function matchersMeet(a: ClaimMatchers, b: ClaimMatchers): boolean {
  return Object.entries(a).every(([claim, matcher]) => {
    const other = b[claim]
    if (other === undefined) return true
    // A claim is a list or it is none, and a list may hold values for both.
    if (isContains(other) || isContains(matcher)) return isContains(other) && isContains(matcher)
    return patternsOf(matcher).some((one) => patternsOf(other).some((two) => implies(one, two) || implies(two, one)))
  })
}

function implies(inner: ClaimPattern, outer: ClaimPattern): boolean {
  if (typeof inner !== 'string' || typeof outer !== 'string') return inner === outer
  const [innerPrefix, outerPrefix] = [prefixOf(inner), prefixOf(outer)]
  if (outerPrefix === null) return innerPrefix === null && literalOf(inner) === literalOf(outer)
  return (innerPrefix ?? literalOf(inner)).startsWith(outerPrefix)
}

function isContains(matcher: ClaimMatcher): matcher is Extract<ClaimMatcher, { readonly contains: unknown }> {
  return typeof matcher === 'object' && 'contains' in matcher
}

function patternsOf(matcher: ClaimMatcher): readonly ClaimPattern[] {
  const patterns = isContains(matcher) ? matcher.contains : matcher
  return typeof patterns === 'object' ? patterns : [patterns]
}

/** `repo:acme/` for `repo:acme/*`; null for a pattern that is one value. A last star meant as one is written `\*`. */
function prefixOf(pattern: string): string | null {
  return pattern.endsWith('*') && !pattern.endsWith('\\*') ? pattern.slice(0, -1) : null
}

function literalOf(pattern: string): string {
  return pattern.endsWith('\\*') ? `${pattern.slice(0, -2)}*` : pattern
}
