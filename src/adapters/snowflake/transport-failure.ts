/** Whether bytes of the request may have reached the upstream. */
export type Sent = 'no' | 'maybe'

/** A request that got no usable answer. Never leaves this folder: callers see ICE_UPSTREAM_UNAVAILABLE. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure'
  readonly sent: Sent
  /** True when trying again cannot help: a certificate does not change from one attempt to the next. */
  readonly final: boolean
  /** The HTTP status that was no answer; 0 for a time-out or a lost connection, as drivers report it. */
  readonly status: number

  constructor(reason: string, facts: { readonly sent: Sent; readonly final: boolean; readonly status?: number }) {
    super(reason)
    this.sent = facts.sent
    this.final = facts.final
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
/** Of TLS: names as OpenSSL and Node give them. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_)/

/**
 * What an error of undici or zlib means. Only its code is kept: a parser's error carries the bytes it stumbled over,
 * and those may hold tokens.
 */
export function failureOf(error: unknown): TransportFailure {
  const code = codeOf(error)
  const certificate = CERTIFICATE.test(code)
  const sent = certificate || NEVER_CONNECTED.has(code) ? 'no' : 'maybe'
  return new TransportFailure(`the request failed: ${code}`, { sent, final: certificate })
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'no code'
}
