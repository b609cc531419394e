/**
 * Every error code of Icecore, in one registry.
 *
 * A code is a promise: it has a section in docs/reference/errors.md and at least one test that produces it
 * (test/error-registry.test.ts keeps both true). Texts are safe for the caller: they never hold a token, a bind
 * value or SQL. What only the operator may know goes into `cause` and from there to the log.
 */
import { channel } from 'node:diagnostics_channel'

/** Who has to act: decides the form in which a door shows the error, and the alarm an operator gets. */
export type Fault = 'caller' | 'identity' | 'policy' | 'upstream' | 'gateway' | 'config'

interface ErrorSpec {
  readonly fault: Fault
  /** True when the same request may succeed later without any change. */
  readonly retry: boolean
  /** The message; `{name}` is filled from the details. */
  readonly text: string
}

export const ERRORS = {
  // Requests that are not of the form the protocol asks for.
  ICE_REQUEST_MALFORMED: { fault: 'caller', retry: false, text: 'The request cannot be read: {reason}.' },
  ICE_REQUEST_TOO_LARGE: { fault: 'caller', retry: false, text: 'The request is larger than {limit} bytes.' },
  ICE_REQUEST_MEMORY_LIMIT: {
    fault: 'gateway',
    retry: true,
    text: 'Icecore holds its largest amount of requests ({limit} bytes).',
  },
  ICE_REQUEST_FIELD_REFUSED: {
    fault: 'caller',
    retry: false,
    text: 'Icecore does not forward the request field {field}.',
  },
  ICE_TRANSPORT_REFUSED: {
    fault: 'caller',
    retry: false,
    text: 'Icecore does not take requests on this way: {reason}.',
  },
  ICE_PATH_UNKNOWN: { fault: 'caller', retry: false, text: 'Icecore does not serve this path.' },
  ICE_REQUEST_ID_REUSED: {
    fault: 'caller',
    retry: false,
    text: 'The request id was used for another statement in this session.',
  },

  // Log-in and sessions. Attackers learn the class of the reason only; the record holds the rest.
  ICE_LOGIN_REFUSED: { fault: 'identity', retry: false, text: 'Log-in refused: {reason}.' },
  ICE_TOKEN_INVALID: { fault: 'identity', retry: false, text: 'The token was not accepted: {reason}.' },
  ICE_ISSUER_UNAVAILABLE: {
    fault: 'identity',
    retry: true,
    text: 'The keys of the token issuer cannot be fetched at present.',
  },
  ICE_SESSION_UNKNOWN: { fault: 'identity', retry: false, text: 'The session does not exist or has ended.' },
  ICE_SESSION_TOKEN_EXPIRED: { fault: 'identity', retry: true, text: 'The session token has expired.' },
  ICE_SESSION_LIMIT: { fault: 'gateway', retry: true, text: 'Icecore holds its largest number of sessions ({limit}).' },
  ICE_CONTEXT_MISMATCH: {
    fault: 'gateway',
    retry: false,
    text: 'The session was ended: after the statement its {what} was not the one Icecore had predicted.',
  },

  // Statements.
  ICE_STATEMENT_REFUSED: { fault: 'policy', retry: false, text: 'Icecore refuses this statement: {reason}.' },
  ICE_PARAMETER_REFUSED: { fault: 'policy', retry: false, text: 'The parameter {parameter} may not be set.' },
  ICE_HANDLE_UNKNOWN: { fault: 'caller', retry: false, text: 'There is no such result for you.' },
  ICE_STATEMENT_CANCELLED: { fault: 'caller', retry: false, text: 'SQL execution canceled' },
  ICE_STATEMENT_LIMIT: {
    fault: 'gateway',
    retry: false,
    text: 'The session has its largest number of open statements ({limit}).',
  },

  // Upstream.
  ICE_UPSTREAM_UNAVAILABLE: { fault: 'upstream', retry: true, text: 'Snowflake cannot be reached at present.' },
  ICE_CERTIFICATE_UNTRUSTED: {
    fault: 'config',
    retry: false,
    text: 'Icecore does not trust the certificate of {peer}: {reason}.',
  },
  ICE_UPSTREAM_LOGIN_FAILED: {
    fault: 'upstream',
    retry: false,
    text: 'Icecore could not log in at Snowflake for this connection.',
  },
  ICE_UPSTREAM_SESSION_LOST: { fault: 'upstream', retry: false, text: 'The session at Snowflake has ended.' },
  ICE_UPSTREAM_PROTOCOL: {
    fault: 'upstream',
    retry: false,
    text: 'Snowflake answered in a form that Icecore does not understand: {reason}.',
  },
  ICE_ANSWER_REFUSED: {
    fault: 'policy',
    retry: false,
    text: 'Icecore does not pass on this answer: it carries {what}.',
  },
  ICE_OUTCOME_UNKNOWN: {
    fault: 'upstream',
    retry: false,
    text: 'The statement was sent, and it is not known whether it ran. Check before you send it again.',
  },

  // Icecore itself.
  ICE_RECORD_UNAVAILABLE: {
    fault: 'gateway',
    retry: false,
    text: 'The statement cannot be recorded, so it was not run.',
  },
  ICE_SESSION_UNRECORDED: {
    fault: 'gateway',
    retry: false,
    text: 'The session cannot be recorded, so it was not {done}.',
  },
  ICE_RESULT_UNRECORDED: {
    fault: 'gateway',
    retry: false,
    text: 'The result cannot be recorded, so it was not delivered.',
  },
  ICE_DRAINING: { fault: 'gateway', retry: true, text: 'Icecore is shutting down and takes no new sessions.' },
  ICE_INTERNAL: { fault: 'gateway', retry: false, text: 'Icecore failed on this request (error id {errorId}).' },

  // The operator's side: configuration, keys and the data folder.
  ICE_CONFIG_INVALID: { fault: 'config', retry: false, text: 'The configuration {file} has {count} problems.' },
  ICE_SECRET_UNREADABLE: { fault: 'config', retry: false, text: 'The secret {reference} cannot be read: {reason}.' },
  ICE_KEY_INVALID: { fault: 'config', retry: false, text: 'The key {name} cannot be used: {reason}.' },
  ICE_CERTIFICATE_INVALID: {
    fault: 'config',
    retry: false,
    text: 'The certificate {path} cannot be used: {reason}.',
  },
  ICE_DATA_FOLDER: { fault: 'config', retry: false, text: 'The data folder {folder} cannot be used: {reason}.' },
  ICE_JOURNAL_DAMAGED: { fault: 'gateway', retry: false, text: 'The journal is damaged: {reason}.' },
  ICE_RECORDING_UNKNOWN: { fault: 'caller', retry: false, text: 'There is no recording of session {session}.' },
  ICE_LISTEN_FAILED: { fault: 'config', retry: false, text: 'Cannot listen on {address}: {reason}.' },
  ICE_GATEWAY_NOT_RUNNING: { fault: 'caller', retry: true, text: 'No gateway is running in {folder}.' },
  ICE_OPERATOR_SOCKET: {
    fault: 'config',
    retry: false,
    text: 'The operator socket {path} cannot be used: {reason}.',
  },
  ICE_READING_UNKNOWN: { fault: 'caller', retry: true, text: 'Nobody is watching under this id.' },
  ICE_RELOAD_WITHOUT_FILE: {
    fault: 'caller',
    retry: false,
    text: 'This Icecore was started without a configuration file: there is nothing to read again.',
  },
  ICE_OPERATION_UNRECORDED: {
    fault: 'gateway',
    retry: true,
    text: 'What the operator asked for cannot be recorded, so it was not done.',
  },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

/** The values for the placeholders of a text: names, limits and reasons, never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number>>

interface ErrorOptionsOfIcecore {
  readonly cause?: unknown
  /** One sentence that says what the reader can do. */
  readonly hint?: string
}

/** Each error made is published here, so that a test run can tell which codes it has produced. */
const produced = channel('icecore.error')

/** For a code that is shown without an error being thrown: a denial is an answer. */
export function noteProduced(code: ErrorCode): void {
  produced.publish(code)
}

/** The one error class of Icecore. Anything else that is thrown is a defect, and shown as ICE_INTERNAL. */
export class IcecoreError extends Error {
  override readonly name = 'IcecoreError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly hint: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: ErrorOptionsOfIcecore = {}) {
    super(formatText(ERRORS[code].text, details), 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.details = details
    this.hint = options.hint
    noteProduced(code)
  }

  get spec(): ErrorSpec {
    return ERRORS[this.code]
  }
}

export function isIcecoreError(error: unknown, code?: ErrorCode): error is IcecoreError {
  return error instanceof IcecoreError && (code === undefined || error.code === code)
}

function formatText(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? `{${name}}`))
}
