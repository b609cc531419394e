/** The log-in of a driver, as it came in (`POST /session/v1/login-request`). */
import {
  findValue,
  type JsonDocument,
  type JsonValue,
  parseValue,
  readScalar,
  readString,
} from '../../lib/json/index.ts'
import { Secret } from '../../lib/secret.ts'
import { fieldRefused, isMissing, malformed, type ParameterValue, scanRequest } from './read-json.ts'

export interface LoginRequest {
  /** `CLIENT_APP_ID` and `CLIENT_APP_VERSION`: claimed, never proven. Empty when missing. */
  readonly application: string
  readonly applicationVersion: string
  readonly accountName: string | null
  readonly loginName: string | null
  /** Upper case. Null when absent, which most drivers mean as "password". */
  readonly authenticator: string | null
  readonly password: Secret | null
  readonly token: Secret | null
  /** Of WORKLOAD_IDENTITY: AWS, AZURE, GCP or OIDC. */
  readonly provider: string | null
  /** `CLIENT_ENVIRONMENT` up to its cap; what did not fit is left out. */
  readonly environment: Readonly<Record<string, unknown>>
  readonly sessionParameters: Readonly<Record<string, ParameterValue>>
}

const MAX_NAME_LENGTH = 256
const MAX_SECRET_LENGTH = 64 * 1024
const MAX_ENVIRONMENT_BYTES = 16 * 1024
const MAX_PARAMETERS = 256
const MAX_PARAMETER_LENGTH = 4096

export function readLoginRequest(body: Uint8Array): LoginRequest {
  const document = scanRequest(body, { paths: ['data.CLIENT_ENVIRONMENT', 'data.SESSION_PARAMETERS'], maxDepth: 16 })
  const data = findValue(document, 'data')
  if (data?.kind !== 'object') throw malformed('it has no data')
  const text = (name: string, limit = MAX_NAME_LENGTH): string | null => readText(document, name, limit)
  const secret = (name: string): Secret | null => {
    const value = text(name, MAX_SECRET_LENGTH)
    return value === null || value === '' ? null : new Secret(value)
  }
  return {
    application: text('CLIENT_APP_ID') ?? '',
    applicationVersion: text('CLIENT_APP_VERSION') ?? '',
    accountName: text('ACCOUNT_NAME'),
    loginName: text('LOGIN_NAME'),
    authenticator: text('AUTHENTICATOR')?.toUpperCase() ?? null,
    password: secret('PASSWORD'),
    token: secret('TOKEN'),
    provider: text('PROVIDER')?.toUpperCase() ?? null,
    environment: readEnvironment(document),
    sessionParameters: readParameters(document, findValue(document, 'data.SESSION_PARAMETERS'), 'SESSION_PARAMETERS'),
  }
}

function readText(document: JsonDocument, name: string, limit: number): string | null {
  const value = findValue(document, `data.${name}`)
  if (isMissing(value)) return null
  const text = readString(document, value)
  if (text === undefined) throw malformed(`${name} is no text`)
  if (text.length > limit) throw malformed(`${name} is longer than ${limit} characters`)
  return text
}

function readEnvironment(document: JsonDocument): Readonly<Record<string, unknown>> {
  const environment: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  let bytes = 0
  for (const member of findValue(document, 'data.CLIENT_ENVIRONMENT')?.members ?? []) {
    bytes += member.value.end - member.start
    if (bytes > MAX_ENVIRONMENT_BYTES) break
    environment[member.name] = parseValue(document, member.value)
  }
  return environment
}

/**
 * An object of session parameters, names as written. Null means "not set". JDBC's
 * `_SNOWFLAKE.INTERNAL.CONNECTIONIDENTIFIERSHAPE` is an object and says nothing to a server.
 */
export function readParameters(
  document: JsonDocument,
  object: JsonValue | undefined,
  field: string,
): Readonly<Record<string, ParameterValue>> {
  if (isMissing(object)) return {}
  if (object?.kind !== 'object') throw malformed(`${field} is no object`)
  if (object.members.length > MAX_PARAMETERS) throw malformed(`${field} has more than ${MAX_PARAMETERS} members`)
  const parameters: Record<string, ParameterValue> = Object.create(null) as Record<string, ParameterValue>
  for (const { name, value } of object.members) {
    if (value.kind === 'null' || name.startsWith('_SNOWFLAKE.')) continue
    const scalar = readScalar(document, value)
    if (scalar === undefined || String(scalar).length > MAX_PARAMETER_LENGTH || name.length > MAX_NAME_LENGTH) {
      throw fieldRefused(`${field}.${name.slice(0, MAX_NAME_LENGTH)}`)
    }
    parameters[name] = scalar
  }
  return parameters
}
