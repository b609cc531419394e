/** A driver's log-in as the gate wants it: one bearer token, a connection's name, and what the driver asks for. */
import type { NetworkFacts } from '../../core/recording/index.ts'
import type { LoginRequest } from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { LogInRequest } from '../../gate/index.ts'
import type { Secret } from '../../lib/secret.ts'

/** Authenticators whose TOKEN is a bearer that Icecore can verify. */
const BEARER_AUTHENTICATORS: ReadonlySet<string> = new Set([
  'OAUTH',
  'OAUTH_AUTHORIZATION_CODE',
  'OAUTH_CLIENT_CREDENTIALS',
  'PROGRAMMATIC_ACCESS_TOKEN',
])

/** Throws ICE_LOGIN_REFUSED for a way of log-in that Icecore does not take. */
export function toLogInRequest(read: LoginRequest, url: URL, network: NetworkFacts): LogInRequest {
  const context = (name: string): string | null => url.searchParams.get(name) || null
  const role = context('roleName')
  return {
    door: 'driver',
    token: bearerOf(read),
    account: read.accountName ?? '',
    role: role === null ? null : canonicalName(role),
    warehouse: context('warehouse'),
    database: context('databaseName'),
    schema: context('schemaName'),
    parameters: read.sessionParameters,
    client: {
      application: read.application,
      version: read.applicationVersion,
      loginName: read.loginName,
      environment: read.environment,
    },
    network,
  }
}

function bearerOf(read: LoginRequest): Secret {
  const { authenticator, token, password, provider } = read
  // Go sends a token without naming an authenticator in its OAuth flows (driver-protocol.md#authenticators).
  const isBearer =
    (authenticator === null && password === null) ||
    BEARER_AUTHENTICATORS.has(authenticator ?? '') ||
    (authenticator === 'WORKLOAD_IDENTITY' && provider === 'OIDC')
  if (isBearer && token !== null) return token
  // A token may also be given where the driver has a field for a password (driver-protocol.md#authenticators).
  if ((authenticator === null || authenticator === 'SNOWFLAKE') && password !== null && looksLikeToken(password))
    return password
  throw new IcecoreError(
    'ICE_LOGIN_REFUSED',
    { reason: 'this way of log-in is not taken' },
    {
      hint: 'Set authenticator to OAUTH and token to your OIDC token.',
      cause: new Error(`authenticator ${authenticator ?? 'none'}`),
    },
  )
}

/** Three base64url parts: a JWT, and no password a person would choose. */
function looksLikeToken(secret: Secret): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret.reveal())
}

/** A name as Snowflake reads it: upper-case unless quoted. */
function canonicalName(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase()
}
