/**
 * The single values a config is made of. Each is a zod schema that takes whatever YAML gave, says in the words of the
 * person who wrote it what is wrong, and yields what the program works with: milliseconds, bytes, references.
 */
import * as z from 'zod'
import { parseSecretReference } from '../../adapters/secrets/index.ts'
import { type AddressRange, isLoopbackAddress, parseRange } from '../../lib/net/index.ts'
import { closest } from '../../lib/text/index.ts'
import type { ProblemCode } from './problem.ts'

/** What a scalar hands over to issues.ts with a custom issue. */
export interface RejectionDetails {
  readonly code: ProblemCode
  readonly hint?: string | undefined
}

/** A scalar schema: `describe` it, give it a `prefault` or make it `optional` where it is used. */
export function scalar<T>(jsonSchema: Readonly<Record<string, unknown>>, parse: (value: unknown) => T) {
  return z
    .unknown()
    .meta({ ...jsonSchema })
    .transform((value, context): T => {
      try {
        if (value === undefined) return reject('is missing', undefined, 'missing_key')
        if (value === null) return reject('has no value', 'give it one, or take the key out', 'wrong_type')
        return parse(value)
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        context.issues.push({ code: 'custom', message: error.message, input: value, params: { ...error.details } })
        return z.NEVER
      }
    })
}

/** What `reject` throws and `scalar` catches. */
class Rejection {
  readonly message: string
  readonly details: RejectionDetails

  constructor(message: string, details: RejectionDetails) {
    this.message = message
    this.details = details
  }
}

export function reject(message: string, hint?: string, code: ProblemCode = 'invalid_value'): never {
  throw new Rejection(message, { code, hint })
}

export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}

interface TextOptions {
  readonly pattern?: RegExp
  /** What the pattern asks for, in words. */
  readonly form?: string
  readonly max?: number
}

export function text({ pattern, form = 'a text', max = 1024 }: TextOptions = {}) {
  const jsonSchema = { type: 'string', ...(pattern === undefined ? {} : { pattern: pattern.source }) }
  return scalar(jsonSchema, (value) => checkText(value, { pattern: pattern ?? /^/, form, max }))
}

function checkText(value: unknown, options: Required<TextOptions>): string {
  const { pattern, form, max } = options
  if (typeof value !== 'string') {
    const quoted =
      typeof value === 'number' || typeof value === 'boolean' ? `write it in quotes: "${value}"` : undefined
    return reject(`must be ${form}, not ${show(value)}`, quoted, 'wrong_type')
  }
  if (value.includes('${')) {
    return reject('must be the value itself: only secrets are references', `take out the \${…}`)
  }
  if (value.trim() === '') return reject(`must be ${form}, and is empty`)
  if (value.length > max) return reject(`must not be longer than ${max} characters`)
  // Config texts end up in logs, headers and SQL identifiers, where a control character is never meant.
  if (/\p{Cc}/u.test(value)) return reject('must not hold control characters')
  if (!pattern.test(value)) return reject(`must be ${form}, not ${show(value)}`)
  return value
}

export function flag() {
  return scalar({ type: 'boolean' }, (value) => {
    if (typeof value === 'boolean') return value
    return reject(`must be true or false, not ${show(value)}`, undefined, 'wrong_type')
  })
}

/** A switch that is either on or not there. */
export function oneTrue() {
  return scalar({ const: true }, (value) => {
    if (value === true) return value
    return reject(`must be true or not be there, not ${show(value)}`)
  })
}

/** One of some words. `refusals` says of words that somebody may well write why not, or what to write instead. */
export function oneOf<const T extends string>(values: readonly T[], refusals: Readonly<Record<string, string>> = {}) {
  const form = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`
  return scalar({ type: 'string', enum: [...values] }, (value) => {
    if (typeof value === 'object') {
      const hint = Array.isArray(value) ? 'it is one word: write it without the brackets' : undefined
      return reject(`must be ${form}, not ${show(value)}`, hint, 'wrong_type')
    }
    const found = values.find((candidate) => candidate === value)
    if (found !== undefined) return found
    const word = String(value)
    const near = closest(word, values)
    // Own keys only: `constructor` is a word of every object.
    const refusal = Object.hasOwn(refusals, word) ? refusals[word] : undefined
    return reject(
      `must be ${form}, not ${show(value)}`,
      refusal ?? (near === undefined ? undefined : `did you mean "${near}"?`),
    )
  })
}

export function count({ min, max }: { readonly min: number; readonly max: number }) {
  return scalar({ type: 'integer', minimum: min, maximum: max }, (value) => {
    if (typeof value !== 'number') {
      return reject(`must be a whole number, not ${show(value)}`, undefined, 'wrong_type')
    }
    if (Number.isInteger(value) && value >= min && value <= max) return value
    return reject(`must be a whole number from ${min} to ${max}, not ${value}`)
  })
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s`, `5m`, `24h`, `7d`, `500ms`, or a number of seconds. Yields milliseconds. */
export function duration({ min, max }: { readonly min: string; readonly max: string }) {
  const [least, most] = [parseDuration(min), parseDuration(max)]
  const pattern = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$'
  return scalar({ type: ['string', 'number'], pattern, 'x-least': min, 'x-most': max }, (value) => {
    const ms = parseDuration(value)
    if (ms === null) {
      return reject(`must be a duration, not ${show(value)}`, 'write it as 30s, 5m or 24h, or as a number of seconds')
    }
    if (ms < least! || ms > most!) return reject(`must be from ${min} to ${max}, not ${show(value)}`)
    return ms
  })
}

function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : null
  const match = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(value) : null
  return match === null ? null : Math.round(Number(match[1]) * DURATION_UNITS[match[2]!]!)
}

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }

/** `256KiB`, `16MiB`, `1GiB`, or a number of bytes. Yields bytes. */
export function size({ min, max }: { readonly min: string; readonly max: string }) {
  const [least, most] = [parseSize(min), parseSize(max)]
  const pattern = '^\\d+(\\.\\d+)?(B|KiB|MiB|GiB|TiB)$'
  return scalar({ type: ['string', 'integer'], pattern, 'x-least': min, 'x-most': max }, (value) => {
    const bytes = parseSize(value)
    if (bytes === null) {
      const decimal = typeof value === 'string' && /^[\d.]+\s*[kmgt]?i?b?$/i.test(value)
      const hint = decimal ? `did you mean "${guessSize(value)}"?` : 'write it as 256KiB, 16MiB or 1GiB, or in bytes'
      return reject(`must be a size, not ${show(value)}`, hint)
    }
    if (bytes < least! || bytes > most!) return reject(`must be from ${min} to ${max}, not ${show(value)}`)
    return bytes
  })
}

function parseSize(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null
  const match = typeof value === 'string' ? /^(\d{1,12}(?:\.\d{1,3})?)(B|KiB|MiB|GiB|TiB)$/.exec(value) : null
  return match === null ? null : Math.floor(Number(match[1]) * SIZE_UNITS[match[2]!]!)
}

function guessSize(value: string): string {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([kmgt]?)/i.exec(value) ?? []
  return `${digits}${unit === '' ? 'B' : `${unit.toUpperCase()}iB`}`
}

export function isLoopbackHost(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopbackAddress(host.replace(/^\[|\]$/g, ''))
}

interface UrlOptions {
  readonly bare?: boolean
  readonly query?: boolean
}

/** An `https` URL, or `http` on loopback. Yields the text as written: an issuer is compared letter by letter. */
export function webUrl(options: UrlOptions = {}) {
  return scalar({ type: 'string', format: 'uri' }, (value) => checkUrl(value, options))
}

/** Scheme, host and port (RFC 6454). Yields the one spelling, to which a path can be added. */
export function origin() {
  return scalar({ type: 'string', format: 'uri' }, (value) => new URL(checkUrl(value, { bare: true })).origin)
}

function checkUrl(value: unknown, { bare = false, query = false }: UrlOptions): string {
  const written = checkText(value, { pattern: /^/, form: 'a URL', max: 2048 })
  const url = URL.parse(written)
  if (url === null || !/^https?:\/\//i.test(written)) {
    const guess = `https://${written}`
    const hint = /^[\w.-]+\.\w+/.test(written) && URL.canParse(guess) ? `did you mean "${guess}"?` : undefined
    return reject(`must be a URL that starts with https://, not ${show(written)}`, hint)
  }
  if (url.username !== '' || url.password !== '') {
    return reject('must not hold a user or password in the URL', undefined, 'literal_secret')
  }
  if (url.hash !== '') return reject('must not have a fragment')
  if (url.search !== '' && !query) return reject('must not have a query')
  if (bare && url.pathname !== '/') return reject(`must not have a path, and has "${url.pathname}"`)
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return reject('must be https: plain http is for loopback addresses only', undefined, 'insecure_url')
  }
  return written
}

/** An address, or a network as `10.0.0.0/8`. */
export function addressRange() {
  return scalar({ type: 'string' }, (value): AddressRange => {
    const written = checkText(value, { pattern: /^/, form: 'an address or a range', max: 64 })
    const range = parseRange(written)
    if (range === null) {
      return reject(
        `must be an address or a range, not ${show(written)}`,
        'write it as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32',
      )
    }
    if (range.prefix === 0) return reject('would be every address', 'name the proxies’ own networks', 'matches_all')
    const base = parseRange(written.replace(/\/.*/, ''))?.base
    if (base !== range.base) {
      const meant = `${range.base}/${range.prefix}`
      return reject(
        `has bits behind its prefix: ${show(written)} is the range ${meant}`,
        `write ${meant}, or ${base} for that address alone`,
      )
    }
    return range
  })
}

/** A Snowflake identifier. Yields its canonical form: upper-case, unless written in double quotes. */
export function identifier() {
  const form = 'a Snowflake identifier'
  return scalar({ type: 'string' }, (value) => {
    const written = checkText(value, { pattern: /^/, form, max: 257 })
    if (/^[A-Za-z_][\w$]*$/.test(written)) return written.toUpperCase()
    const quoted = /^"((?:[^"]|"")+)"$/.exec(written)?.[1]
    if (quoted !== undefined) return quoted.replaceAll('""', '"')
    return reject(
      `must be ${form}, not ${show(written)}`,
      `if it is really written so, quote it for Snowflake: '"${written.replaceAll('"', '""')}"'`,
    )
  })
}

/**
 * `${file:…}`, `${env:…}` or `${exec:…}`. Yields the reference as written; a secret written out is refused
 * without being repeated.
 */
export function secret() {
  const hint = `write \${file:PATH}, \${env:NAME} or \${exec:COMMAND}`
  return scalar({ type: 'string', pattern: '^\\$\\{(file|env|exec):.+\\}$' }, (value): string => {
    if (typeof value === 'string') {
      if (parseSecretReference(value) !== null) return value
      if (value.startsWith('${')) return reject('is not a reference that Icecore understands', hint)
    }
    return reject('must be a reference to a secret, never the secret itself', hint, 'literal_secret')
  })
}

/** A day (`2027-01-31`, to its end in UTC) or an instant (`2027-01-31T12:00:00Z`). Yields milliseconds since the epoch. */
export function instant() {
  return scalar({ type: 'string' }, (value) => {
    const written = typeof value === 'string' ? value : ''
    const day = /^\d{4}-\d\d-\d\d$/.test(written)
    const whole = day || /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(written)
    const ms = whole ? Date.parse(day ? `${written}T23:59:59.999Z` : written) : Number.NaN
    // Date.parse rolls 31 February over into March, which nobody means.
    const real = !Number.isNaN(ms) && (!day || new Date(ms).toISOString().startsWith(written))
    if (real) return ms
    return reject(`must be a date, not ${show(value)}`, 'write it as 2027-01-31 or 2027-01-31T12:00:00Z')
  })
}
