/** What a program that drives the demo reads from its first line: addresses, names, and a token for each principal. */
import type { DemoJson } from '../src/api-schema/index.ts'
import type { DataFolder } from './data-folder.ts'
import { DEMO_CONNECTION, DEMO_CONTEXT } from './demo-config.ts'
import { DEMO_PRINCIPALS } from './principals.ts'
import type { Demo } from './start-demo.ts'

export async function readyLine(demo: Demo, folder: DataFolder): Promise<DemoJson> {
  const { gateway, emulator, identityProvider, config } = demo
  const principals = DEMO_PRINCIPALS.map(async ({ name, kind, claims }) => ({
    name,
    kind,
    token: await identityProvider.sign(claims),
  }))
  return {
    gateway: gateway.url,
    ops: gateway.opsUrl,
    emulator: emulator.url,
    storage: emulator.storageUrl,
    issuer: identityProvider.issuer,
    tokenEndpoint: identityProvider.tokenEndpoint,
    connections: Object.keys(config.connections),
    ...DEMO_CONTEXT,
    principals: await Promise.all(principals),
    data: folder.path,
    pid: process.pid,
  }
}

/** The driver's own switch (snowflake-sdk 3): without it a log-in asks the metadata services of three clouds. */
export const NO_DETECTION = 'SNOWFLAKE_DISABLE_PLATFORM_DETECTION=true'

/**
 * For `node --env-file`: where the agent of `examples/` finds Icecore, and with which token. The driver is told not to ask
 * for the cloud that it is in: the demo stays on this machine.
 */
export function agentEnvironment({ gateway, principals }: DemoJson): string {
  const token = principals.find(({ kind }) => kind === 'agent')?.token ?? ''
  return `ICECORE_URL=${gateway}\nICECORE_CONNECTION=${DEMO_CONNECTION}\nICECORE_TOKEN=${token}\n${NO_DETECTION}\n`
}
