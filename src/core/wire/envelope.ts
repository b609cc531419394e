/** Snowflake's envelopes, as Icecore writes them (HTTP 200 and `application/json; charset=utf-8`, always). */
import { CODES } from './codes.ts'

/** Node wants `application/json` in it, or shows an opaque failure. */
export const ENVELOPE_CONTENT_TYPE = 'application/json; charset=utf-8'

/** `data` must be without bigint; large integers are edited in as bytes. */
export function encodeSuccess(data: unknown, message: string | null = null): Uint8Array {
  return encode({ data, code: null, message, success: true })
}

export interface ErrorFacts {
  /** Six digits as text. */
  readonly code: string
  readonly message: string
  /** Always given: without it Py5 shows none, Go `-1` and JDBC `XX000`. */
  readonly sqlState: string
  /** UUID-shaped; null where there is no statement. */
  readonly queryId: string | null
}

/** An SQL error with every field that real servers send and drivers read. */
export function encodeError({ code, message, sqlState, queryId }: ErrorFacts): Uint8Array {
  return encode({
    data: {
      internalError: false,
      unredactedFromSecureObject: false,
      errorCode: digits(code),
      age: 0,
      sqlState,
      queryId,
      line: -1,
      pos: -1,
      type: 'COMPILATION',
    },
    code,
    message,
    success: false,
    headers: null,
  })
}

/** An error of the session or the request rather than of a statement. */
export function encodeSessionError(code: string, message: string): Uint8Array {
  return encode({ data: null, code: digits(code), message, success: false, headers: null })
}

export interface LoginRefusalFacts {
  readonly code: string
  readonly message: string
  readonly loginName: string | null
  readonly requestId: string | null
}

export function encodeLoginRefusal({ code, message, loginName, requestId }: LoginRefusalFacts): Uint8Array {
  const data = { nextAction: 'RETRY_LOGIN', authnMethod: 'OAUTH', signInOptions: {}, requestId, loginName }
  return encode({ data, code: digits(code), message, success: false, headers: null })
}

/**
 * "Still running, ask again": `getResultUrl` is a bare path, since Go, JDBC and .NET would escape a query in it, and
 * it stands in every such answer, since all drivers fail without it.
 */
export function encodeInProgress(queryId: string, asynchronous: boolean): Uint8Array {
  const data = {
    queryId,
    getResultUrl: `/queries/${queryId}/result`,
    progressDesc: null,
    queryAbortsAfterSecs: 300,
  }
  return encode({
    data,
    code: asynchronous ? CODES.inProgressAsync : CODES.inProgress,
    message: asynchronous ? 'Asynchronous execution in progress.' : 'Query execution in progress.',
    success: true,
  })
}

function digits(code: string): string {
  // Py5 and Go fail on a code that is not text made of digits.
  if (!/^\d{6}$/.test(code)) throw new TypeError(`not a code of six digits: ${code}`)
  return code
}

function encode(envelope: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(envelope))
}
