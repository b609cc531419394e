/** Process: Icecore as its users start it. */
import { loadConfig } from '../../src/server/config/index.ts'
import { startGateway } from '../../src/server/index.ts'
import { serveBench } from './child-side.ts'

export interface GatewayOptions {
  readonly config: string
}

export interface GatewayReady {
  readonly url: string
}

const { config: path } = JSON.parse(process.argv[2] ?? '') as GatewayOptions
const loaded = await loadConfig(path)
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
const gateway = await startGateway(loaded.config)
serveBench<GatewayReady>({ url: gateway.url }, () => gateway.close())
