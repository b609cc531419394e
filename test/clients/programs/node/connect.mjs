/** A connection of the official Node driver to what the environment names, and what is done with one. */
import { createInterface } from 'node:readline'
import snowflake from 'snowflake-sdk'

export const target = JSON.parse(process.env.ICECORE_TARGET)
snowflake.configure({ logLevel: 'OFF' })

let begun = performance.now()

const CREDENTIALS = {
  oauth: (token) => ({ authenticator: 'OAUTH', token }),
  pat: (token) => ({ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token }),
  password: (password) => ({ password }),
  workload: (token) => ({ authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: 'OIDC', token }),
}

export async function connect(secret = target.secret) {
  const connection = snowflake.createConnection({
    account: target.account,
    accessUrl: `${target.protocol}://${target.host}:${target.port}`,
    username: target.user,
    database: 'SHOP',
    schema: 'SALES',
    warehouse: 'COMPUTE_WH',
    ...CREDENTIALS[target.way](secret),
  })
  await new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
  return connection
}

export function run(connection, sqlText, options = {}) {
  return new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      ...options,
      complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows: rows ?? [] })),
    }),
  )
}

export const rows = async (connection, sqlText, options) => (await run(connection, sqlText, options)).rows

export const close = (connection) => new Promise((resolve) => connection.destroy(() => resolve()))

export async function withConnection(work) {
  const connection = await connect()
  try {
    return await work(connection)
  } finally {
    await close(connection)
  }
}

/** Says that it has begun, and waits until it may go on. */
export async function ready() {
  process.stderr.write('started\n')
  for await (const _ of createInterface(process.stdin)) break
  begun = performance.now()
}

export const seconds = () => (performance.now() - begun) / 1000

/** Each cell with its type, so that nothing is equal by chance. */
export function text(list) {
  return list.map((row) =>
    Object.values(row).map((cell) => (cell === null ? null : `${typeof cell} ${JSON.stringify(cell)}`)),
  )
}
