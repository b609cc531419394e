/** Renewal of a session's tokens (`POST /session/token-request`): both sides, both directions. */
import { findValue, rawInteger, readBoolean, readSafeInteger, readString } from '../../lib/json/index.ts'
import { Secret } from '../../lib/secret.ts'
import { encodeSuccess } from './envelope.ts'
import { malformed, protocolError, scanAnswer, scanRequest } from './read-json.ts'

export interface TokenRequest {
  readonly oldSessionToken: Secret
  /** Only `RENEW` is served: `CLONE` and `ISSUE` exist as names, and no driver sends them. */
  readonly requestType: string
}

const MAX_TOKEN_LENGTH = 16 * 1024

export function readTokenRequest(body: Uint8Array): TokenRequest {
  const document = scanRequest(body, { maxDepth: 4 })
  const token = readString(document, findValue(document, 'oldSessionToken'))
  const requestType = readString(document, findValue(document, 'requestType'))
  if (token === undefined || token.length > MAX_TOKEN_LENGTH) throw malformed('oldSessionToken is missing or no token')
  if (requestType === undefined || requestType.length > 32) throw malformed('requestType is missing')
  return { oldSessionToken: new Secret(token), requestType }
}

export function encodeTokenRequest(oldSessionToken: Secret): Uint8Array {
  return Buffer.from(JSON.stringify({ oldSessionToken: oldSessionToken.reveal(), requestType: 'RENEW' }))
}

export interface RenewedTokens {
  readonly sessionToken: Secret
  readonly masterToken: Secret
  readonly validitySeconds: number
  readonly masterValiditySeconds: number
}

/** The names differ from the log-in's (driver-protocol.md#session-tokens). */
export function encodeTokenAnswer(tokens: RenewedTokens & { readonly sessionId: string }): Uint8Array {
  return encodeSuccess({
    sessionToken: tokens.sessionToken.reveal(),
    validityInSecondsST: tokens.validitySeconds,
    masterToken: tokens.masterToken.reveal(),
    validityInSecondsMT: tokens.masterValiditySeconds,
    sessionId: rawInteger(tokens.sessionId),
  })
}

export type TokenAnswer =
  | { readonly success: true; readonly tokens: RenewedTokens }
  | { readonly success: false; readonly code: string | null; readonly message: string | null }

export function readTokenAnswer(bytes: Uint8Array): TokenAnswer {
  const document = scanAnswer(bytes, { paths: ['data.sessionToken'] })
  const text = (path: string): string | null => readString(document, findValue(document, path)) ?? null
  if (readBoolean(document, findValue(document, 'success')) !== true) {
    return { success: false, code: text('code'), message: text('message') }
  }
  const sessionToken = text('data.sessionToken')
  const masterToken = text('data.masterToken')
  if (sessionToken === null || masterToken === null) throw protocolError('the renewal answer has no tokens')
  const seconds = (name: string): number => readSafeInteger(document, findValue(document, `data.${name}`)) ?? 0
  return {
    success: true,
    tokens: {
      sessionToken: new Secret(sessionToken),
      masterToken: new Secret(masterToken),
      validitySeconds: seconds('validityInSecondsST'),
      masterValiditySeconds: seconds('validityInSecondsMT'),
    },
  }
}
