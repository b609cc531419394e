import { quoteOutside, type Refusal, refuse } from '../../core/identity/index.ts'
import type { IssuerSettings, SignatureAlgorithm } from './issuer-settings.ts'

/** What a token says of how to verify it, after it was held against what its issuer may do. */
export interface CheckedHeader {
  readonly algorithm: SignatureAlgorithm
  readonly keyId: string | null
}

/**
 * Header parameters that have no place in a bearer token: keys that the token brings along or tells where to fetch
 * (RFC 8725 §3.10), extensions that must be understood (RFC 7515 §4.1.11), unencoded payloads (RFC 7797), compression
 * and encryption.
 */
const REFUSED_PARAMETERS = ['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip', 'enc'] as const

const MAX_KEY_ID_CHARACTERS = 256

export function checkHeader(
  header: Readonly<Record<string, unknown>>,
  settings: Pick<IssuerSettings, 'algorithms' | 'types'>,
): CheckedHeader | Refusal {
  const refused = REFUSED_PARAMETERS.find((name) => Object.hasOwn(header, name))
  if (refused !== undefined) return refuse('token not accepted', `the header has ${refused}`)
  const algorithm = settings.algorithms.find((name) => name === header.alg)
  if (algorithm === undefined) return refuse('token not accepted', `the algorithm is ${quoteOutside(header.alg)}`)
  const type = normalizeType(header.typ)
  if (!settings.types.some((accepted) => normalizeType(accepted) === type)) {
    return refuse('token not accepted', `the type is ${quoteOutside(header.typ)}`)
  }
  const { kid } = header
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KEY_ID_CHARACTERS)) {
    return refuse('token not accepted', 'the key id is not a text of usual length')
  }
  return { algorithm, keyId: kid ?? null }
}

/** RFC 7515 §4.1.9: a media type whose `application/` may be left out, compared without case. Null where absent. */
function normalizeType(type: unknown): unknown {
  if (type === undefined) return null
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : type
}
