import type { Secret } from '../../lib/secret.ts'
import type { ParameterValue } from './read-json.ts'

export interface KeyPairLogin {
  readonly application: string
  readonly applicationVersion: string
  /** Without region, letters as configured. */
  readonly account: string
  readonly user: string
  /** The signed JWT. */
  readonly token: Secret
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly environment: Readonly<Record<string, string>>
}

/** The body of a log-in by key pair. Role, warehouse, database and schema stand in the query string only. */
export function encodeKeyPairLogin(login: KeyPairLogin): Uint8Array {
  const data = {
    CLIENT_APP_ID: login.application,
    CLIENT_APP_VERSION: login.applicationVersion,
    ACCOUNT_NAME: login.account,
    LOGIN_NAME: login.user,
    AUTHENTICATOR: 'SNOWFLAKE_JWT',
    TOKEN: login.token.reveal(),
    CLIENT_ENVIRONMENT: login.environment,
    SESSION_PARAMETERS: login.parameters,
  }
  return Buffer.from(JSON.stringify({ data }))
}
