export type { KeyPairCredential, Loosening, SnowflakeConnection } from './connection.ts'
export { type ConnectorTools, createSnowflakeConnector } from './connector.ts'
export { DEFAULT_SNOWFLAKE_OPTIONS, type SnowflakeOptions } from './options.ts'
