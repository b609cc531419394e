/** The configuration that `icecore init` writes: it passes the check as it is, and every key is explained. */
export interface TemplatePaths {
  /** As they stand in the file: relative to it. */
  readonly recordingKey: string
  readonly privateKey: string
}

export function configTemplate({ recordingKey, privateKey }: TemplatePaths): string {
  return `# Configuration of Icecore. Check it with: icecore config check
# Every key, with its meaning, default and limits: docs/reference/configuration.md
# Times are written 30s, 5m, 12h or 7d; sizes 64KiB, 32MiB or 1GiB. Relative paths count from this file.
# Secrets are references, never values: \${file:PATH}, \${env:NAME} or \${exec:COMMAND ARG}.
version: 1

# Folder for the journal and the index.
data: ./icecore-data

# The listeners. Loopback only: put a TLS proxy on this machine before them.
listen:
  driver: { host: 127.0.0.1, port: 8484 }
  ops: { host: 127.0.0.1, port: 8485 }

# Address under which drivers reach the gateway, where that is not the driver listener's own.
# public_url: https://icecore.example.com

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
    groups: { claim: groups, required: true }
    # The claim that names the client software; else the first of azp, client_id, cid, appid.
    # client_id_claim: azp
    # Where the keys are, for an issuer without a discovery document.
    # jwks_uri: https://login.example.com/oauth2/default/v1/keys
    # clock_skew: 30s
    # max_age: 24h
    # max_lifetime: 24h

# Snowflake accounts. A driver gives the name of the entry as its account.
connections:
  warehouse:
    url: https://acme-main.snowflakecomputing.com
    account: acme-main
    # A service user of its own. Its key is the only credential, and only Icecore holds it.
    user: ICECORE
    credential:
      type: key_pair
      private_key: \${file:${privateKey}}
      # passphrase: \${env:ICECORE_KEY_PASSPHRASE}
    # What a session gets that asks for nothing else.
    role: ANALYST
    # warehouse: AGENTS_WH
    # database: ANALYTICS
    # schema: PUBLIC

# People, by a name of your choice, with who they are at each issuer. E-mail addresses are never matched.
people:
  ann:
    name: Ann
    identities:
      - { issuer: corp, subject: 00u1ann }

# Agents: which tokens are theirs, who answers for them, and until when.
agents:
  reporter:
    match:
      - { issuer: corp, client_id: 0oa1reporter }
    owners: [ann]
    purpose: Weekly sales report
    expires: 2030-12-31

# Who may use which connection with which role. What no rule allows is refused.
# A condition is a list of groups, people, agents, issuers or claims; all that are given must hold.
access:
  - name: analysts
    when: { groups: [data-analysts] }
    connections: [warehouse]
    roles: [ANALYST]

# The record. Without its key no recording can be read: keep a copy of it elsewhere.
recording:
  key: \${file:${recordingKey}}
  # segment_size: 64MiB
  # ballast: 16MiB
  # low_water: 1GiB

# Kinds of statements that are refused unless they are allowed here.
# statements:
#   procedure_calls: refuse
#   exports: refuse
#   deferred: refuse
#   rights: refuse

# sessions:
#   token_life: 1h
#   master_life: 4h
#   longest_life: 12h
#   idle: 4h

# limits:
#   statement: 1MiB
#   request_body: 32MiB
#   sessions: 1000
#   hold: 40s
#   drain: 30s

# log:
#   level: info
`
}
