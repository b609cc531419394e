import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type Refusal, refuse } from '../../core/identity/index.ts'
import { parseStrictObject } from './strict-json.ts'

/** A token taken apart, and nothing of it verified. */
export interface ParsedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly bytes: number
  /** See TokenFacts.id. */
  readonly id: string
}

const MAX_ID_CHARACTERS = 128

/** Takes a compact JWS (RFC 7515 §7.1) apart. */
export function parseToken(token: string, maxBytes: number): ParsedToken | Refusal {
  if (token.length > maxBytes) return refuse('token too large', `the token is larger than ${maxBytes} bytes`)
  const parts = token.split('.')
  if (parts.length !== 3) return refuse('token not accepted', `the token has ${parts.length} parts, and a JWS has 3`)
  const [header, payload, signature] = parts.map(decodePart)
  if (header == null || payload == null || signature == null) {
    return refuse('token not accepted', 'a part of the token is not base64url')
  }
  try {
    const claims = readPart('payload', payload)
    return { header: readPart('header', header), claims, bytes: token.length, id: tokenId(parts, claims.jti) }
  } catch (error) {
    return refuse('token not accepted', (error as Error).message)
  }
}

/**
 * Null unless the text is the one base64url form of its bytes: Node skips foreign characters, and with them one token
 * could be written in many ways.
 */
function decodePart(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : null
}

/** Throws an error that says what is wrong with the part, without quoting it. */
function readPart(name: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  if (!isUtf8(bytes)) throw new Error(`the ${name} of the token is not UTF-8`)
  try {
    return parseStrictObject(bytes.toString('utf8'))
  } catch (error) {
    throw new Error(`the ${name} of the token ${(error as Error).message}`, { cause: error })
  }
}

/**
 * The hash leaves the signature out: an ECDSA signature can be turned into a second valid one without the key
 * (s → n − s), and both are the same token to whoever counts uses.
 */
function tokenId(parts: readonly string[], jti: unknown): string {
  if (typeof jti === 'string' && jti.length <= MAX_ID_CHARACTERS && /^[\x21-\x7e]+$/.test(jti)) return jti
  return `sha256:${createHash('sha256').update(`${parts[0]}.${parts[1]}`).digest('hex')}`
}
