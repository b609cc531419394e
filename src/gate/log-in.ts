/** A log-in, top to bottom: token → principal → access rule → upstream session → on record → tokens of our own. */
import { decideAccess, mayUseRole, type Principal } from '../core/identity/index.ts'
import type { ClaimedClient, Door, NetworkFacts } from '../core/recording/index.ts'
import { admitParameters, type ParameterValue } from '../core/wire/index.ts'
import type { Ids } from '../lib/ids.ts'
import type { Secret } from '../lib/secret.ts'
import { assertRecordable, type BeginTools, letLive, openAtSnowflake, refused } from './begin-session.ts'
import type { ConnectionFacts, TokenVerifier } from './ports.ts'
import type { Refusals } from './refusals.ts'
import type { Session } from './session.ts'
import type { SessionTokens } from './session-tokens.ts'

export interface LogInRequest {
  readonly door: Door
  readonly token: Secret
  /** The connection's name, as the driver gave it. */
  readonly account: string
  /** In canonical form; null when the driver asks for none. */
  readonly role: string | null
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly client: ClaimedClient
  readonly network: NetworkFacts
}

export interface LogInTools extends BeginTools {
  readonly verifier: TokenVerifier
  readonly refusals: Refusals
  readonly ids: Ids
}

export interface OpenedSession {
  readonly session: Session
  readonly tokens: SessionTokens
}

interface Admission {
  readonly principal: Principal
  readonly connection: ConnectionFacts
  readonly rule: string
  readonly role: string
}

/** Rejects with the error that the driver is shown; what exactly was wrong goes on record only. */
export async function logIn(request: LogInRequest, tools: LogInTools): Promise<OpenedSession> {
  try {
    const admission = await admit(request, tools)
    const release = tools.registry.reserve(admission.principal.id)
    try {
      return await open(request, admission, tools)
    } finally {
      release()
    }
  } catch (error) {
    tools.refusals.loginFailed(error, { network: request.network, connection: request.account })
    throw error
  }
}

async function admit(request: LogInRequest, tools: LogInTools): Promise<Admission> {
  assertRecordable(tools.recorder)
  const principal = await tools.verifier.verify(request.token.reveal())
  const connection = tools.upstream.resolve(request.account)
  // An unknown connection and one that is not allowed look the same from outside.
  if (connection === undefined) throw refused('connection not allowed', `no connection is named ${request.account}`)
  const access = decideAccess(tools.access.rules, principal, { connection: connection.name, role: request.role })
  if (!access.allowed) throw refused(access.reason, access.detail)
  return { principal, connection, rule: access.rule, role: access.role }
}

async function open(request: LogInRequest, admission: Admission, tools: LogInTools): Promise<OpenedSession> {
  const { principal, connection, role, rule } = admission
  const { forwarded, tag } = admitParameters('login', request.parameters)
  const begun = await openAtSnowflake(
    {
      id: tools.ids.uuid(),
      door: request.door,
      principal,
      connection,
      accessRule: rule,
      role,
      mayUseRole: (name) => mayUseRole(tools.access.rules, principal, connection.name, name),
      context: {
        warehouse: request.warehouse ?? connection.warehouse,
        database: request.database ?? connection.database,
        schema: request.schema ?? connection.schema,
      },
      parameters: forwarded,
      clientTag: tag,
      client: request.client,
      network: request.network,
    },
    tools,
  )
  const { tokens, facts } = tools.registry.mint()
  await letLive(begun, facts, tools)
  return { session: begun.session, tokens }
}
