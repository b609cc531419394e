/** `/session/v1/login-request` (driver-protocol.md#log-in). */
import { randomUUID } from 'node:crypto'
import type { Engine, EngineSession } from '../engine.ts'
import { SqlError } from '../engine.ts'
import { clientParameters } from '../parameters.ts'
import { isJsonObject, type JsonObject, scalarsOf, stringOf } from './json.ts'
import { verifyKeyPairToken } from './key-pair-token.ts'
import { badRequest, ProtocolError } from './protocol-error.ts'
import type { Session, Sessions } from './sessions.ts'
import { unknownMembers } from './unknown-members.ts'
import { hasAccessToken, hasPassword, type User, type Users } from './users.ts'

export interface LogInParts {
  readonly engine: Engine
  readonly users: Users
  readonly sessions: Sessions
  readonly account: string
  readonly sessionValidityMs: number
  readonly masterValidityMs: number
  readonly unknownFields: boolean
  readonly now: () => number
}

const SERVER_VERSION = '9.37.1'

export async function logIn(parts: LogInParts, query: URLSearchParams, body: JsonObject): Promise<JsonObject> {
  const data = body.data
  if (!isJsonObject(data)) throw badRequest('the body has no data')
  checkAccount(parts.account, stringOf(data.ACCOUNT_NAME))
  const user = await withLogInDetails(data, query, () => authenticate(parts, data))
  const session = await openSession(parts, user, query, data)
  return successData(parts, session)
}

function checkAccount(account: string, named: string | null): void {
  // The region, after a dot, is no part of the name.
  const name = named?.split('.')[0] ?? ''
  if (name.toUpperCase() === account.toUpperCase()) return
  throw new ProtocolError('390144', 'Invalid account name or host.', null, 403)
}

async function authenticate(parts: LogInParts, data: JsonObject): Promise<User> {
  const authenticator = (stringOf(data.AUTHENTICATOR) ?? 'SNOWFLAKE').toUpperCase()
  const loginName = stringOf(data.LOGIN_NAME)
  const token = stringOf(data.TOKEN) ?? ''
  const user = parts.users.find(loginName ?? '')
  switch (authenticator) {
    case 'SNOWFLAKE':
    case 'USERNAME_PASSWORD_MFA': {
      const password = stringOf(data.PASSWORD) ?? ''
      // Snowflake takes a programmatic access token in a password's place.
      if (user !== undefined && (hasPassword(user, password) || hasAccessToken(user, password))) return user
      throw refusal('390100', 'Incorrect username or password was specified.', 'USERNAME_PASSWORD')
    }
    case 'SNOWFLAKE_JWT':
      return verifyKeyPairToken(parts.users, { token, loginName, account: parts.account, nowMs: parts.now() })
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      if (user !== undefined && hasAccessToken(user, token)) return user
      throw refusal('394400', 'Programmatic access token is invalid.', 'PAT')
    case 'OAUTH':
      return userOfToken(parts.users, token, loginName ?? '')
    case 'ID_TOKEN':
      throw refusal('390195', 'The provided ID Token is invalid.', 'ID_TOKEN')
    default:
      throw samlRefusal(authenticator)
  }
}

/** A token says whose it is; a name beside it must agree. */
function userOfToken(users: Users, token: string, loginName: string): User {
  const user = users.findByOAuthToken(token)
  if (user === undefined) throw refusal('390303', `Invalid OAuth access token. [${randomUUID()}]`, 'OAUTH')
  if (loginName === '' || loginName.toUpperCase() === user.name) return user
  const text = 'The user you were trying to authenticate as differs from the user tied to the access token.'
  throw refusal('390309', text, 'OAUTH')
}

/** Browser and identity-provider log-ins on an account without such an integration. */
export function samlRefusal(authenticator: string): ProtocolError {
  const text = 'There was an error related to the SAML Identity Provider account parameter. Contact Snowflake support.'
  return refusal('390190', text, authenticator)
}

function refusal(code: string, message: string, authnMethod: string): ProtocolError {
  return new ProtocolError(code, message, { authnMethod })
}

/** Adds to a refusal what Snowflake tells with each (driver-protocol.md#log-in-refusal). */
async function withLogInDetails(
  data: JsonObject,
  query: URLSearchParams,
  authenticateUser: () => Promise<User>,
): Promise<User> {
  try {
    return await authenticateUser()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new ProtocolError(error.code, error.message, {
      nextAction: 'RETRY_LOGIN',
      ...error.data,
      signInOptions: {},
      requestId: query.get('requestId') ?? query.get('request_id'),
      loginName: stringOf(data.LOGIN_NAME),
    })
  }
}

async function openSession(parts: LogInParts, user: User, query: URLSearchParams, data: JsonObject): Promise<Session> {
  const role = identifier(query.get('roleName')) ?? user.defaultRole
  if (!user.roles.has(role)) throw roleRefusal(role)
  const id = parts.sessions.takeId()
  let engineSession: EngineSession
  try {
    engineSession = await parts.engine.openSession({
      sessionId: id.toString(),
      user: user.name,
      roles: [...user.roles],
      role,
      warehouse: identifier(query.get('warehouse')) ?? user.defaultWarehouse,
      database: identifier(query.get('databaseName')) ?? user.defaultDatabase,
      schema: identifier(query.get('schemaName')) ?? user.defaultSchema,
      parameters: scalarsOf(data.SESSION_PARAMETERS),
    })
  } catch (error) {
    if (error instanceof SqlError) throw new ProtocolError('390201', error.message)
    throw error
  }
  if (stringOf(data.SECONDARY_ROLES)?.toUpperCase() === 'NONE') engineSession.context.secondaryRoles = 'NONE'
  return parts.sessions.open(id, user, engineSession, stringOf(data.CLIENT_APP_ID) ?? '')
}

function roleRefusal(role: string): ProtocolError {
  const text =
    `Role '${role}' specified in the connect string does not exist or not authorized. ` +
    'Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.'
  return new ProtocolError('390189', text)
}

/** A name as SQL reads it: upper case unless quoted. */
function identifier(text: string | null): string | null {
  if (text === null || text === '') return null
  const quoted = /^"(.*)"$/s.exec(text)?.[1]
  return quoted === undefined ? text.toUpperCase() : quoted.replaceAll('""', '"')
}

function successData(parts: LogInParts, session: Session): JsonObject {
  const { context } = session.engine
  return {
    masterToken: session.tokens.master,
    token: session.tokens.session,
    validityInSeconds: Math.round(parts.sessionValidityMs / 1000),
    masterValidityInSeconds: Math.round(parts.masterValidityMs / 1000),
    displayUserName: session.user.name,
    serverVersion: SERVER_VERSION,
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: session.id,
    parameters: clientParameters(session.engine.parameters),
    sessionInfo: {
      databaseName: context.database,
      schemaName: context.schema,
      warehouseName: context.warehouse,
      roleName: context.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    responseData: null,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
    ...(parts.unknownFields && unknownMembers()),
  }
}
