/** Answers about queries in Snowflake's JSON (driver-protocol.md#query-answer and below). */
import type { Column, SessionContext, SqlError } from '../engine.ts'
import type { Faults } from '../faults.ts'
import { clientParameters } from '../parameters.ts'
import { writeArrowRows } from './arrow/index.ts'
import { fileTransferAnswer } from './file-transfer.ts'
import type { Query } from './query.ts'
import { arrowColumns } from './result-format.ts'
import type { SpooledResult } from './result-spool.ts'
import { MULTI_STATEMENT_TYPE, takesArrayBinds } from './statement-types.ts'
import type { StorageLinks } from './storage-links.ts'
import { unknownMembers } from './unknown-members.ts'

export interface AnswerSettings {
  readonly links: StorageLinks
  readonly faults: Faults
  readonly bigIntegers: boolean
  readonly unknownFields: boolean
  readonly now: () => number
}

export type Envelope = Readonly<Record<string, unknown>>

/** Seconds after which Snowflake gives up a query that nobody polls. */
const ABORTS_AFTER_SECONDS = 300
/** An Arrow IPC stream that ends at once. */
const EMPTY_ARROW_STREAM = '/////wAAAAA='

export function success(data: unknown): Envelope {
  return { data, code: null, message: null, success: true }
}

function inProgress(query: Query): Envelope {
  const isAsync = query.request.asyncExec
  return {
    data: {
      queryId: query.id,
      getResultUrl: `/queries/${query.id}/result`,
      progressDesc: null,
      queryAbortsAfterSecs: ABORTS_AFTER_SECONDS,
    },
    code: isAsync ? '333334' : '333333',
    message: isAsync
      ? 'Asynchronous execution in progress. Use provided query id to perform query monitoring and management.'
      : 'Query execution in progress.',
    success: true,
  }
}

function sqlFailure(error: SqlError, queryId: string | null): Envelope {
  return {
    data: {
      internalError: false,
      unredactedFromSecureObject: false,
      errorCode: error.code,
      age: 0,
      sqlState: error.sqlState,
      queryId,
      line: error.line,
      pos: error.pos,
      type: error.line >= 0 || error.sqlState.startsWith('42') ? 'COMPILATION' : 'EXECUTION',
    },
    code: error.code,
    message: error.message,
    success: false,
    headers: null,
  }
}

/** What a finished query answers; in progress while it runs. */
export function answerOf(query: Query, settings: AnswerSettings): Envelope {
  const { state } = query
  switch (state.kind) {
    case 'running':
      return inProgress(query)
    case 'failed':
      return sqlFailure(state.error, query.id)
    case 'dropped':
      return resultNotFound()
    case 'parent':
      return success(parentData(query, state.children, settings))
    case 'succeeded':
      return success(
        state.result.fileTransfer === null
          ? resultData(query, state.result, settings)
          : fileTransferAnswer(query.id, state.result.fileTransfer, settings),
      )
  }
}

export function resultNotFound(): Envelope {
  return {
    data: { errorCode: '000612', sqlState: '02000', queryId: null, line: -1, pos: -1, type: 'EXECUTION' },
    code: '000612',
    message: 'Result not found.',
    success: false,
    headers: null,
  }
}

export function statusData(query: Query): Envelope {
  const entry = query.toHistoryEntry()
  const end = entry.endTime ?? 0
  return {
    id: query.id,
    status: entry.executionStatus,
    state: entry.executionStatus === 'SUCCESS' ? 'SUCCEEDED' : entry.executionStatus,
    errorCode: entry.errorCode ?? '',
    errorMessage: entry.errorMessage,
    sqlText: entry.queryText,
    startTime: entry.startTime,
    endTime: end,
    totalDuration: end === 0 ? 0 : end - entry.startTime,
    sessionId: query.session.id,
    warehouseId: 1,
    warehouseName: entry.warehouseName,
    warehouseExternalSize: 'X-Small',
    warehouseServerType: 'STANDARD',
    stats: { scanBytes: 0, producedRows: entry.rowsProduced ?? 0 },
  }
}

function resultData(query: Query, result: SpooledResult, settings: AnswerSettings): Envelope {
  const { links, faults } = settings
  const isDescribe = query.request.describeOnly
  const isSpoilt = faults.take('arrow-answer') > 0
  return {
    parameters: clientParameters(query.session.engine.parameters),
    rowtype: result.columns.map(columnData),
    ...(isSpoilt ? { rowsetBase64: EMPTY_ARROW_STREAM } : inlineData(result)),
    total: result.total,
    returned: result.total,
    ...(result.chunks.length > 0 && {
      chunks: result.chunks.map((chunk, index) => ({
        url: links.chunkUrl(query.id, index),
        rowCount: chunk.rowCount,
        uncompressedSize: chunk.uncompressedSize,
        compressedSize: chunk.compressedSize,
      })),
      chunkHeaders: links.chunkHeaders(query.id),
    }),
    ...(result.stats !== null && { stats: result.stats }),
    ...(isDescribe && result.numberOfBinds > 0 && { metaDataOfBinds: bindColumns(result.numberOfBinds) }),
    ...commonData(query, settings),
    numberOfBinds: result.numberOfBinds,
    arrayBindSupported: takesArrayBinds(result.statementTypeId),
    statementTypeId: result.statementTypeId,
    queryResultFormat: isSpoilt ? 'arrow' : result.format.kind,
  }
}

function inlineData({ format, columns, inlineRows, numberBits }: SpooledResult): Envelope {
  if (format.kind === 'json') return { rowset: inlineRows }
  if (inlineRows.length === 0) return { rowsetBase64: '' }
  const stream = writeArrowRows(arrowColumns(columns, format), inlineRows, numberBits)
  return { rowsetBase64: Buffer.from(stream).toString('base64') }
}

function parentData(query: Query, children: readonly Query[], settings: AnswerSettings): Envelope {
  return {
    parameters: clientParameters(query.session.engine.parameters),
    rowtype: [columnData(textColumn('multiple statement execution'))],
    rowset: [['Multiple statements executed successfully.']],
    total: 1,
    returned: 1,
    ...commonData(query, settings),
    numberOfBinds: 0,
    arrayBindSupported: false,
    statementTypeId: MULTI_STATEMENT_TYPE,
    queryResultFormat: 'json',
    resultIds: children.map((child) => child.id).join(','),
    resultTypes: children.map(statementTypeOf).join(','),
  }
}

function statementTypeOf(query: Query): number {
  return query.state.kind === 'succeeded' ? query.state.result.statementTypeId : 0
}

function commonData(query: Query, settings: AnswerSettings): Envelope {
  const context = settings.faults.take('wrong-context') > 0 ? WRONG_CONTEXT : query.finalContext
  const now = settings.now()
  return {
    queryId: query.id,
    databaseProvider: null,
    finalDatabaseName: context.database,
    finalSchemaName: context.schema,
    finalWarehouseName: context.warehouse,
    finalRoleName: context.role,
    version: 1,
    sendResultTime: now,
    queryContext: { entries: [{ id: 0, timestamp: now * 1000, priority: 0, context: 'CPTxBA==' }] },
    ...(settings.unknownFields && unknownMembers()),
    ...hugeMember(settings.faults.take('huge-answer')),
  }
}

const WRONG_CONTEXT: SessionContext = {
  role: 'SOME_OTHER_ROLE',
  warehouse: 'SOME_OTHER_WAREHOUSE',
  database: 'SOME_OTHER_DATABASE',
  schema: 'SOME_OTHER_SCHEMA',
  secondaryRoles: 'ALL',
}

function hugeMember(bytes: number): Envelope {
  return bytes === 0 ? {} : { progressDesc: 'x'.repeat(bytes) }
}

function columnData(column: Column): Envelope {
  const { fields, vectorDimension, extTypeName, ...always } = column
  return {
    ...always,
    ...(fields !== undefined && { fields: fields.map(columnData) }),
    ...(vectorDimension !== undefined && { vectorDimension }),
    ...(extTypeName !== undefined && { extTypeName }),
  }
}

/** Snowflake does not know a bind's type before it is bound, and calls it text. */
function bindColumns(count: number): readonly Envelope[] {
  return Array.from({ length: count }, (_, index) => columnData(textColumn(String(index + 1))))
}

const MAX_TEXT_LENGTH = 16_777_216

function textColumn(name: string): Column {
  return {
    name,
    database: '',
    schema: '',
    table: '',
    nullable: false,
    type: 'text',
    byteLength: MAX_TEXT_LENGTH,
    length: MAX_TEXT_LENGTH,
    precision: null,
    scale: null,
    collation: null,
  }
}
