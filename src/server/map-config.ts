/** From the config to the options of each part: the only place that knows both. */
import { readFile } from 'node:fs/promises'
import { resolveSecret, type SecretSources } from '../adapters/secrets/index.ts'
import type { SnowflakeConnection } from '../adapters/snowflake/index.ts'
import { ISSUER_DEFAULTS, type IssuerSettings, type KeySource } from '../adapters/tokens/index.ts'
import type { AccessCondition, AccessRule, Agents, KnownPrincipals, People } from '../core/identity/index.ts'
import type { StatementSettings } from '../core/policy/index.ts'
import { IcecoreError } from '../errors.ts'
import { holds, isWildcardAddress, type TrustedProxies } from '../lib/net/index.ts'
import type { Config } from './config/index.ts'
import type { ListenOptions } from './listener.ts'
import type { CertificateFiles, KeeperOptions } from './tls/index.ts'

type ConfigIssuer = Config['issuers'][string]
type ConfigConnection = Config['connections'][string]

export async function mapIssuers(config: Config): Promise<readonly IssuerSettings[]> {
  return Promise.all(Object.entries(config.issuers).map(([name, issuer]) => mapIssuer(name, issuer)))
}

async function mapIssuer(name: string, issuer: ConfigIssuer): Promise<IssuerSettings> {
  return {
    ...ISSUER_DEFAULTS,
    name,
    issuer: issuer.issuer,
    audiences: issuer.audiences,
    proves: [{ kind: issuer.proves }],
    subjectClaim: issuer.subject_claim,
    clientIdClaims: issuer.client_id_claim === undefined ? ISSUER_DEFAULTS.clientIdClaims : [issuer.client_id_claim],
    groups: {
      claim: issuer.groups?.claim ?? null,
      required: issuer.groups?.required ?? false,
      maxGroups: ISSUER_DEFAULTS.groups.maxGroups,
    },
    keys: mapKeySource(issuer),
    ca: await readCertificates(issuer.ca_file),
    algorithms: issuer.algorithms,
    types: issuer.token_types ?? ISSUER_DEFAULTS.types,
    idTokens: issuer.id_tokens,
    requiredClaims: issuer.required_claims,
    clockSkewMs: issuer.clock_skew,
    maxLifetimeMs: issuer.max_lifetime,
    maxAgeMs: issuer.max_age,
  }
}

function mapKeySource(issuer: ConfigIssuer): KeySource {
  return issuer.jwks_uri === undefined
    ? { from: 'discovery', hosts: issuer.discovery_hosts }
    : { from: 'jwks', uri: issuer.jwks_uri }
}

export function mapPeople(config: Config): People {
  return Object.fromEntries(
    Object.entries(config.people).map(([id, { name, identities }]) => [
      id,
      { ...(name === undefined ? {} : { displayName: name }), identities },
    ]),
  )
}

export function mapAgents(config: Config): Agents {
  return Object.fromEntries(
    Object.entries(config.agents).map(([id, { match, owners, purpose, expires }]) => [
      id,
      {
        identities: match.map(({ issuer, client_id, claims }) => ({
          issuer,
          ...(client_id === undefined ? {} : { clientId: client_id }),
          ...(claims === undefined ? {} : { claims }),
        })),
        owners,
        purpose,
        expires,
      },
    ]),
  )
}

/** Who may go on with a session of an earlier process. */
export function mapKnownPrincipals(config: Config): KnownPrincipals {
  const issuers = Object.fromEntries(Object.entries(config.issuers).map(([name, { issuer }]) => [name, issuer]))
  return { issuers, people: mapPeople(config), agents: mapAgents(config) }
}

export function mapAccessRules(config: Config): readonly AccessRule[] {
  return config.access.map(({ name, when, connections, roles }) => ({
    name,
    when: mapCondition(when),
    connections,
    roles,
  }))
}

export function mapStatementSettings({ statements }: Config): StatementSettings {
  const { procedure_calls, ...others } = statements
  return { procedureCalls: procedure_calls, ...others }
}

/** A listener as it is opened; its certificate is found by its name. */
export interface ListenerSettings extends Omit<ListenOptions, 'certificate'> {
  /** As the configuration names it. */
  readonly name: string
  readonly files: CertificateFiles | null
  /** Where drivers are sent to; null for the listener's own address. */
  publicUrl(): string | null
}

/** `current` gives the configuration in force, for what may change while the listeners are open. */
export function mapListeners(
  { listen }: Config,
  current: () => Config,
): Readonly<Record<'driver' | 'ops', readonly ListenerSettings[]>> {
  const map = (
    door: 'driver' | 'ops',
    all: readonly Config['listen']['driver'][number][],
  ): readonly ListenerSettings[] =>
    all.map(({ host, port, tls, plain_http, public_url }, index) => ({
      name: all.length === 1 ? `listen.${door}` : `listen.${door}[${index}]`,
      host,
      port,
      files: tls === undefined ? null : { certificate: tls.certificate, privateKey: tls.private_key },
      publicUrl: () => public_url ?? (door === 'driver' ? current().public_url : undefined) ?? null,
      admits:
        plain_http === undefined ? null : (address) => current().trusted_proxies.some((range) => holds(range, address)),
      handshake: listen.tls_handshake,
      connections: listen.connections,
    }))
  return { driver: map('driver', listen.driver), ops: map('ops', listen.ops) }
}

export function mapProxies({ trusted_proxies, forwarded_header }: Config): TrustedProxies {
  return { trusted: trusted_proxies, header: forwarded_header }
}

/** The certificates to be kept, with the host that each must be for. */
export function mapCertificates(listeners: readonly ListenerSettings[]): readonly KeeperOptions[] {
  return listeners.flatMap(({ name, files, host, publicUrl }) => {
    if (files === null) return []
    const own = isWildcardAddress(host) ? null : host
    const sentTo = (): string | null => {
      const url = publicUrl()
      return url === null ? own : new URL(url).hostname.replace(/^\[|\]$/g, '')
    }
    return [{ listener: name, files, host: sentTo }]
  })
}

export async function mapConnections(config: Config, sources: SecretSources): Promise<readonly SnowflakeConnection[]> {
  return Promise.all(
    Object.entries(config.connections).map(([name, connection]) => mapConnection(name, connection, sources)),
  )
}

async function mapConnection(
  name: string,
  connection: ConfigConnection,
  sources: SecretSources,
): Promise<SnowflakeConnection> {
  const { private_key, passphrase } = connection.credential
  const { without_roles, without_parameters } = connection.loosen
  return {
    name,
    url: connection.url,
    account: connection.account,
    user: connection.user,
    credential: {
      type: 'key_pair',
      privateKey: await resolveSecret(private_key, sources),
      passphrase: passphrase === undefined ? null : await resolveSecret(passphrase, sources),
    },
    role: connection.role,
    warehouse: connection.warehouse ?? null,
    database: connection.database ?? null,
    schema: connection.schema ?? null,
    ca: await readCertificates(connection.ca_file),
    loosen: {
      withoutRoles: without_roles,
      withoutParameters: without_parameters,
      ...(connection.storage_hosts === undefined ? {} : { storageHosts: connection.storage_hosts }),
    },
  }
}

async function readCertificates(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new IcecoreError('ICE_KEY_INVALID', { name: path, reason: 'the certificates cannot be read' }, { cause })
  }
}

/** The config's optional keys may be undefined; an access condition has the keys that are given. */
function mapCondition({ anyone, ...lists }: Config['access'][number]['when']): AccessCondition {
  const given = Object.entries(lists).filter(([, value]) => value !== undefined)
  return { ...(anyone === true ? { anyone } : {}), ...Object.fromEntries(given) }
}
