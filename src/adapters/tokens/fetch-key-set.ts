/** How the documents of an issuer are fetched: OpenID Connect Discovery 1.0 §4, then the JWK Set it points to. */
import type { HttpGet, HttpLimits } from './http-get.ts'
import type { KeySource } from './issuer-settings.ts'
import { parseStrictObject } from './strict-json.ts'

export interface FetchedDocument {
  readonly document: Readonly<Record<string, unknown>>
  /** What `Cache-Control` says; null when it says nothing. */
  readonly maxAgeMs: number | null
}

/** Where the issuer's keys are. */
export async function findKeySetUrl(
  issuer: string,
  source: Exclude<KeySource, { readonly from: 'static' }>,
  http: HttpGet,
  limits: HttpLimits,
): Promise<URL> {
  if (source.from === 'jwks') return parseSafeUrl(source.uri)
  const issuerUrl = parseSafeUrl(issuer)
  const { document } = await fetchKeySet(discoveryUrl(issuer), http, limits)
  // §4.3: without this one issuer could pass its keys off as another's.
  if (document.issuer !== issuer) throw new Error('the discovery document is of another issuer')
  if (typeof document.jwks_uri !== 'string') throw new Error('the discovery document names no key set')
  const url = parseSafeUrl(document.jwks_uri)
  if (url.host !== issuerUrl.host && !source.hosts.includes(url.host)) {
    throw new Error(`the key set is at ${url.host}, which is not the issuer's host and not configured`)
  }
  return url
}

/** Fetches a document of an issuer, which must be answered with 200 and a JSON object. */
export async function fetchKeySet(url: URL, http: HttpGet, limits: HttpLimits): Promise<FetchedDocument> {
  const answer = await http(url, limits)
  if (answer.status !== 200) throw new Error(`${url.host} answered with status ${answer.status}`)
  const text = new TextDecoder('utf-8', { fatal: true }).decode(answer.body)
  return { document: parseStrictObject(text), maxAgeMs: readMaxAge(answer.cacheControl) }
}

/** An URL that keys may come from: https, or http on this very machine. Throws for any other. */
export function parseSafeUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new Error('not an URL')
  const isLoopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    throw new Error(`not https: ${url.origin}`)
  if (url.username !== '' || url.password !== '') throw new Error('an URL with credentials')
  return url
}

/** §4.1: a `/` at the end of the issuer is dropped before the path is put behind it. */
function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** RFC 9111 §5.2.2. What must not be kept is kept for the shortest time allowed: each log-in cannot ask the issuer. */
function readMaxAge(cacheControl: string | null): number | null {
  if (cacheControl === null) return null
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return 0
  const match = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})"?/i.exec(cacheControl)
  return match === null ? null : Number(match[1]) * 1000
}
