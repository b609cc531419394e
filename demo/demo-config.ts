/** The demo's configuration file: an ordinary one, so that what a reader learns from it is true of his own. */
import { DEMO_AUDIENCE } from '../src/server/index.ts'

export interface DemoAddresses {
  readonly gatewayPort: number
  readonly issuer: string
  readonly warehouse: string
  readonly account: string
  readonly user: string
}

export const DEMO_CONNECTION = 'demo'
export const DEMO_ISSUER = 'demo-idp'
export const DEMO_CONTEXT = { warehouse: 'COMPUTE_WH', database: 'SHOP', schema: 'SALES', role: 'ANALYST' } as const

export function demoConfig(addresses: DemoAddresses): string {
  const { gatewayPort, issuer, warehouse, account, user } = addresses
  const { warehouse: name, database, schema, role } = DEMO_CONTEXT
  return `# The configuration of the demo, written anew at each start. Everything in it is local and lives as long as the demo.
version: 1
data: .
listen:
  driver: {host: 127.0.0.1, port: ${gatewayPort}}
  ops: {host: 127.0.0.1, port: 0}

issuers:
  ${DEMO_ISSUER}:
    issuer: ${issuer}
    audiences: [${DEMO_AUDIENCE}]
    proves: human
    groups: {claim: groups}

connections:
  ${DEMO_CONNECTION}:
    url: ${warehouse}
    account: ${account}
    user: ${user}
    credential:
      type: key_pair
      private_key: \${file:keys/warehouse.p8}
    role: ${role}
    warehouse: ${name}
    database: ${database}
    schema: ${schema}

people:
  ada: {name: Ada, identities: [{issuer: ${DEMO_ISSUER}, subject: ada}]}
  ben: {name: Ben, identities: [{issuer: ${DEMO_ISSUER}, subject: ben}]}

agents:
  coding-agent:
    match: [{issuer: ${DEMO_ISSUER}, client_id: coding-agent}]
    owners: [ada]
    purpose: Answers questions about sales
    expires: 2099-12-31

access:
  - name: analysts
    when: {groups: [analysts]}
    connections: [${DEMO_CONNECTION}]
    roles: [${role}]

recording:
  key: \${file:keys/record.key}
  low_water: 64MiB

log:
  level: warn
`
}
