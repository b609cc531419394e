import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { UpstreamConnector, UpstreamLogin } from '../../../gate/ports.ts'
import type { Log } from '../../../lib/log.ts'
import { silentLog } from '../../../lib/log.ts'
import { Secret } from '../../../lib/secret.ts'
import {
  createSnowflakeConnector,
  DEFAULT_SNOWFLAKE_OPTIONS,
  type SnowflakeConnection,
  type SnowflakeOptions,
} from '../index.ts'
import { SkippingClock } from './skipping-clock.ts'

export const RSA_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const RSA_PEM = RSA_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

export const LOGIN: UpstreamLogin = {
  connection: 'main',
  role: 'analyst',
  warehouse: 'WH',
  database: 'DB',
  schema: null,
  parameters: { TIMEZONE: 'UTC' },
  application: 'PythonConnector',
  applicationVersion: '4.8.1',
}

export function connectionTo(url: string, changes: Partial<SnowflakeConnection> = {}): SnowflakeConnection {
  return {
    name: 'main',
    url,
    account: 'my-org_acct.eu-west-1',
    user: 'icecore_svc',
    credential: { type: 'key_pair', privateKey: new Secret(RSA_PEM), passphrase: null },
    role: 'ANALYST',
    warehouse: null,
    database: null,
    schema: null,
    ca: null,
    loosen: {},
    ...changes,
  }
}

export interface Connected {
  readonly connector: UpstreamConnector
  readonly clock: SkippingClock
}

export function connect(
  connection: SnowflakeConnection,
  options: Partial<SnowflakeOptions> = {},
  log: Log = silentLog,
): Connected {
  const clock = new SkippingClock()
  const ids = { uuid: () => randomUUID(), token: (prefix: string) => `${prefix}${randomUUID()}` }
  const tools = { clock, ids, log, random: () => 0.5 }
  return {
    clock,
    connector: createSnowflakeConnector([connection], tools, { ...DEFAULT_SNOWFLAKE_OPTIONS, ...options }),
  }
}
