export type { KeyPairCredential, Loosening, SnowflakeConnection } from './connection.ts'
export {
  type ConnectionState,
  type ConnectorTools,
  createSnowflakeConnector,
  type PreparedConnections,
  type SnowflakeConnector,
} from './connector.ts'
export { DEFAULT_SNOWFLAKE_OPTIONS, type SnowflakeOptions } from './options.ts'
