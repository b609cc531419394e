/** What a program is told: where to connect, and as whom. Flat, so that the one in Java can read it without a library. */
import { type ClientWorld, DIRECT_USER } from './client-world.ts'
import type { Kit } from './kits/index.ts'

export type Target = Readonly<Record<string, string | number>>

/** Seconds that a driver may take for its log-in, where it can be told. */
const PATIENCE = 20

/** Without Icecore. */
export function directTarget(kit: Kit, world: ClientWorld): Target {
  const { account, url } = world.emulator
  return { ...placed(kit, url), account, user: DIRECT_USER.name, secret: DIRECT_USER.password, way: 'password' }
}

export function icecoreTarget(kit: Kit, world: ClientWorld, url: string): Target {
  return { ...placed(kit, url), account: 'prod', user: 'agent', secret: world.token('ada'), way: 'oauth' }
}

function placed({ major, formatParameter }: Kit, url: string): Target {
  const { hostname, port, protocol } = new URL(url)
  return {
    host: hostname,
    port: Number(port),
    protocol: protocol.replace(':', ''),
    major,
    patience: PATIENCE,
    ...(formatParameter !== null && { formatParameter }),
  }
}
