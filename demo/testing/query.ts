/** One statement with the official driver: log in, run, log out. */
export interface QueryTarget {
  readonly gateway: string
  readonly connection: string
  readonly token: string
}

/** Rejects with the driver's error, of the log-in or of the statement. */
export async function query(
  { gateway, connection: account, token }: QueryTarget,
  sqlText: string,
): Promise<readonly unknown[]> {
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true'
  const { default: snowflake } = await import('snowflake-sdk')
  snowflake.configure({ logLevel: 'OFF' })
  const connection = snowflake.createConnection({ accessUrl: gateway, account, authenticator: 'OAUTH', token })
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
  try {
    return await new Promise((resolve, reject) =>
      connection.execute({ sqlText, complete: (error, _, rows) => (error ? reject(error) : resolve(rows ?? [])) }),
    )
  } finally {
    await new Promise((resolve) => connection.destroy(resolve))
  }
}
