/** One scenario with the official Node driver: prints one JSON object, `result` or `error`. */
import snowflake from 'snowflake-sdk'

const target = JSON.parse(process.env.ICECORE_TARGET)
snowflake.configure({ logLevel: 'OFF' })

async function connect(more = {}) {
  const credential = target.token ? { authenticator: 'OAUTH', token: target.token } : { password: target.password }
  const connection = snowflake.createConnection({
    account: target.account,
    accessUrl: `${target.protocol}://${target.host}:${target.port}`,
    username: target.user,
    database: 'SHOP',
    schema: 'SALES',
    warehouse: 'COMPUTE_WH',
    ...credential,
    ...more,
  })
  await new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
  return connection
}

function run(connection, sqlText, options = {}) {
  return new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      ...options,
      complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows: rows ?? [] })),
    }),
  )
}

const rows = async (connection, sqlText, options) => (await run(connection, sqlText, options)).rows
const close = (connection) => new Promise((resolve) => connection.destroy(() => resolve()))

function text(list) {
  return list.map((row) =>
    Object.values(row).map((cell) => (cell === null ? null : `${typeof cell} ${JSON.stringify(cell)}`)),
  )
}

async function withConnection(work) {
  const connection = await connect()
  try {
    return await work(connection)
  } finally {
    await close(connection)
  }
}

const SCENARIOS = {
  log_in: () =>
    withConnection(async (c) => text(await rows(c, 'SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()'))),
  refused_log_in: () => connect({ authenticator: 'OAUTH', token: 'not.a.token' }),
  types: () => withConnection(async (c) => text(await rows(c, target.sql))),
  many_rows: () =>
    withConnection(async (c) => {
      const found = []
      for (const count of [0, 1, 100_000]) {
        const got = await rows(c, `SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 100000)) LIMIT ${count}`)
        found.push([got.length, got.reduce((sum, { N }) => sum + N, 0)])
      }
      return found
    }),
  binds: () =>
    withConnection(async (c) => text(await rows(c, 'SELECT ? AS A, ? AS B, ? AS C', { binds: [7, "it's", null] }))),
  array_binds: () =>
    withConnection(async (c) => {
      await run(c, 'CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)')
      const binds = [0, 1, 2, 3, 4].map((n) => [n, `t${n}`])
      await run(c, 'INSERT INTO ARRAY_BINDS VALUES (?, ?)', { binds })
      return text(await rows(c, 'SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS'))
    }),
  multi_statement: () =>
    withConnection(async (c) => {
      const found = []
      await new Promise((resolve, reject) =>
        c.execute({
          sqlText: 'SELECT 1 AS N; SELECT 2 AS N; SELECT 3 AS N',
          parameters: { MULTI_STATEMENT_COUNT: 3 },
          complete: (error, statement, got) => {
            if (error) return reject(error)
            found.push(got[0].N)
            if (statement.hasNext()) statement.NextResult()
            else resolve()
          },
        }),
      )
      return found
    }),
  transaction: () =>
    withConnection(async (c) => {
      await run(c, 'CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)')
      await run(c, 'BEGIN')
      await run(c, 'INSERT INTO IN_TRANSACTION VALUES (1), (2)')
      const [within] = await rows(c, 'SELECT COUNT(*) AS N FROM IN_TRANSACTION')
      await run(c, 'ROLLBACK')
      const [after] = await rows(c, 'SELECT COUNT(*) AS N FROM IN_TRANSACTION')
      return [within.N, after.N]
    }),
  session_state: () =>
    withConnection(async (c) => {
      await run(c, 'USE SCHEMA CRM')
      await run(c, "SET MARK = 'kept'")
      return text(await rows(c, 'SELECT CURRENT_SCHEMA(), $MARK'))
    }),
  denial: () => withConnection((c) => rows(c, "ALTER USER ICECORE SET PASSWORD = 'x'")),
  sql_error: () => withConnection((c) => rows(c, 'SELECT NO_SUCH_COLUMN FROM PRODUCTS')),
  put_refused: () => withConnection((c) => rows(c, 'PUT file:///etc/hostname @~')),
  asynchronous: async () => {
    const [one, other] = [await connect(), await connect()]
    const { statement } = await run(one, 'SELECT SYSTEM$WAIT(1), 7 AS N', { asyncExec: true })
    const result = await other.getResultsFromQueryId({ queryId: statement.getQueryId(), sqlText: '' })
    const found = []
    for await (const row of result.streamRows()) found.push(row.N)
    await Promise.all([close(one), close(other)])
    return found[0]
  },
  cancel: () =>
    withConnection(
      (c) =>
        new Promise((resolve, reject) => {
          const statement = c.execute({
            sqlText: 'SELECT SYSTEM$WAIT(60)',
            complete: (error, _, got) => (error ? reject(error) : resolve(got)),
          })
          setTimeout(() => statement.cancel(), 2000)
        }),
    ),
  restart: () =>
    withConnection(async (c) => {
      process.stderr.write('started\n')
      return (await rows(c, 'SELECT SYSTEM$WAIT(4), 7 AS N'))[0].N
    }),
}

const begun = performance.now()
const answer = await SCENARIOS[process.argv[2]]().then(
  (result) => ({ result }),
  (error) => ({ error: { code: String(error.code), sqlState: error.sqlState ?? null, message: error.message } }),
)
process.stdout.write(`${JSON.stringify({ ...answer, seconds: (performance.now() - begun) / 1000 })}\n`, () =>
  process.exit(),
)
