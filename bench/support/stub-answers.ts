/** What the stub upstream answers, in Snowflake's JSON: the log-in, Icecore's own three statements, and two results. */
import { randomUUID } from 'node:crypto'
import { writeArrowRows } from '../../emulator/index.ts'
import { clientProfile, driverParameters } from '../../src/core/wire/index.ts'
import {
  type BenchColumn,
  type ChunkFormat,
  COLUMNS,
  describeColumn,
  INLINE_ROWS,
  type PreparedChunk,
} from './prepared-chunks.ts'

export const ROLE = 'ANALYST'
const CONTEXT = {
  finalRoleName: ROLE,
  finalWarehouseName: 'COMPUTE_WH',
  finalDatabaseName: 'BENCH',
  finalSchemaName: 'PUBLIC',
}

/** The list that Snowflake puts into the log-in answer and into every query answer. */
const PARAMETERS = driverParameters(new Map(), clientProfile('JavaScript', '3.0.0'))

const SELECT_TYPE = 4096
const SHOW_TYPE = 8192
const ALTER_SESSION_TYPE = 16_384

type Cell = string | null

interface Result {
  readonly statementTypeId: number
  readonly columns: readonly BenchColumn[]
  readonly rows: readonly (readonly Cell[])[]
  readonly more?: Readonly<Record<string, unknown>>
}

export function loginData(): unknown {
  return {
    token: `session-${randomUUID()}`,
    masterToken: `master-${randomUUID()}`,
    validityInSeconds: 3600,
    masterValidityInSeconds: 14_400,
    displayUserName: 'BENCH',
    serverVersion: '9.37.1',
    firstLogin: false,
    healthCheckInterval: 45,
    sessionId: 1,
    parameters: PARAMETERS,
    sessionInfo: { databaseName: 'BENCH', schemaName: 'PUBLIC', warehouseName: 'COMPUTE_WH', roleName: ROLE },
  }
}

/** `SELECT * FROM ROWS_1000000` is a result of so many rows, in chunks. */
export function rowsWanted(sql: string): number | null {
  const match = /\bROWS_(\d+)\b/.exec(sql)
  return match === null ? null : Number(match[1])
}

/** The answer to Icecore's own statements, made at log-in; null for any other. */
export function ownStatementData(sql: string): unknown {
  if (sql === 'USE SECONDARY ROLES NONE') {
    const rows = [['Statement executed successfully.']]
    return resultData({ statementTypeId: ALTER_SESSION_TYPE, columns: [text('status')], rows })
  }
  if (sql === 'SHOW PARAMETERS IN SESSION') {
    const rows = PARAMETERS.map(({ name, value }) => [name, String(value), typeOf(value)])
    return resultData({ statementTypeId: SHOW_TYPE, columns: ['key', 'value', 'type'].map(text), rows })
  }
  if (sql.startsWith('SELECT CURRENT_ROLE()')) {
    const columns = ['ROLE', 'SECONDARY', 'WAREHOUSE', 'DATABASE', 'SCHEMA'].map(text)
    const rows = [[ROLE, '{"roles":"","value":""}', 'COMPUTE_WH', 'BENCH', 'PUBLIC']]
    return resultData({ statementTypeId: SELECT_TYPE, columns, rows })
  }
  return null
}

export function oneRowData(): unknown {
  const columns = [{ name: '1', type: 'fixed', scale: 0 }]
  return resultData({ statementTypeId: SELECT_TYPE, columns, rows: [['1']] })
}

const ARROW_ROWS = Buffer.from(writeArrowRows(COLUMNS.map(describeColumn), INLINE_ROWS, [])).toString('base64')

export interface ChunkLinks {
  readonly storage: string
  readonly format: ChunkFormat
}

/** So many rows out of the prepared chunks, behind those in the answer, which come again when there are fewer. */
export function chunkedData(rows: number, chunks: readonly PreparedChunk[], links: ChunkLinks): unknown {
  const listed: unknown[] = []
  for (let left = rows, index = 0; left > 0; index += 1) {
    const at = index % chunks.length
    const chunk = chunks[at]
    if (chunk === undefined || left < chunk.rows) throw new RangeError('rows come in whole chunks only')
    const { plainBytes: uncompressedSize, gzip } = chunk
    listed.push({ url: `${links.storage}/${at}`, rowCount: chunk.rows, uncompressedSize, compressedSize: gzip.length })
    left -= chunk.rows
  }
  const chunkHeaders = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }
  const form =
    links.format === 'arrow' ? { rowset: undefined, rowsetBase64: ARROW_ROWS, queryResultFormat: 'arrow' } : {}
  const total = INLINE_ROWS.length + rows
  const more = { total, returned: total, chunks: listed, chunkHeaders, ...form }
  return resultData({ statementTypeId: SELECT_TYPE, columns: COLUMNS, rows: INLINE_ROWS, more })
}

function resultData({ statementTypeId, columns, rows, more }: Result): unknown {
  return {
    parameters: PARAMETERS,
    rowtype: columns.map(describeColumn),
    rowset: rows,
    total: rows.length,
    returned: rows.length,
    queryId: randomUUID(),
    databaseProvider: null,
    ...CONTEXT,
    numberOfBinds: 0,
    arrayBindSupported: false,
    statementTypeId,
    version: 1,
    sendResultTime: Date.now(),
    queryResultFormat: 'json',
    ...more,
  }
}

function text(name: string): BenchColumn {
  return { name, type: 'text' }
}

function typeOf(value: string | number | boolean): string {
  if (typeof value === 'boolean') return 'BOOLEAN'
  return typeof value === 'number' ? 'NUMBER' : 'STRING'
}
