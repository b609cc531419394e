/** A small agent: an ordinary program with the official Node driver and a token, which knows nothing of Icecore. */
import type { Connection, RowStatement, SnowflakeError, StatementOption } from 'snowflake-sdk'

export interface AgentOptions {
  readonly gateway: string
  readonly connection: string
  readonly token: string
  say(line: string): Promise<void>
  /** Before each step. */
  think(): Promise<void>
}

type Row = Readonly<Record<string, unknown>>

interface Step {
  readonly why: string
  readonly sql: string
  readonly binds?: readonly (string | number)[]
  /** Those to say; else all. */
  readonly columns?: readonly string[]
  /** Rows are counted as they come, and not kept. */
  readonly streamed?: true
}

const SHOWN_ROWS = 3

const STEPS: readonly Step[] = [
  { why: 'Which tables are there?', sql: 'SHOW TERSE TABLES IN SCHEMA SHOP.SALES', columns: ['name', 'kind'] },
  {
    why: 'How do the orders stand?',
    sql: `SELECT STATUS, COUNT(*) AS ORDERS, SUM(AMOUNT) AS TOTAL
FROM SHOP.SALES.ORDERS
GROUP BY STATUS ORDER BY TOTAL DESC`,
  },
  {
    why: 'Which large orders came back? The values go as binds.',
    sql: `SELECT ID, AMOUNT, ORDER_DATE FROM SHOP.SALES.ORDERS
WHERE STATUS = ? AND AMOUNT > ?
ORDER BY AMOUNT DESC LIMIT 5`,
    binds: ['RETURNED', 1900],
  },
  {
    why: 'Who are the customers? Personal data; the record will say who saw it.',
    sql: 'SELECT ID, NAME, EMAIL FROM SHOP.CRM.CUSTOMERS ORDER BY ID LIMIT 3',
  },
  {
    why: 'A large result, streamed in chunks.',
    sql: `SELECT SEQ4() AS N, RANDSTR(20, RANDOM()) AS CODE
FROM TABLE(GENERATOR(ROWCOUNT => 50000))`,
    streamed: true,
  },
  { why: 'A mistake: Snowflake’s own error comes through.', sql: 'SELECT PRIZE FROM SHOP.SALES.PRODUCTS' },
  {
    why: 'A way around the door: a Snowflake credential of its own.',
    sql: 'ALTER USER ICECORE ADD PROGRAMMATIC ACCESS TOKEN MINE',
  },
]

/** Logs in, does its steps and logs out; says what it does and what came of it. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { gateway, connection: account, say } = options
  const connection = await logIn(gateway, account, options.token)
  try {
    await say(`logged in at ${gateway}, account "${account}"`)
    for (const step of STEPS) {
      await options.think()
      await say('')
      await say(step.why)
      for (const line of step.sql.split('\n')) await say(`  ${line}`)
      if (step.binds !== undefined) await say(`  with ${step.binds.join(', ')}`)
      for (const line of await runStep(connection, step)) await say(`→ ${line}`)
    }
  } finally {
    await logOut(connection)
  }
  await say('')
  await say('logged out')
}

async function logIn(accessUrl: string, account: string, token: string): Promise<Connection> {
  // The driver asks the machine's metadata services which cloud it is in. Nothing of the demo leaves the machine.
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION ??= 'true'
  const { default: snowflake } = await import('snowflake-sdk')
  snowflake.configure({ logLevel: 'OFF' })
  const connection = snowflake.createConnection({ accessUrl, account, authenticator: 'OAUTH', token })
  await new Promise<void>((resolve, reject) =>
    connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error))),
  )
  return connection
}

function logOut(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.destroy((error) => (error === undefined ? resolve() : reject(error))),
  )
}

async function runStep(connection: Connection, step: Step): Promise<readonly string[]> {
  try {
    if (step.streamed) return [`${(await countRows(connection, step)).toLocaleString('en')} rows`]
    const rows = await fetchRows(connection, step)
    const shown = rows.slice(0, SHOWN_ROWS).map((row) => summarise(row, step.columns ?? Object.keys(row)))
    return rows.length > SHOWN_ROWS ? [...shown, `… ${rows.length - SHOWN_ROWS} more rows`] : shown
  } catch (error) {
    return describeError(error as SnowflakeError)
  }
}

function fetchRows(connection: Connection, { sql, binds = [] }: Step): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const complete: StatementOption['complete'] = (error, _, rows) => (error ? reject(error) : resolve(rows ?? []))
    connection.execute({ sqlText: sql, binds: [...binds], complete })
  })
}

async function countRows(connection: Connection, { sql }: Step): Promise<number> {
  const statement = await new Promise<RowStatement>((resolve, reject) => {
    connection.execute({
      sqlText: sql,
      streamResult: true,
      complete: (error, result) => (error ? reject(error) : resolve(result as RowStatement)),
    })
  })
  let count = 0
  for await (const _ of statement.streamRows()) count += 1
  return count
}

function summarise(row: Row, columns: readonly string[]): string {
  return columns.map((name) => `${name} ${showCell(row[name])}`).join(' · ')
}

function showCell(value: unknown): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value)
}

/** A denial ends with an object that an agent can read; anything else is Snowflake's own error. */
function describeError({ code, message }: SnowflakeError): readonly string[] {
  const tail = /icecore:(\{.*\})/.exec(message)?.[1]
  if (tail === undefined) return [`error ${code}: ${message.replaceAll('\n', ' ')}`]
  const reasons = message.slice(0, message.indexOf('icecore:{')).trim().split('\n')
  const { code: denied, wait, try: advice } = JSON.parse(tail) as { code: string; wait: boolean; try: string }
  return [...reasons, `what a program reads of it: ${denied}, wait ${wait}, "${advice}"`]
}
