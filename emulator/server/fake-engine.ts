/** A tiny engine for the server's own tests: a handful of statements, no database. */
import type {
  Cell,
  Column,
  Engine,
  EngineHost,
  EngineSession,
  EngineSessionOptions,
  StatementOptions,
  StatementResult,
} from '../engine.ts'
import { SqlError } from '../engine.ts'

const SELECT = 0x1000
const INSERT = 0x3100
const USE = 0x4300
const BATCH_ROWS = 1000

/** What was executed, in order: a statement that ran twice stands here twice. */
export class FakeEngine implements Engine {
  readonly executed: string[] = []
  readonly #host: EngineHost

  constructor(host: EngineHost) {
    this.#host = host
  }

  async openSession(options: EngineSessionOptions): Promise<EngineSession> {
    if (options.database === 'MISSING') {
      throw new SqlError('390201', '42501', 'The requested database does not exist or not authorized.')
    }
    return new FakeSession(options, this.#host, this.executed)
  }

  async close(): Promise<void> {}
}

class FakeSession implements EngineSession {
  readonly context
  readonly parameters: Map<string, string | number | boolean>
  lastQueryId: string | null = null
  readonly #host: EngineHost
  readonly #executed: string[]
  readonly #options: EngineSessionOptions

  constructor(options: EngineSessionOptions, host: EngineHost, executed: string[]) {
    const { role, warehouse, database, schema } = options
    this.context = { role, warehouse, database, schema, secondaryRoles: 'ALL' as 'ALL' | 'NONE' }
    this.parameters = new Map(Object.entries(options.parameters))
    this.#host = host
    this.#executed = executed
    this.#options = options
  }

  split(sqlText: string): readonly string[] {
    return sqlText
      .split(';')
      .map((text) => text.trim())
      .filter((text) => text !== '')
  }

  async execute(sqlText: string, options: StatementOptions): Promise<StatementResult> {
    const numberOfBinds = sqlText.split('?').length - 1
    if (options.describeOnly) return { ...table([fixed('X')], []), numberOfBinds }
    this.#executed.push(sqlText)
    this.lastQueryId = options.queryId
    return { ...(await this.#answer(sqlText, options)), numberOfBinds }
  }

  async close(): Promise<void> {}

  async #answer(sqlText: string, { bindings, signal }: StatementOptions): Promise<StatementResult> {
    const values = Object.values(bindings).map(({ value }) => value)
    const [, command = '', argument = ''] = /^(\w+)\s*(.*)$/s.exec(sqlText) ?? []
    switch (command.toUpperCase()) {
      case 'SELECT':
        if (values.length > 0)
          return table(
            values.map((_, index) => text(`B${index}`)),
            [values as Cell[]],
          )
        return table([fixed('X')], [[argument]])
      case 'INSERT': {
        const count = Array.isArray(values[0]) ? values[0].length : 1
        const rows = [[String(count)]]
        return { ...table([fixed('number of rows inserted')], rows, INSERT), stats: { numRowsInserted: count } }
      }
      case 'ROWS':
        return generated(Number(argument), 3)
      case 'WIDE':
        return generated(Number(argument), 10)
      case 'WAIT':
        await untilAborted(signal)
        throw signal.reason
      case 'USE':
        this.context.schema = argument
        return table([text('status')], [['Statement executed successfully.']], USE)
      case 'SECONDARY':
        return table([text('ROLES')], [[this.context.secondaryRoles]])
      case 'SCAN': {
        const former = this.#host.formerResult(argument, this.#options.user)
        if (former === undefined) throw new SqlError('000709', '02000', `Statement ${argument} not found`)
        return table(former.columns, former.rows)
      }
      case 'CANCEL':
        return table([text('STATUS')], [[this.#host.cancel({ sessionId: argument })]])
      case 'HISTORY':
        return table(
          [text('TEXT'), text('TAG'), text('STATUS')],
          [...this.#host.history()].map((line) => [line.queryText, line.queryTag, line.executionStatus]),
        )
      case 'PUT':
        return { ...table([], []), fileTransfer: { command: 'UPLOAD', stage: '@~', localPath: argument } }
      default:
        throw new SqlError('001003', '42000', `SQL compilation error:\nunexpected '${command}'.`, { line: 1, pos: 0 })
    }
  }
}

function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], statementTypeId = SELECT) {
  const batches = (async function* () {
    yield rows
  })()
  return { columns, batches, statementTypeId, numberOfBinds: 0 }
}

/** Rows `[n, "row n", "filler"…]` made as they are read. */
function generated(count: number, width: number): StatementResult {
  const columns = [fixed('N'), ...Array.from({ length: width - 1 }, (_, index) => text(`C${index}`))]
  const rest = columns.slice(2).map(() => 'filler')
  const batches = (async function* () {
    for (let from = 0; from < count; from += BATCH_ROWS) {
      const size = Math.min(BATCH_ROWS, count - from)
      yield Array.from({ length: size }, (_, index) => [String(from + index), `row ${from + index}`, ...rest])
    }
  })()
  return { columns, batches, statementTypeId: SELECT, numberOfBinds: 0 }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
}

function fixed(name: string): Column {
  return { ...text(name), type: 'fixed', byteLength: null, length: null, precision: 38, scale: 0 }
}

function text(name: string): Column {
  return {
    name,
    database: '',
    schema: '',
    table: '',
    nullable: true,
    type: 'text',
    byteLength: 400,
    length: 100,
    precision: null,
    scale: null,
    collation: null,
  }
}
