/** The answer to a query, to a poll and to a result by id: what Icecore reads of it, and where the parts lie. */
import {
  bytesOf,
  countRows,
  findValue,
  type JsonDocument,
  type JsonValue,
  parseValue,
  readSafeInteger,
  readString,
} from '../../lib/json/index.ts'
import type { AnswerEnvelope } from './answer-envelope.ts'
import { countArrowRows } from './arrow/index.ts'
import { CODES } from './codes.ts'
import type { Context } from './context.ts'
import { readParameterList } from './parameter-list.ts'
import { isMissing, type ParameterValue, protocolError, readAnswerPart } from './read-json.ts'

export interface ColumnFacts {
  readonly name: string
  readonly type: string
}

export interface AnswerChunk {
  /** At cloud storage, pre-signed: a secret. */
  readonly url: string
  readonly rowCount: number
  readonly uncompressedSize: number | null
  readonly compressedSize: number | null
}

/** Places of values in the answer's bytes; undefined where the answer has no such member. */
export interface AnswerSpans {
  readonly data: JsonValue | undefined
  readonly chunks: JsonValue | undefined
  readonly chunkHeaders: JsonValue | undefined
  readonly qrmk: JsonValue | undefined
  readonly parameters: JsonValue | undefined
  readonly queryId: JsonValue | undefined
  readonly getResultUrl: JsonValue | undefined
}

export interface InlineRows {
  readonly value: JsonValue
  readonly rows: number
}

export interface QueryAnswer {
  /** For `editJson`: `data` and the members that `spans` names can be set and removed. */
  readonly document: JsonDocument
  readonly spans: AnswerSpans
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
  readonly sqlState: string | null
  /** Lower-case UUID shape, checked: it goes into paths. */
  readonly queryId: string | null
  readonly inProgress: 'synchronous' | 'asynchronous' | null
  readonly getResultUrl: string | null
  readonly statementTypeId: number | null
  /** Null where the answer holds no result. */
  readonly format: 'json' | 'arrow' | null
  readonly columns: readonly ColumnFacts[] | null
  readonly total: number | null
  readonly returned: number | null
  /** Where the first rows are, `rowset` or `rowsetBase64`, and how many. Null where there is neither. */
  readonly inline: InlineRows | null
  readonly chunks: readonly AnswerChunk[]
  /** Of a multi-statement: its children's query ids and statement types, in order. */
  readonly resultIds: readonly string[]
  readonly resultTypes: readonly string[]
  /** As the upstream reports it after the statement. Null when the answer says nothing of it. */
  readonly context: Context | null
  /** Member names in `data` that no answer may carry to a client: credentials, pre-signed URLs, file transfers. */
  readonly forbidden: readonly string[]
}

const SPANS = ['chunks', 'chunkHeaders', 'qrmk', 'parameters', 'queryId', 'getResultUrl'] as const

const QUERY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isQueryId(text: string): boolean {
  return QUERY_ID.test(text)
}

/** Throws ICE_UPSTREAM_PROTOCOL for an envelope whose parts contradict its own form. */
export function readQueryAnswer({ document, success }: AnswerEnvelope): QueryAnswer {
  const at = (name: string): JsonValue | undefined => findValue(document, `data.${name}`)
  const code = readOptionalText(document, 'code')
  const columns = readColumns(document, at('rowtype'))
  const format = readFormat(document, presentValue(at('rowset')), columns)
  return {
    document,
    spans: { data: findValue(document, 'data'), ...spansOf(document) },
    success,
    code,
    message: readOptionalText(document, 'message'),
    sqlState: readOptionalText(document, 'data.sqlState'),
    queryId: readQueryId(document),
    inProgress: readProgress(success, code),
    getResultUrl: readOptionalText(document, 'data.getResultUrl'),
    statementTypeId: readSafeInteger(document, at('statementTypeId')) ?? null,
    format,
    columns,
    total: readSafeInteger(document, at('total')) ?? null,
    returned: readSafeInteger(document, at('returned')) ?? null,
    inline: readInlineRows(document, format, columns?.length ?? 0),
    chunks: readChunks(document, at('chunks')),
    resultIds: readList(document, 'data.resultIds').map(checkedQueryId),
    resultTypes: readList(document, 'data.resultTypes'),
    context: readContext(document),
    forbidden: [...document.watched],
  }
}

/** The session parameters that the answer reports; none where it has no such list. */
export function readAnswerParameters({ document, spans }: QueryAnswer): ReadonlyMap<string, ParameterValue> {
  return readParameterList(document, spans.parameters)
}

/**
 * The headers that cloud storage wants for this answer's chunks (driver-protocol.md#result-chunks): secrets, so they
 * are read when a chunk is opened and not kept in the answer.
 */
export function readStorageHeaders(answer: QueryAnswer): Readonly<Record<string, string>> {
  const { document, spans } = answer
  if (spans.chunkHeaders !== undefined && !isMissing(spans.chunkHeaders)) {
    const headers = parseValue(document, spans.chunkHeaders)
    if (
      typeof headers !== 'object' ||
      headers === null ||
      !Object.values(headers).every((v) => typeof v === 'string')
    ) {
      throw protocolError('chunkHeaders are no texts')
    }
    return headers as Readonly<Record<string, string>>
  }
  const key = readString(document, spans.qrmk)
  if (key === undefined) return {}
  return {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key': key,
  }
}

function spansOf(document: JsonDocument): Omit<AnswerSpans, 'data'> {
  const entries = SPANS.map((name) => [name, findValue(document, `data.${name}`)])
  return Object.fromEntries(entries) as Omit<AnswerSpans, 'data'>
}

function presentValue(value: JsonValue | undefined): JsonValue | undefined {
  return isMissing(value) ? undefined : value
}

function readOptionalText(document: JsonDocument, path: string): string | null {
  const value = findValue(document, path)
  if (isMissing(value)) return null
  const text = readString(document, value)
  if (text === undefined) throw protocolError(`${path} is no text`)
  return text
}

function readQueryId(document: JsonDocument): string | null {
  const id = readOptionalText(document, 'data.queryId')
  return id === null ? null : checkedQueryId(id)
}

function checkedQueryId(id: string): string {
  if (!isQueryId(id)) throw protocolError('a query id is no UUID')
  return id
}

function readProgress(success: boolean, code: string | null): QueryAnswer['inProgress'] {
  if (!success) return null
  if (code === CODES.inProgress) return 'synchronous'
  return code === CODES.inProgressAsync ? 'asynchronous' : null
}

/** Rows in the form that the answer does not name are refused: a driver might read them, and the record lack them. */
function readInlineRows(document: JsonDocument, format: QueryAnswer['format'], width: number): InlineRows | null {
  const json = presentValue(findValue(document, 'data.rowset'))
  const arrow = presentValue(findValue(document, 'data.rowsetBase64'))
  const jsonRows = json && readAnswerPart('rowset', () => countRows(bytesOf(document, json), width))
  const text = readOptionalText(document, 'data.rowsetBase64')
  const arrowRows = text === null ? undefined : readAnswerPart('rowsetBase64', () => countArrowRows(text, width))
  const others = format === 'arrow' ? jsonRows : arrowRows
  if (others !== undefined && others > 0) throw protocolError('it has rows in another form than it names')
  const [value, rows] = format === 'arrow' ? [arrow, arrowRows] : [json, jsonRows]
  return value === undefined ? null : { value, rows: rows ?? 0 }
}

/** An absent format means JSON, as for all drivers that read such an answer at all. */
function readFormat(
  document: JsonDocument,
  rowset: JsonValue | undefined,
  columns: readonly ColumnFacts[] | null,
): QueryAnswer['format'] {
  const format = readOptionalText(document, 'data.queryResultFormat')
  if (format === null) return rowset === undefined && columns === null ? null : 'json'
  if (format !== 'json' && format !== 'arrow') throw protocolError('queryResultFormat is neither json nor arrow')
  return format
}

function readColumns(document: JsonDocument, value: JsonValue | undefined): readonly ColumnFacts[] | null {
  const columns = readArray(document, value, 'rowtype')
  return (
    columns?.map((column) => {
      const { name, type } = (column ?? {}) as { readonly name?: unknown; readonly type?: unknown }
      if (typeof name !== 'string' || typeof type !== 'string') throw protocolError('a column has no name or type')
      return { name, type }
    }) ?? null
  )
}

function readChunks(document: JsonDocument, value: JsonValue | undefined): readonly AnswerChunk[] {
  return (readArray(document, value, 'chunks') ?? []).map((chunk) => {
    const { url, rowCount, uncompressedSize, compressedSize } = (chunk ?? {}) as Readonly<Record<string, unknown>>
    if (typeof url !== 'string') throw protocolError('a chunk has no url')
    if (!isCount(rowCount)) throw protocolError('a chunk does not say how many rows it has')
    return {
      url,
      rowCount,
      uncompressedSize: isCount(uncompressedSize) ? uncompressedSize : null,
      compressedSize: isCount(compressedSize) ? compressedSize : null,
    }
  })
}

function readArray(document: JsonDocument, value: JsonValue | undefined, name: string): readonly unknown[] | undefined {
  if (value === undefined || isMissing(value)) return undefined
  if (value.kind !== 'array') throw protocolError(`${name} is no list`)
  return parseValue(document, value) as readonly unknown[]
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function readList(document: JsonDocument, path: string): readonly string[] {
  const text = readOptionalText(document, path)
  return text === null || text === '' ? [] : text.split(',')
}

const CONTEXT_MEMBERS = ['finalRoleName', 'finalWarehouseName', 'finalDatabaseName', 'finalSchemaName'] as const

function readContext(document: JsonDocument): Context | null {
  if (CONTEXT_MEMBERS.every((name) => findValue(document, `data.${name}`) === undefined)) return null
  return {
    role: readOptionalText(document, 'data.finalRoleName'),
    warehouse: readOptionalText(document, 'data.finalWarehouseName'),
    database: readOptionalText(document, 'data.finalDatabaseName'),
    schema: readOptionalText(document, 'data.finalSchemaName'),
  }
}
