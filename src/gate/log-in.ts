/** A log-in, top to bottom: token → principal → access rule → upstream session → on record → tokens of our own. */
import { decideAccess, mayUseRole, type Principal } from '../core/identity/index.ts'
import type { ClaimedClient, Door, EventFacts, EventInput, NetworkFacts } from '../core/recording/index.ts'
import {
  admitParameters,
  type Context,
  clientProfile,
  type ParameterValue,
  UPSTREAM_SESSION_PARAMETERS,
} from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import { type AccessToday, LEADS_ELSEWHERE, whyAccessIsGone } from './access-today.ts'
import type { ConnectionFacts, Recorder, Sealer, TokenVerifier, UpstreamConnector } from './ports.ts'
import { queryTag } from './query-tag.ts'
import type { Refusals } from './refusals.ts'
import { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'
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

export interface LogInTools {
  readonly verifier: TokenVerifier
  /** Read at each log-in and whenever a session changes its role: it may change. */
  readonly access: AccessToday
  readonly upstream: UpstreamConnector
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly sealer: Sealer
  readonly refusals: Refusals
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
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
    recordRefusal(request, error, tools)
    throw error
  }
}

async function admit(request: LogInRequest, tools: LogInTools): Promise<Admission> {
  const unrecordable = tools.recorder.failure()
  if (unrecordable !== null) throw unrecorded(new Error(unrecordable))
  const principal = await tools.verifier.verify(request.token.reveal())
  const connection = tools.upstream.resolve(request.account)
  // An unknown connection and one that is not allowed look the same from outside.
  if (connection === undefined) throw refused('connection not allowed', `no connection is named ${request.account}`)
  const access = decideAccess(tools.access.rules, principal, { connection: connection.name, role: request.role })
  if (!access.allowed) throw refused(access.reason, access.detail)
  return { principal, connection, rule: access.rule, role: access.role }
}

async function open(request: LogInRequest, admission: Admission, tools: LogInTools): Promise<OpenedSession> {
  const { principal, connection, role } = admission
  const id = tools.ids.uuid()
  const { forwarded, tag } = admitParameters('login', request.parameters)
  const parameters = {
    ...forwarded,
    ...UPSTREAM_SESSION_PARAMETERS,
    QUERY_TAG: queryTag({
      session: id,
      statement: null,
      principal: principal.id,
      head: tools.recorder.head(),
      clientTag: tag,
    }),
  }
  const upstream = await tools.upstream.open({
    connection: connection.name,
    role,
    warehouse: request.warehouse ?? connection.warehouse,
    database: request.database ?? connection.database,
    schema: request.schema ?? connection.schema,
    parameters,
    application: request.client.application,
    applicationVersion: request.client.version,
  })
  const session = new Session({
    id,
    door: request.door,
    principal,
    connection: connection.name,
    mayUseRole: (name) => mayUseRole(tools.access.rules, principal, connection.name, name),
    ownUser: connection.user,
    profile: clientProfile(request.client.application, request.client.version),
    upstream,
    clientTag: tag,
    openedAt: tools.clock.now(),
  })
  const { tokens, facts } = tools.registry.mint()
  try {
    assertContext(upstream.context)
    const resume = { tokens: facts, upstream: tools.sealer.seal(upstream.keep(), id), clientTag: tag }
    await recordOpening(session, request, admission, { parameters, resume }, tools.recorder)
  } catch (error) {
    await upstream.close()
    throw error
  }
  tools.registry.add(session, facts)
  // The configuration may have changed under the log-in: from here on it finds the session, and before it did not.
  const gone =
    whyAccessIsGone({ principal, connection: connection.name, roles: [upstream.context.role] }, tools.access) ??
    (tools.upstream.connection(connection.name)?.place === connection.place ? null : LEADS_ELSEWHERE)
  if (gone !== null) {
    await tools.registry.end(session, gone)
    throw refused('connection not allowed', gone)
  }
  tools.log.info('session.opened', { session: id, principal: principal.id, connection: connection.name, role })
  return { session, tokens }
}

async function recordOpening(
  session: Session,
  request: LogInRequest,
  admission: Admission,
  more: Pick<EventFacts['session.opened'], 'parameters' | 'resume'>,
  recorder: Recorder,
): Promise<void> {
  const { upstream, principal, connection } = session.facts
  const opened: EventInput = {
    type: 'session.opened',
    session: session.id,
    facts: {
      door: request.door,
      principal,
      client: request.client,
      network: request.network,
      connection,
      accessRule: admission.rule,
      context: upstream.context,
      upstreamSession: upstream.id,
      ...more,
    },
  }
  await recorder.append(opened).catch((error: unknown) => {
    throw unrecorded(error)
  })
}

/** In that database short names reach what other users of the account did; written out, the never-list sees them. */
function assertContext({ database }: Context): void {
  if (database === 'SNOWFLAKE')
    throw refused('database not allowed', 'the session would begin in the database SNOWFLAKE')
}

function refused(reason: string, detail: string): IcecoreError {
  return new IcecoreError('ICE_LOGIN_REFUSED', { reason }, { cause: new Error(detail) })
}

function unrecorded(cause: unknown): IcecoreError {
  return new IcecoreError('ICE_SESSION_UNRECORDED', { done: 'opened' }, { cause })
}

function recordRefusal(request: LogInRequest, error: unknown, tools: LogInTools): void {
  const known = error instanceof IcecoreError ? error : null
  tools.refusals.loginRefused({
    network: request.network,
    connection: request.account,
    reason: String(known?.details.reason ?? known?.code ?? 'internal'),
    detail: known?.cause instanceof Error ? known.cause.message : (known?.message ?? 'an internal failure'),
  })
}
