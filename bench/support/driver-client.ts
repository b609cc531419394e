/** The official Node driver, as an agent uses it; large results are streamed, so that none is held whole. */
import type { Connection, ConnectionOptions } from 'snowflake-sdk'
import type { BenchClient, BenchSession, Reading } from './bench-client.ts'
import type { Target } from './targets.ts'

export const driverClient: BenchClient = {
  name: 'Node driver',
  async connect(target) {
    // The driver would ask the machine's metadata services which cloud it is in.
    process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true'
    const { default: snowflake } = await import('snowflake-sdk')
    snowflake.configure({ logLevel: 'OFF' })
    const connection = snowflake.createConnection(optionsFor(target))
    await new Promise<void>((resolve, reject) =>
      connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error))),
    )
    return new DriverSession(connection)
  },
}

function optionsFor({ url, account, token }: Target): ConnectionOptions {
  const to = { accessUrl: url, account }
  if (token !== null) return { ...to, authenticator: 'OAUTH', token }
  return { ...to, username: 'bench', password: 'bench' }
}

class DriverSession implements BenchSession {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  one(sqlText: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.execute({ sqlText, complete: (error) => (error ? reject(error) : resolve()) })
    })
  }

  rows(sqlText: string): Promise<Reading> {
    const start = performance.now()
    const elapsed = (): number => (performance.now() - start) / 1000
    return new Promise((resolve, reject) => {
      this.#connection.execute({
        sqlText,
        streamResult: true,
        complete(error, statement) {
          if (error) return reject(error)
          let rows = 0
          let firstSeconds: number | null = null
          statement
            .streamRows()
            .on('data', () => {
              firstSeconds ??= elapsed()
              rows += 1
            })
            .on('error', reject)
            .on('end', () => resolve({ rows, firstSeconds, seconds: elapsed() }))
        },
      })
    })
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#connection.destroy(resolve))
  }
}
