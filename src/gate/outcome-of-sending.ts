import { type ErrorCode, IcecoreError, isIcecoreError } from '../errors.ts'

/** What the upstream says before it takes a statement, or what keeps the statement from getting there. */
const NEVER_ARRIVED: readonly ErrorCode[] = ['ICE_UPSTREAM_SESSION_LOST', 'ICE_CERTIFICATE_UNTRUSTED']
/** Errors of Icecore's own, which say all that there is to say. */
const OWN: readonly ErrorCode[] = ['ICE_STATEMENT_CANCELLED', 'ICE_RECORD_UNAVAILABLE']

/**
 * What is known of a statement whose answer did not come: that it never left, or that it may have run.
 * `taken`: the upstream has said that it works on it.
 */
export function outcomeOfSending(error: unknown, taken: boolean): unknown {
  if (!(error instanceof IcecoreError) || OWN.includes(error.code)) return error
  const unsent = isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE') && error.details.sent === 'no'
  if (!taken && (unsent || NEVER_ARRIVED.includes(error.code))) return error
  return new IcecoreError('ICE_OUTCOME_UNKNOWN', {}, { cause: error })
}
