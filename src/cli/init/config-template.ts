/** The configuration that `icecore init` writes: it passes the check as it is, and every key is explained or named. */
import { wrap } from '../../lib/text/index.ts'
import { configJsonSchema } from '../../server/config/index.ts'

export interface TemplatePaths {
  /** As they stand in the file: relative to it. */
  readonly recordingKey: string
  readonly privateKey: string
}

type Schema = typeof configJsonSchema

const COLUMNS = 110

export function configTemplate({ recordingKey, privateKey }: TemplatePaths): string {
  const { issuers, connections } = configJsonSchema.properties ?? {}
  return `# Configuration of Icecore. Check it with: icecore config check
# Every key, with its meaning, default and limits: docs/reference/configuration.md
# Times are written 30s, 5m, 12h or 7d; sizes 64KiB, 32MiB or 1GiB. Relative paths count from this file.
# Secrets are references, never values: \${file:PATH}, \${env:NAME} or \${exec:COMMAND ARG}.
# What stands behind a "#" is the default, or an example where it has none.
version: 1

# Folder for the journal and the index.
data: ./icecore-data

# Where drivers connect, and where health is asked. Beyond loopback each wants a certificate, as in
# driver: { host: 0.0.0.0, port: 8443, tls: { certificate: tls/server.pem, private_key: "\${file:tls/server.key}" } }
# or "plain_http: behind_proxy" in its place. Several listeners are a list of such.
listen:
  driver: { host: 127.0.0.1, port: 8484 }
  ops: { host: 127.0.0.1, port: 8485 }
  # connections: 4096
  # tls_handshake: 10s

# Address under which drivers reach the gateway, where that is not the driver listener's own.
# public_url: https://icecore.example.com

# Proxies that are believed in who their client is, and the header in which they say it.
# trusted_proxies: [10.0.0.7]
# forwarded_header: x-forwarded-for

# OIDC issuers whose tokens are taken. Nothing is shared between them.
issuers:
  corp:
    # The exact value of the claim iss, letter by letter, trailing slash included.
    issuer: https://login.example.com/oauth2/default
    # Values of the claim aud that are meant for this gateway.
    audiences: [api://icecore]
    # What a token proves: a human, a workload or an agent.
    proves: human
    # Where the groups stand. Without it a token's groups are unknown, never none.
    # With "required" a token without the claim is refused.
    groups: { claim: groups, required: true }
    # The claim that names the client software; else the first of azp, client_id, cid, appid.
    # client_id_claim: azp
    # Where the keys are, for an issuer without a discovery document.
    # jwks_uri: https://login.example.com/oauth2/default/v1/keys
${furtherKeys(issuers, ['issuer', 'audiences', 'proves', 'groups', 'client_id_claim', 'jwks_uri'])}

# Snowflake accounts. A driver gives the name of the entry as its account.
connections:
  warehouse:
    url: https://acme-main.snowflakecomputing.com
    # Account identifier, as in the address.
    account: acme-main
    # A service user of its own. Its key is the only credential, and only Icecore holds it.
    user: ICECORE
    credential:
      type: key_pair
      private_key: \${file:${privateKey}}
      # Where the key is encrypted.
      # passphrase: \${env:ICECORE_KEY_PASSPHRASE}
    # What a session gets that asks for nothing else.
    role: ANALYST
    # warehouse: AGENTS_WH
    # database: ANALYTICS
    # schema: PUBLIC
${furtherKeys(connections, ['url', 'account', 'user', 'credential', 'role', 'warehouse', 'database', 'schema'])}

# People, by a name of your choice, with who they are at each issuer. E-mail addresses are never matched.
people:
  ann:
    # Name to show.
    name: Ann
    identities:
      - { issuer: corp, subject: 00u1ann }

# Agents: which tokens are theirs, who answers for them, and until when.
agents:
  reporter:
    # A token is the agent's if one of these fits: by the client software, by claims, or by both.
    match:
      - { issuer: corp, client_id: 0oa1reporter }
      # - { issuer: corp, claims: { sub: ci-runner, teams: { contains: reports } } }
    # Keys of "people".
    owners: [ann]
    purpose: Weekly sales report
    # Last day (UTC) on which it may log in.
    expires: 2030-12-31

# Who may use which connection with which role. What no rule allows is refused.
# A condition is a list of groups, people, agents or issuers, or claims; all that are given must hold. A rule for
# everybody with a valid token says so: when: { anyone: true }
access:
  - name: analysts
    when: { groups: [data-analysts] }
    connections: [warehouse]
    # The first is not the default: that is the connection's own role.
    roles: [ANALYST]

# The record.
recording:
  # The key it is encrypted with. Without it no recording can be read: keep a copy of it elsewhere.
  key: \${file:${recordingKey}}
${optionalKeys(configJsonSchema.properties?.recording, { key: '  # ', meaning: '  # ' }, ['key'])}
${['statements', 'sessions', 'limits', 'log'].map(optionalSection).join('')}`
}

/** One line that names what an entry may have besides. */
function furtherKeys(section: Schema | undefined, explained: readonly string[]): string {
  const entry = section?.additionalProperties
  const all = typeof entry === 'object' ? Object.entries(entry.properties ?? {}) : []
  const further = all.filter(([key]) => !explained.includes(key))
  const names = further.map(([key, { properties }]) =>
    properties === undefined ? key : `${key} (${Object.keys(properties).join(', ')})`,
  )
  return comment(`Also: ${names.join(', ')}.`, '    # ')
}

/** A section of which nothing has to be said, commented out. */
function optionalSection(key: string): string {
  const section = configJsonSchema.properties?.[key]
  return `\n${comment(section?.description ?? '', '# ')}\n# ${key}:\n${optionalKeys(section, { key: '#   ', meaning: '#   # ' })}\n`
}

interface Margins {
  readonly key: string
  readonly meaning: string
}

/** Keys with their meanings and defaults, commented out. */
function optionalKeys(section: Schema | undefined, margins: Margins, explained: readonly string[] = []): string {
  return Object.entries(section?.properties ?? {})
    .filter(([key]) => !explained.includes(key))
    .map(([key, { description = '', default: normal }]) => {
      const choices = section?.properties?.[key]?.enum?.join(', ') ?? ''
      const among = choices === '' || choices === normal ? '' : ` One of ${choices}.`
      return `${comment(`${description}${among}`, margins.meaning)}\n${margins.key}${key}: ${String(normal)}`
    })
    .join('\n')
}

/** Backticks are for documents. */
function comment(text: string, margin: string): string {
  return wrap(text.replaceAll('`', ''), COLUMNS - margin.length)
    .map((line) => `${margin}${line}`)
    .join('\n')
}
