import type { SessionPrincipal } from '../identity/index.ts'
import type { EventFacts, NetworkFacts } from './events.ts'

/** Who it was, with what, from where: a label and a text each. The texts come from outside, and are as they are on record. */
export function describeSession(
  facts: Omit<EventFacts['session.opened'], 'resume'>,
): readonly (readonly [string, string])[] {
  const { principal, client, network, connection, context, accessRule, door, upstreamSession } = facts
  const where = network === null ? '' : ` (as claimed) from ${describeNetwork(network)}, ${door} door`
  const place = [context.database, context.schema].filter((part) => part !== null).join('.')
  return [
    ['principal', describePrincipal(principal)],
    ['client', `${client.application} ${client.version}${where}`],
    [
      'connection',
      `${connection}, role ${context.role ?? 'none'}, warehouse ${context.warehouse ?? 'none'}${place && `, in ${place}`}`,
    ],
    ['allowed by', accessRule === null ? 'Icecore itself' : `access rule ${accessRule}`],
    ['upstream', `Snowflake session ${upstreamSession}`],
  ]
}

function describePrincipal({ displayName, agent, human, workload, token }: SessionPrincipal): string {
  if (token === null) return `${displayName} (Icecore itself)`
  const proven = [
    agent === null ? null : `agent ${agent.agent ?? agent.clientId ?? 'unregistered'}`,
    human === null ? null : `human ${human.person ?? human.subject}`,
    workload === null ? null : `workload ${workload.subject}`,
  ].filter((part) => part !== null)
  return `${displayName} (${[...proven, `by ${token.issuerName}`].join(', ')})`
}

/** The client's address, and by which proxies it came, where it did. */
export function describeNetwork({ address, via = [] }: NetworkFacts): string {
  return via.length === 0 ? address : `${address} by way of ${via.join(', ')}`
}

const MAX_BINDS = 20

/** What is to be known of a statement besides its text. */
export function describeStatement(facts: EventFacts['statement.received']): readonly string[] {
  const binds = Object.entries(facts.bindings)
  return [
    ...binds.slice(0, MAX_BINDS).map(([name, { type, value }]) => {
      const text = Array.isArray(value) ? `${value.length} values` : ((value as string | null) ?? 'NULL')
      return `bind ${name} ${type}: ${text}`
    }),
    ...(binds.length > MAX_BINDS ? [`… ${binds.length - MAX_BINDS} more binds`] : []),
    ...(facts.describeOnly ? ['described only, not run'] : []),
    ...(facts.asynchronous ? ['asynchronous'] : []),
    ...(facts.secretsCut > 0 ? [noteCut(facts)] : []),
  ]
}

function noteCut({ sql, secretsCut }: EventFacts['statement.received']): string {
  const unread = /^\[unreadable:\w+\]$/.test(sql)
  const secrets = secretsCut === 1 ? '1 secret' : `${secretsCut} secrets`
  return unread ? 'not kept: a text that cannot be read may hold secrets' : `${secrets} cut out`
}

/** Of a column's type: its values are set to the right. */
export function isNumeric(type: string): boolean {
  return /^(fixed|real|number|float|int)/i.test(type)
}
