/** One scenario with the official Node driver: prints one JSON object, `result` or `error`. */
import { close, connect, ready, rows, run, seconds, target, text, withConnection } from './connect.mjs'

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const PROGRAMS = {
  log_in: () =>
    withConnection(async (c) => text(await rows(c, 'SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()'))),
  statement: () =>
    withConnection(async (c) => {
      await ready()
      return text(await rows(c, target.sql))
    }),
  twice: () =>
    withConnection(async (c) => {
      await rows(c, target.sql)
      await pause(target.pause * 1000)
      return text(await rows(c, target.sql))
    }),
  rows: () =>
    withConnection(async (c) => {
      await ready()
      const got = await rows(c, `SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) LIMIT ${target.rows}`)
      return [got.length, got.reduce((sum, { N }) => sum + N, 0)]
    }),
  describe: () =>
    withConnection(async (c) => {
      const { statement } = await run(c, "SELECT 1 AS N, 'a' AS T", { describeOnly: true })
      return statement.getColumns().map((column) => column.getName())
    }),
  binds: () =>
    withConnection(async (c) => text(await rows(c, 'SELECT ? AS A, ? AS B, ? AS C', { binds: [7, "it's", null] }))),
  array_binds: () =>
    withConnection(async (c) => {
      await run(c, 'CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)')
      const binds = Array.from({ length: target.rows }, (_, n) => [n, `t${n}`])
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
  insert: () =>
    withConnection(async (c) => {
      await run(c, 'CREATE TEMPORARY TABLE ONCE (N INT)')
      await ready()
      await run(c, 'INSERT INTO ONCE VALUES (1)')
      return (await rows(c, 'SELECT COUNT(*) AS N FROM ONCE'))[0].N
    }),
  asynchronous: async () => {
    const [one, other] = [await connect(), await connect(target.other)]
    const { statement } = await run(one, 'SELECT SYSTEM$WAIT(1), 7 AS N', { asyncExec: true })
    const result = await other.getResultsFromQueryId({ queryId: statement.getQueryId(), sqlText: '' })
    const found = []
    for await (const row of result.streamRows()) found.push(row.N)
    await Promise.all([close(one), close(other)])
    return found[0]
  },
  status: () =>
    withConnection(async (c) => {
      const { statement } = await run(c, 'SELECT SYSTEM$WAIT(1), 7', { asyncExec: true })
      const id = statement.getQueryId()
      let status = await c.getQueryStatus(id)
      while (c.isStillRunning(status)) {
        await pause(300)
        status = await c.getQueryStatus(id)
      }
      return status
    }),
  cancel_call: () =>
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
  crowd: async () => {
    const all = Array.from({ length: target.rows }, async (_, index) =>
      withConnection(async (c) => {
        const found = []
        for (let each = 0; each < target.each; each += 1) found.push((await rows(c, `SELECT ${index} AS N`))[0].N)
        return found
      }),
    )
    const found = (await Promise.all(all)).flat()
    return [found.length, found.reduce((sum, n) => sum + n, 0)]
  },
}

const answer = await PROGRAMS[process.argv[2]]().then(
  (result) => ({ result }),
  (error) => ({ error: { code: String(error.code), sqlState: error.sqlState ?? null, message: error.message } }),
)
process.stdout.write(`${JSON.stringify({ ...answer, seconds: seconds() })}\n`, () => process.exit())
