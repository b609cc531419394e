/** How every session begins, an agent's and Icecore's own: an upstream session → on record → alive. */
import type { SessionPrincipal } from '../core/identity/index.ts'
import type { ClaimedClient, EventInput, NetworkFacts, SessionDoor, TokenFacts } from '../core/recording/index.ts'
import { type Context, clientProfile, UPSTREAM_SESSION_PARAMETERS } from '../core/wire/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type AccessToday, LEADS_ELSEWHERE, whyAccessIsGone } from './access-today.ts'
import type { ConnectionFacts, ParameterValue, Recorder, Sealer, UpstreamConnector } from './ports.ts'
import { queryTag } from './query-tag.ts'
import { Session } from './session.ts'
import type { SessionRegistry } from './session-registry.ts'

export interface BeginTools {
  /** Read at each log-in and whenever a session changes its role: it may change. */
  readonly access: AccessToday
  readonly upstream: UpstreamConnector
  readonly recorder: Recorder
  readonly registry: SessionRegistry
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
}

export interface Beginning {
  readonly id: string
  readonly door: SessionDoor
  readonly principal: SessionPrincipal
  readonly connection: ConnectionFacts
  /** The access rule that allows it; null for Icecore itself. */
  readonly accessRule: string | null
  readonly role: string
  readonly mayUseRole: (role: string) => boolean
  /** What it begins in, besides the role. */
  readonly context: Omit<Context, 'role'>
  /** Those of the client that go upstream. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly clientTag: string | null
  readonly client: ClaimedClient
  readonly network: NetworkFacts | null
}

/** Open at Snowflake, and not on record yet: nothing runs in it. */
export interface BegunSession {
  readonly session: Session
  readonly beginning: Beginning
  readonly parameters: Readonly<Record<string, ParameterValue>>
}

/** Throws ICE_SESSION_UNRECORDED where it is known beforehand that a session could not be recorded. */
export function assertRecordable(recorder: Recorder): void {
  const failure = recorder.failure()
  if (failure !== null) throw unrecorded(new Error(failure))
}

/** Rejects as `UpstreamConnector.open` does. */
export async function openAtSnowflake(beginning: Beginning, tools: BeginTools): Promise<BegunSession> {
  const { id, door, principal, connection, mayUseRole, client, clientTag } = beginning
  const head = tools.recorder.head()
  const parameters = {
    ...beginning.parameters,
    ...UPSTREAM_SESSION_PARAMETERS,
    QUERY_TAG: queryTag({ session: id, statement: null, principal: principal.id, head, clientTag }),
  }
  const upstream = await tools.upstream.open({
    connection: connection.name,
    role: beginning.role,
    ...beginning.context,
    parameters,
    application: client.application,
    applicationVersion: client.version,
  })
  const session = new Session({
    id,
    door,
    principal,
    connection: connection.name,
    mayUseRole,
    ownUser: connection.user,
    profile: clientProfile(client.application, client.version),
    upstream,
    clientTag,
    openedAt: tools.clock.now(),
  })
  return { session, beginning, parameters }
}

/**
 * From here on it lives. `tokens`: by which its driver comes back; a session without any is not gone on with by another
 * process. Rejects with ICE_SESSION_UNRECORDED, or with ICE_LOGIN_REFUSED where it may not be: it is closed again then.
 */
export async function letLive(begun: BegunSession, tokens: TokenFacts | null, tools: BeginTools): Promise<void> {
  const { session, beginning } = begun
  const { id, principal, connection, role } = beginning
  const { upstream } = session.facts
  try {
    assertContext(upstream.context)
    await tools.recorder.append(opened(begun, tokens, tools)).catch((error: unknown) => {
      throw unrecorded(error)
    })
  } catch (error) {
    await upstream.close()
    throw error
  }
  tools.registry.add(session, tokens)
  // The configuration may have changed under the log-in: from here on it finds the session, and before it did not.
  const gone =
    whyAccessIsGone({ principal, connection: connection.name, roles: [upstream.context.role] }, tools.access) ??
    (tools.upstream.connection(connection.name)?.place === connection.place ? null : LEADS_ELSEWHERE)
  if (gone !== null) {
    await tools.registry.end(session, gone)
    throw refused('connection not allowed', gone)
  }
  tools.log.info('session.opened', { session: id, principal: principal.id, connection: connection.name, role })
}

function opened({ session, beginning, parameters }: BegunSession, tokens: TokenFacts | null, tools: BeginTools) {
  const { id, door, principal, client, network, accessRule, clientTag } = beginning
  const { upstream, connection } = session.facts
  const resume = tokens === null ? null : { tokens, upstream: tools.sealer.seal(upstream.keep(), id), clientTag }
  return {
    type: 'session.opened',
    session: id,
    facts: {
      door,
      principal,
      client,
      network,
      connection,
      accessRule,
      context: upstream.context,
      upstreamSession: upstream.id,
      parameters,
      resume,
    },
  } as const satisfies EventInput
}

/** In that database short names reach what other users of the account did; written out, the never-list sees them. */
function assertContext({ database }: Context): void {
  if (database === 'SNOWFLAKE')
    throw refused('database not allowed', 'the session would begin in the database SNOWFLAKE')
}

export function refused(reason: string, detail: string): IcecoreError {
  return new IcecoreError('ICE_LOGIN_REFUSED', { reason }, { cause: new Error(detail) })
}

function unrecorded(cause: unknown): IcecoreError {
  return new IcecoreError('ICE_SESSION_UNRECORDED', { done: 'opened' }, { cause })
}
