/** A running Icecore, made from a checked config. */

export {
  DEMO_AUDIENCE,
  DEMO_KEY_PREFIX,
  DEMO_MARKER,
  DEMO_PEM_HEAD,
  isDemoFolder,
  refuseDemoKeys,
} from './demo-keys.ts'
export { type Gateway, type GatewayTools, startGateway } from './gateway.ts'
