/** Refusals in Snowflake's form: HTTP 200 with `success: false`, unless a status is named. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: string
  readonly data: Readonly<Record<string, unknown>> | null
  readonly httpStatus: number

  constructor(code: string, message: string, data: Readonly<Record<string, unknown>> | null = null, httpStatus = 200) {
    super(message)
    this.code = code
    this.data = data
    this.httpStatus = httpStatus
  }
}

export function badRequest(reason: string): ProtocolError {
  return new ProtocolError('390400', `Bad request: ${reason}`)
}

export const sessionErrors = {
  headerMissing: () => new ProtocolError('390101', 'Authorization header not found in the request data.'),
  invalid: () => new ProtocolError('390104', 'User must login again to access the service.'),
  gone: () => new ProtocolError('390111', 'Session no longer exists.  New login required to access the service.'),
  expired: () => new ProtocolError('390112', 'Session token has expired.'),
  masterExpired: () =>
    new ProtocolError('390114', 'Authentication token has expired.  The user must authenticate again.'),
  masterInvalid: () => new ProtocolError('390115', 'Master token is invalid.'),
}
