import assert from 'node:assert/strict'
import type {
  Binding,
  Cell,
  Column,
  Engine,
  EngineHost,
  EngineOptions,
  EngineSession,
  QueryHistoryEntry,
  SqlError,
  StatementOptions,
  StatementResult,
} from '../engine.ts'
import { createEngine } from './index.ts'

export interface Answer {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly result: StatementResult
}

/** A statement, and its rows or the code of its error. */
export type Case = readonly [sql: string, expected: readonly (readonly Cell[])[] | string]

/** An account with one session, and a host that keeps all results: what the server does, without its protocol. */
export class TestAccount {
  readonly engine: Engine
  readonly host: TestHost
  session!: EngineSession
  #queries = 0

  private constructor(engine: Engine, host: TestHost) {
    this.engine = engine
    this.host = host
  }

  static async open(options: Partial<EngineOptions> = {}): Promise<TestAccount> {
    const host = new TestHost()
    const engine = await createEngine({ seed: 7, tpchScale: 0, withShop: false, account: 'acme', ...options }, host)
    const account = new TestAccount(engine, host)
    account.session = await account.openSession()
    return account
  }

  openSession(user = 'ANNA', roles = ['SYSADMIN', 'PUBLIC']): Promise<EngineSession> {
    const [role = null] = roles
    return this.engine.openSession({
      sessionId: '4711',
      user,
      roles,
      role,
      warehouse: 'COMPUTE_WH',
      database: null,
      schema: null,
      parameters: { TIMEZONE: 'UTC' },
    })
  }

  async run(sql: string, options: Partial<StatementOptions> & { session?: EngineSession } = {}): Promise<Answer> {
    const queryId = `01b00000-0000-0000-0000-${String(++this.#queries).padStart(12, '0')}`
    const { session = this.session, ...others } = options
    const result = await session.execute(sql, {
      bindings: {},
      parameters: {},
      describeOnly: false,
      queryId,
      signal: new AbortController().signal,
      ...others,
    })
    const rows: (readonly Cell[])[] = []
    for await (const batch of result.batches) rows.push(...batch)
    const answer = { columns: result.columns, rows, result }
    this.host.results.set(queryId, answer)
    return answer
  }

  async script(...statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.run(sql)
  }

  /** The one cell of the one row. */
  async cell(sql: string, bindings: Readonly<Record<string, Binding>> = {}): Promise<Cell> {
    const { rows } = await this.run(sql, { bindings })
    return rows[0]?.[0] ?? null
  }

  async failure(sql: string, options: Partial<StatementOptions> = {}): Promise<SqlError> {
    try {
      await this.run(sql, options)
    } catch (error) {
      return error as SqlError
    }
    throw new Error(`did not fail: ${sql}`)
  }

  /** Runs statements one after the other: each gives these rows, or fails with this code. */
  async check(cases: readonly Case[]): Promise<void> {
    for (const [sql, expected] of cases) {
      const outcome = await this.run(sql).then(
        ({ rows }) => rows,
        (error: SqlError) => error.code ?? error,
      )
      assert.deepEqual(outcome, expected, sql)
    }
  }

  async close(): Promise<void> {
    await this.session.close()
    await this.engine.close()
  }
}

class TestHost implements EngineHost {
  readonly results = new Map<string, Answer>()
  readonly entries: QueryHistoryEntry[] = []
  readonly canceled: unknown[] = []

  history(): Iterable<QueryHistoryEntry> {
    return this.entries
  }

  formerResult(queryId: string): Answer | undefined {
    return this.results.get(queryId)
  }

  cancel(target: unknown): string {
    this.canceled.push(target)
    return 'query terminated.'
  }
}
