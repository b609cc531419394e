import {
  clientProfile,
  encodeKeyPairLogin,
  readLoginAnswer,
  UPSTREAM_SESSION_PARAMETERS,
} from '../../core/wire/index.ts'
import { IcecoreError, isIcecoreError } from '../../errors.ts'
import type { UpstreamLogin } from '../../gate/ports.ts'
import type { AccountClient, ClientTools } from './account-client.ts'
import { ChunkStore } from './chunk-store.ts'
import { accountWithoutRegion, type SnowflakeConnection, targetOf } from './connection.ts'
import type { KeptSession } from './kept-session.ts'
import type { KeyPair } from './key-pair.ts'
import type { SnowflakeOptions } from './options.ts'
import {
  hasNoSecondaryRoles,
  type OwnStatements,
  readParameters,
  readRoles,
  turnSecondaryRolesOff,
} from './own-statements.ts'
import { SnowflakeSession } from './session.ts'
import { SessionTokens } from './session-tokens.ts'

export interface Account {
  readonly connection: SnowflakeConnection
  readonly client: AccountClient
  readonly keyPair: KeyPair
}

export interface OpenTools extends ClientTools {
  readonly options: SnowflakeOptions
}

/**
 * Opens an upstream session that is fit for an agent: logged in with Icecore's credential, in the role that was asked
 * for and no other, and with what the upstream says of its parameters. Rejects with ICE_UPSTREAM_UNAVAILABLE, also when
 * all of it together takes too long: an upstream that is slow now may be quick in a moment. Rejects with
 * ICE_UPSTREAM_LOGIN_FAILED, whose cause says why, when trying again would not help; a session that is not fit is
 * closed again.
 */
export async function openSession(account: Account, login: UpstreamLogin, tools: OpenTools): Promise<SnowflakeSession> {
  const { openMs } = tools.options.timeouts
  const limit = new AbortController()
  const timer = tools.clock.timer(openMs, () => limit.abort())
  try {
    const session = await logIn(account, login, tools, limit.signal)
    return await prepareOrClose(account.connection, login, session, tools, limit.signal)
  } catch (error) {
    if (!limit.signal.aborted) throw error
    const cause = new Error(`the log-in took longer than ${openMs / 1000} s`)
    throw new IcecoreError('ICE_UPSTREAM_UNAVAILABLE', { attempts: 1, sent: 'maybe' }, { cause })
  } finally {
    timer.cancel()
  }
}

async function prepareOrClose(
  connection: SnowflakeConnection,
  login: UpstreamLogin,
  session: SnowflakeSession,
  tools: OpenTools,
  signal: AbortSignal,
): Promise<SnowflakeSession> {
  try {
    return await prepare(connection, login, session, tools, signal)
  } catch (error) {
    await session.close()
    const isOwn =
      isIcecoreError(error, 'ICE_UPSTREAM_UNAVAILABLE') || isIcecoreError(error, 'ICE_CERTIFICATE_UNTRUSTED')
    throw isOwn ? error : loginFailed(error)
  }
}

async function logIn(
  account: Account,
  login: UpstreamLogin,
  tools: OpenTools,
  signal: AbortSignal,
): Promise<SnowflakeSession> {
  const { connection, client, keyPair } = account
  const { options } = tools
  const parameters =
    connection.loosen.withoutParameters === true ? {} : { ...login.parameters, ...UPSTREAM_SESSION_PARAMETERS }
  const answer = await client.call({
    what: 'log-in',
    method: 'POST',
    path: '/session/v1/login-request',
    query: loginQuery(connection, login, tools.ids.uuid()),
    body: async () =>
      encodeKeyPairLogin({
        application: login.application,
        applicationVersion: login.applicationVersion,
        account: accountWithoutRegion(connection.account),
        user: connection.user,
        token: await keyPair.mintToken(connection, tools.clock.now(), options.tokenLifeSeconds),
        parameters,
        environment: { APPLICATION: 'Icecore' },
      }),
    token: null,
    accept: 'application/json',
    timeoutMs: options.timeouts.loginMs,
    signal,
  })
  const { opened, code, message } = readLoginAnswer(answer.document.bytes)
  if (opened === null) throw loginFailed(new Error(`${code ?? 'no code'}: ${message ?? 'no message'}`))
  return makeSession(
    account,
    {
      target: targetOf(connection),
      id: opened.sessionId,
      context: opened.context,
      parameters: opened.parameters,
      serverVersion: opened.serverVersion,
      token: opened.token,
      masterToken: opened.masterToken,
    },
    tools,
  )
}

/** The session of an account that these facts and tokens are of. */
export function makeSession(account: Account, kept: KeptSession, tools: OpenTools): SnowflakeSession {
  const { connection, client } = account
  const { options, ids, log } = tools
  return new SnowflakeSession(kept, {
    target: kept.target,
    tokens: new SessionTokens(client, ids, kept),
    chunks: new ChunkStore(client.transport, connection.loosen, options, tools),
    timeouts: options.timeouts,
    ids,
    log,
  })
}

function loginQuery(
  { loosen }: SnowflakeConnection,
  { role, warehouse, database, schema }: UpstreamLogin,
  requestId: string,
): Readonly<Record<string, string>> {
  return {
    requestId,
    ...(warehouse === null ? {} : { warehouse }),
    ...(database === null ? {} : { databaseName: database }),
    ...(schema === null ? {} : { schemaName: schema }),
    ...(loosen.withoutRoles === true ? {} : { roleName: role }),
  }
}

async function prepare(
  { loosen }: SnowflakeConnection,
  login: UpstreamLogin,
  session: SnowflakeSession,
  { ids }: OpenTools,
  signal: AbortSignal,
): Promise<SnowflakeSession> {
  const { formatParameter } = clientProfile(login.application, login.applicationVersion)
  const own: OwnStatements = {
    session,
    ids,
    signal,
    // Icecore reads JSON here, whatever the client's own format.
    parameters: loosen.withoutParameters === true || formatParameter === null ? {} : { [formatParameter]: 'JSON' },
  }
  if (loosen.withoutRoles !== true) await turnSecondaryRolesOff(own)
  const parameters =
    loosen.withoutParameters === true
      ? session.parameters
      : new Map([...session.parameters, ...(await readParameters(own))])
  if (loosen.withoutRoles === true) return session.withFacts({ context: session.context, parameters })
  const { context, secondaryRoles } = await readRoles(own)
  if (context.role !== canonicalName(login.role)) {
    throw new Error(`the session has the role ${context.role} in place of ${login.role}`)
  }
  if (!hasNoSecondaryRoles(secondaryRoles)) {
    throw new Error(`the session has secondary roles: ${secondaryRoles}`)
  }
  return session.withFacts({ context, parameters })
}

/** An identifier as the upstream shows it: upper case unless quoted. */
function canonicalName(identifier: string): string {
  const quoted = /^"((?:[^"]|"")+)"$/.exec(identifier)
  return quoted?.[1]?.replaceAll('""', '"') ?? identifier.toUpperCase()
}

function loginFailed(cause: unknown): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_LOGIN_FAILED', {}, { cause })
}
