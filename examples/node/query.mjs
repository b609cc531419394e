// One statement through Icecore with the official Node driver, and its rows.
//
//   ICECORE_URL=… ICECORE_CONNECTION=… ICECORE_TOKEN=… node examples/node/query.mjs 'SELECT CURRENT_ROLE()'
//
// Only three things differ from a program that talks to Snowflake itself: the address is Icecore's, the account is the
// name of a connection in Icecore's configuration, and the token is an OIDC access token of the agent's own issuer.
import snowflake from 'snowflake-sdk'

const { ICECORE_URL: accessUrl, ICECORE_CONNECTION: account, ICECORE_TOKEN: token } = process.env
const [sqlText = 'SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE()', ...binds] = process.argv.slice(2)

snowflake.configure({ logLevel: 'OFF' })
const connection = snowflake.createConnection({ accessUrl, account, authenticator: 'OAUTH', token })

// The driver's connectAsync() resolves even when the log-in is refused: only the callback tells.
const logIn = () => new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))

const execute = () =>
  new Promise((resolve, reject) =>
    connection.execute({ sqlText, binds, complete: (error, _, rows) => (error ? reject(error) : resolve(rows)) }),
  )

try {
  await logIn()
  console.table(await execute())
} catch (error) {
  // A denial ends with an object for programs: what was denied, whether waiting helps, what to do instead.
  const denial = /icecore:(\{.*\})/.exec(error.message)?.[1]
  console.error(error.message)
  if (denial !== undefined) console.error('as a program reads it:', JSON.parse(denial))
  process.exitCode = 1
} finally {
  if (connection.isUp()) await new Promise((resolve) => connection.destroy(resolve))
}
