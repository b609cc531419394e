/** A folder with a configuration and keys: an ordinary gateway, with the upstream and the issuer of the bench. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyFile } from '../../src/adapters/secrets/index.ts'
import { AUDIENCE, type BenchIssuer, SUBJECT } from './bench-issuer.ts'
import { ROLE } from './stub-answers.ts'

export const CONNECTION = 'bench'
export const ISSUER = 'bench-idp'
export const ACCOUNT = 'bench'
export const USER = 'ICECORE'

/** Returns the folder; the configuration in it is `icecore.yaml`. */
export async function writeBenchConfig(upstream: string, { issuer, jwksUri }: BenchIssuer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'icecore-bench-'))
  await mkdir(join(folder, 'keys'))
  await createKeyFile(join(folder, 'keys/record.key'))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'keys/warehouse.p8'), pem, { mode: 0o600 })
  await writeFile(
    join(folder, 'icecore.yaml'),
    `version: 1
data: .
listen:
  driver: {port: 0}
  ops: {port: 0}
issuers:
  ${ISSUER}:
    issuer: ${issuer}
    jwks_uri: ${jwksUri}
    audiences: [${AUDIENCE}]
    proves: human
    groups: {claim: groups}
connections:
  ${CONNECTION}:
    url: ${upstream}
    account: ${ACCOUNT}
    user: ${USER}
    credential: {type: key_pair, private_key: '\${file:keys/warehouse.p8}'}
    role: ${ROLE}
    warehouse: COMPUTE_WH
    database: BENCH
    schema: PUBLIC
people:
  bench: {identities: [{issuer: ${ISSUER}, subject: ${SUBJECT}}]}
access:
  - {name: bench, when: {groups: [bench]}, connections: [${CONNECTION}], roles: [${ROLE}]}
recording:
  key: \${file:keys/record.key}
  low_water: 64MiB
log: {level: error}
`,
  )
  return folder
}
