import type { IcecoreError } from '../../errors.ts'
import { certificateError, type Peer } from '../tls/index.ts'

/** Whether bytes of the request may have reached the upstream. */
export type Sent = 'no' | 'maybe'

/** A request that got no usable answer. Never leaves this folder: callers see ICE_UPSTREAM_UNAVAILABLE. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure'
  readonly sent: Sent
  /** The HTTP status that was no answer; 0 for a time-out or a lost connection, as drivers report it. */
  readonly status: number

  constructor(reason: string, facts: { readonly sent: Sent; readonly status?: number }) {
    super(reason)
    this.sent = facts.sent
    this.status = facts.status ?? 0
  }
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

const ACCOUNT: Peer = { name: "Snowflake's address", setting: 'ca_file of the connection' }

/**
 * What an error of undici or zlib means: ICE_CERTIFICATE_UNTRUSTED, which does not change from one attempt to the next,
 * or a failure that may pass. Only the code is kept: a parser's error carries the bytes it stumbled over, and those may
 * hold tokens.
 */
export function failureOf(error: unknown, peer = ACCOUNT): TransportFailure | IcecoreError {
  const code = codeOf(error)
  const sent = NEVER_CONNECTED.has(code) ? 'no' : 'maybe'
  return certificateError(code, peer) ?? new TransportFailure(`the request failed: ${code}`, { sent })
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'no code'
}
