/** Process: Icecore as its users start it, from its compiled files. */
import { pathToFileURL } from 'node:url'
import { serveBench } from './child-side.ts'

export interface GatewayOptions {
  readonly config: string
  /** Folder of the compiled product. */
  readonly product: string
}

export interface GatewayReady {
  readonly url: string
}

const { config, product } = JSON.parse(process.argv[2] ?? '') as GatewayOptions
const { loadConfig } = (await import(
  pathToFileURL(`${product}/server/config/index.js`).href
)) as typeof import('../../src/server/config/index.ts')
const { startGateway } = (await import(
  pathToFileURL(`${product}/server/index.js`).href
)) as typeof import('../../src/server/index.ts')
const loaded = await loadConfig(config)
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
const gateway = await startGateway(loaded.config)
serveBench<GatewayReady>({ url: gateway.url }, () => gateway.close())
