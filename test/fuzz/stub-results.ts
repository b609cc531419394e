/** What the stub answers to a statement: rows for a few, an SQL error for everything else. */

export interface Context {
  readonly role: string
  readonly warehouse: string
  readonly database: string
  readonly schema: string
}

export interface Result {
  readonly envelope: {
    readonly data: Readonly<Record<string, unknown>>
    readonly code: string | null
    readonly message: string | null
    readonly success: boolean
  }
  /** Query ids of a multi-statement's children. */
  readonly children?: readonly string[]
}

type Row = readonly (string | null)[]

/** A result of `FROM BIG` has one row in its answer and two in this chunk. */
export const BIG_CHUNK = { path: '/storage/chunk-0', body: '["2"],["3"]', rows: 2 } as const

const PARAMETERS: readonly (readonly [string, string, string])[] = [
  ['TIMEZONE', 'UTC', 'STRING'],
  ['AUTOCOMMIT', 'true', 'BOOLEAN'],
  ['QUOTED_IDENTIFIERS_IGNORE_CASE', 'false', 'BOOLEAN'],
  ['CLIENT_RESULT_CHUNK_SIZE', '160', 'NUMBER'],
  ['BINARY_OUTPUT_FORMAT', 'HEX', 'STRING'],
]

export function parametersOf(): readonly object[] {
  return PARAMETERS.map(([name, value]) => ({ name, value }))
}

export function rowsOf(sql: string, binds: readonly unknown[], context: Context, storage = ''): Result {
  const text = sql.trim().replace(/\s+/g, ' ')
  if (text === 'USE SECONDARY ROLES NONE') return table(['status'], [['Statement executed successfully.']], context)
  if (text === 'SHOW PARAMETERS IN SESSION') {
    return table(
      ['key', 'value', 'type'],
      PARAMETERS.map((row) => [...row]),
      context,
    )
  }
  if (text.startsWith('SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES()')) {
    const { role, warehouse, database, schema } = context
    return table(['R', 'S', 'W', 'D', 'N'], [[role, '{"roles":"","value":""}', warehouse, database, schema]], context)
  }
  if (/^INSERT\b/i.test(text)) return table(['number of rows inserted'], [['1']], context, 0x3100)
  if (!/^SELECT\b/i.test(text) || /\bFAIL\b/.test(text)) return failed('001003', 'SQL compilation error:\nunexpected.')
  if (/\bFROM BIG\b/.test(text)) return big(context, storage)
  return table(['X', ...binds.map((_, index) => `B${index}`)], [['1', ...binds.map(() => 'bound')]], context)
}

export function describeText(column: string, context: Context): Result {
  return table([column], [], context)
}

export function failed(code: string, message: string, sqlState = '42000'): Result {
  const data = { errorCode: code, sqlState, internalError: false, line: -1, pos: -1, type: 'COMPILATION' }
  return { envelope: { data, code, message, success: false } }
}

function big(context: Context, storage: string): Result {
  const { envelope } = table(['X'], [['1']], context)
  const size = BIG_CHUNK.body.length
  const chunk = {
    url: `${storage}${BIG_CHUNK.path}`,
    rowCount: BIG_CHUNK.rows,
    uncompressedSize: size + 2,
    compressedSize: size,
  }
  const total = 1 + BIG_CHUNK.rows
  return {
    envelope: { ...envelope, data: { ...envelope.data, total, returned: total, chunks: [chunk], qrmk: 'storage-key' } },
  }
}

function table(columns: readonly string[], rows: readonly Row[], context: Context, statementTypeId = 0x1000): Result {
  const { role, warehouse, database, schema } = context
  const data = {
    parameters: parametersOf(),
    rowtype: columns.map((name) => ({
      name,
      type: 'text',
      nullable: true,
      length: 100,
      byteLength: 400,
      precision: null,
      scale: null,
      database: '',
      schema: '',
      table: '',
      collation: null,
    })),
    rowset: rows,
    total: rows.length,
    returned: rows.length,
    finalRoleName: role,
    finalWarehouseName: warehouse,
    finalDatabaseName: database,
    finalSchemaName: schema,
    numberOfBinds: 0,
    arrayBindSupported: true,
    statementTypeId,
    version: 1,
    queryResultFormat: 'json',
  }
  return { envelope: { data, code: null, message: null, success: true } }
}
