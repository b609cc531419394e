/** A running Icecore, made from a checked config. */
export { type Gateway, type GatewayTools, startGateway } from './gateway.ts'
