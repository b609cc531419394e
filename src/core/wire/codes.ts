/** Codes and SQL states of Snowflake's envelopes that Icecore reads or writes (each is text: a number breaks Go). */
export const CODES = {
  /** SQL access control error: the form of a denial. Every driver shows it and none retries. */
  accessControl: '003001',
  compilation: '001003',
  objectUnknown: '002003',
  /** Processing aborted. */
  aborted: '000603',
  canceled: '000604',
  /** The answer to an abort that came too early or too late. */
  notExecuting: '000605',
  resultNotFound: '000612',
  statementTimeout: '000630',
  inProgress: '333333',
  inProgressAsync: '333334',
  fileTransferRefused: '091003',

  loginRefused: '390100',
  authorizationMissing: '390101',
  sessionTokenInvalid: '390104',
  idTokenInvalid: '390110',
  sessionGone: '390111',
  sessionTokenExpired: '390112',
  masterTokenUnknown: '390113',
  masterTokenExpired: '390114',
  masterTokenInvalid: '390115',
  badRequest: '390400',
  notFound: '390404',
} as const

/** Codes after which a session cannot be brought back with its tokens. */
const SESSION_LOST: ReadonlySet<string> = new Set([
  CODES.authorizationMissing,
  CODES.sessionTokenInvalid,
  CODES.sessionGone,
  CODES.masterTokenUnknown,
  CODES.masterTokenExpired,
  CODES.masterTokenInvalid,
])

export function meansSessionLost(code: string | null): boolean {
  return code !== null && SESSION_LOST.has(code)
}

export function meansSessionTokenExpired(code: string | null): boolean {
  return code === CODES.sessionTokenExpired
}
