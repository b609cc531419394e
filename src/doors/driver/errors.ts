/**
 * Errors in the driver's form. Answers of policy are HTTP 200, since drivers retry error statuses; only what may
 * succeed by itself is 503, and only for a while.
 */
import {
  CODES,
  ENVELOPE_CONTENT_TYPE,
  encodeError,
  encodeLoginRefusal,
  encodeSessionError,
} from '../../core/wire/index.ts'
import type { ErrorCode, IcecoreError } from '../../errors.ts'
import { failureOfError, type StatementFailure } from '../../gate/index.ts'

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

export function envelope(body: Uint8Array, status = 200): HttpAnswer {
  return { status, contentType: ENVELOPE_CONTENT_TYPE, body }
}

/** Errors of the session: codes that make a driver renew its token, or give the session up. */
const SESSION_CODES: Partial<Record<ErrorCode, string>> = {
  ICE_SESSION_UNKNOWN: CODES.sessionTokenInvalid,
  ICE_SESSION_TOKEN_EXPIRED: CODES.sessionTokenExpired,
  ICE_TRANSPORT_REFUSED: CODES.loginRefused,
}

export function renderFailure(failure: StatementFailure): HttpAnswer {
  return envelope(encodeError(failure))
}

/** Of a request that belongs to a session. `queryId` stands in the answer, where drivers look for one. */
export function renderRequestError(error: IcecoreError, queryId: string): HttpAnswer {
  const sessionCode = SESSION_CODES[error.code]
  if (sessionCode !== undefined) return envelope(encodeSessionError(sessionCode, error.message))
  return renderFailure(failureOfError(error, queryId))
}

/** Of a renewal: whatever is wrong with its tokens, the connection is over (driver-protocol.md#session-tokens). */
export function renderRenewalError(error: IcecoreError): HttpAnswer {
  const code = error.code === 'ICE_SESSION_UNKNOWN' ? CODES.masterTokenExpired : CODES.badRequest
  return envelope(encodeSessionError(code, error.message))
}

export interface RefusedLogIn {
  readonly loginName: string | null
  readonly requestId: string | null
}

/** 390100 is final for every driver, and its message is shown as it is (driver-protocol.md#session-codes). */
export function renderLogInError(error: IcecoreError, { loginName, requestId }: RefusedLogIn): HttpAnswer {
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`
  return envelope(encodeLoginRefusal({ code: CODES.loginRefused, message, loginName, requestId }))
}

export function renderUnknownPath(error: IcecoreError, status: 404 | 405): HttpAnswer {
  return envelope(encodeSessionError(CODES.notFound, error.message), status)
}

/** "Come again": every driver retries it. */
export function renderComeAgain(error: IcecoreError): HttpAnswer {
  return envelope(encodeSessionError(CODES.badRequest, error.message), 503)
}
