/** The three ways to the same stub: direct, through a plain proxy, through Icecore; each part a process of its own. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CONNECTION, writeBenchConfig } from './bench-config.ts'
import { startBenchIssuer } from './bench-issuer.ts'
import { buildProduct } from './build-product.ts'
import { type Child, startChild } from './child-process.ts'
import type { Usage } from './child-side.ts'
import type { GatewayOptions, GatewayReady } from './gateway.ts'
import type { ProxyReady } from './plain-proxy.ts'
import type { StubOptions, StubReady } from './stub-upstream.ts'

export const WAYS = ['direct', 'proxy', 'icecore'] as const
export type Way = (typeof WAYS)[number]

export interface Target {
  readonly way: Way
  readonly url: string
  /** The driver's `account`. */
  readonly account: string
  /** Bearer for Icecore; the stub takes any password. */
  readonly token: string | null
}

export interface Targets {
  readonly targets: readonly Target[]
  readonly stub: StubReady
  /** On the disk of the gateway's journal. */
  readonly folder: string
  /** Of the process in the way; null for direct, where there is none. */
  usage(way: Way): Promise<Usage | null>
  close(): Promise<void>
}

export interface TargetOptions extends StubOptions {
  /** Where the gateway leaves its CPU profile; null for none. */
  readonly profile: string | null
}

export async function startTargets({ profile, ...stubOptions }: TargetOptions): Promise<Targets> {
  const issuer = await startBenchIssuer()
  const stub = await startChild<StubReady>(fileOf('stub-upstream'), stubOptions)
  const { account, storage } = stub.ready
  const proxy = await startChild<ProxyReady>(fileOf('plain-proxy'), { account, storage })
  const folder = await writeBenchConfig(account, issuer)
  const nodeArguments = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const options: GatewayOptions = { config: join(folder, 'icecore.yaml'), product: await buildProduct(folder) }
  const gateway = await startChild<GatewayReady>(fileOf('gateway'), options, nodeArguments)
  const between: Readonly<Record<Way, Child<unknown> | null>> = { direct: null, proxy, icecore: gateway }
  return {
    targets: [
      { way: 'direct', url: account, account: 'bench', token: null },
      { way: 'proxy', url: proxy.ready.account, account: 'bench', token: null },
      { way: 'icecore', url: gateway.ready.url, account: CONNECTION, token: issuer.token },
    ],
    stub: stub.ready,
    folder,
    usage: async (way) => (await between[way]?.usage()) ?? null,
    async close() {
      for (const child of [gateway, proxy, stub]) await child.stop()
      issuer.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The order of a round: another way is first each time, so that none has the better place. */
export function inTurn<T>(items: readonly T[], round: number): readonly T[] {
  const first = round % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

function fileOf(name: string): URL {
  return new URL(`./${name}.ts`, import.meta.url)
}
