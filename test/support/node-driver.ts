/** The official Node driver, with promises, for tests. Its quirks stay: nothing is retried or hidden here. */
process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true'

const { default: snowflake } = await import('snowflake-sdk')
snowflake.configure({ logLevel: 'OFF' })

export type Row = Readonly<Record<string, unknown>>

/** What the driver reports of an SQL error. */
export interface DriverError extends Error {
  readonly code: string
  readonly sqlState?: string
  readonly data?: unknown
}

type Connection = ReturnType<typeof snowflake.createConnection>
type Statement = ReturnType<Connection['execute']>
type ExecuteOptions = Omit<Parameters<Connection['execute']>[0], 'sqlText' | 'complete'>

export interface DriverOptions {
  readonly accessUrl: string
  readonly token: string
  readonly [option: string]: unknown
}

export class NodeDriver {
  readonly connection: Connection

  private constructor(connection: Connection) {
    this.connection = connection
  }

  /** Rejects with the driver's own error when the log-in is refused. */
  static async connect(options: DriverOptions): Promise<NodeDriver> {
    const connection = snowflake.createConnection({
      account: 'prod',
      username: 'agent',
      authenticator: 'OAUTH',
      ...options,
    } as never)
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    return new NodeDriver(connection)
  }

  async query(sqlText: string, options: ExecuteOptions = {}): Promise<readonly Row[]> {
    return (await this.run(sqlText, options)).rows
  }

  run(
    sqlText: string,
    options: ExecuteOptions = {},
  ): Promise<{ readonly statement: Statement; readonly rows: readonly Row[] }> {
    return new Promise((resolve, reject) => {
      this.connection.execute({
        ...options,
        sqlText,
        complete: (error, statement, rows) =>
          error ? reject(error) : resolve({ statement: statement as Statement, rows: rows ?? [] }),
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.destroy((error) => (error ? reject(error) : resolve()))
    })
  }
}
