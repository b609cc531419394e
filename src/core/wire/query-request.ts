/** The body of `query-request`: read for the policy, and composed anew around the client's own bytes. */
import {
  bytesOf,
  findValue,
  type JsonDocument,
  type JsonMember,
  type JsonValue,
  parseValue,
  readBoolean,
  readString,
} from '../../lib/json/index.ts'
import { readParameters } from './login-request.ts'
import { fieldRefused, isMissing, malformed, type ParameterValue, scanRequest } from './read-json.ts'

export interface Binding {
  readonly type: string
  /** One text or null, or for an array bind one per row. */
  readonly value: string | null | readonly (string | null)[]
  /** How Go and JDBC say what a structured value looks like: kept as sent. */
  readonly fmt?: unknown
  readonly schema?: unknown
}

export interface QueryRequest {
  /** Empty when the request has none. */
  readonly sqlText: string
  /** The JSON value of the SQL text exactly as the client wrote it. */
  readonly sqlTextJson: Uint8Array
  readonly bindings: Readonly<Record<string, Binding>>
  /** The JSON value of the bindings as the client wrote it. Null without bindings. */
  readonly bindingsJson: Uint8Array | null
  /** Statement-scoped session parameters, names as written; not yet admitted. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly describeOnly: boolean
  readonly asynchronous: boolean
  /** The driver says that the statement is its own. Claimed: exempts from nothing. */
  readonly internal: boolean
}

export interface QueryRequestLimits {
  /** Largest array bind, in values over all positions. */
  readonly maxBindValues: number
  /** Longest text of an unknown field, in bytes of JSON. */
  readonly maxOtherField: number
}

const QUERY_REQUEST_LIMITS: QueryRequestLimits = { maxBindValues: 1_000_000, maxOtherField: 256 }

const MAX_BINDS = 100_000
const EMPTY_TEXT = Buffer.from('""')

/**
 * Fields with a meaning of their own. What is dropped: `requestId` (C drivers' copy of the query parameter: the
 * upstream's is derived), `queryContextDTO` (an opaque cache; optional), `describedJobId` (a query id nobody has
 * checked), `isInternal` (upstream the statement is to look like any other).
 */
const KNOWN_FIELDS = new Set([
  'sqlText',
  'bindings',
  'parameters',
  'describeOnly',
  'asyncExec',
  'isInternal',
  'queryContextDTO',
  'describedJobId',
  'requestId',
])

/** Carry a statement, or values, past everybody who reads the SQL text. */
const REFUSED_FIELDS = ['dataframeAst', 'bindStage'] as const

/**
 * Rejects with ICE_REQUEST_MALFORMED, or ICE_REQUEST_FIELD_REFUSED for a field that might carry what is executed and
 * that Icecore does not understand. JDBC sends absent members as null: those count as absent.
 */
export function readQueryRequest(body: Uint8Array, limits: QueryRequestLimits = QUERY_REQUEST_LIMITS): QueryRequest {
  const document = scanRequest(body, { paths: ['sqlText', 'bindings', 'parameters'], maxDepth: 32 })
  for (const field of REFUSED_FIELDS) {
    if (!isMissing(findValue(document, field))) throw fieldRefused(field)
  }
  checkOtherFields(document, limits)
  const sql = findValue(document, 'sqlText')
  const sqlText = isMissing(sql) ? '' : readString(document, sql)
  if (sqlText === undefined) throw malformed('sqlText is no text')
  const bindings = findValue(document, 'bindings')
  return {
    sqlText,
    sqlTextJson: sql === undefined || isMissing(sql) ? EMPTY_TEXT : bytesOf(document, sql),
    bindings: readBindings(document, bindings, limits),
    bindingsJson: bindings === undefined || isMissing(bindings) ? null : bytesOf(document, bindings),
    parameters: readParameters(document, findValue(document, 'parameters'), 'parameters'),
    describeOnly: readFlag(document, 'describeOnly'),
    asynchronous: readFlag(document, 'asyncExec'),
    internal: readFlag(document, 'isInternal'),
  }
}

export interface QueryBodyParts {
  readonly sqlTextJson: Uint8Array
  readonly bindingsJson: Uint8Array | null
  /** Admitted parameters, Icecore's own included. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly describeOnly: boolean
  readonly asynchronous: boolean
}

/** The body for the upstream. The SQL text and the binds in it are the client's own bytes. */
export function buildQueryBody(parts: QueryBodyParts): Uint8Array {
  const members: (readonly [string, Uint8Array])[] = [['sqlText', parts.sqlTextJson]]
  if (parts.bindingsJson !== null) members.push(['bindings', parts.bindingsJson])
  members.push(['parameters', Buffer.from(JSON.stringify(parts.parameters))])
  members.push(['describeOnly', Buffer.from(String(parts.describeOnly))])
  members.push(['asyncExec', Buffer.from(String(parts.asynchronous))])
  const pieces = members.flatMap(([name, value], index) => [
    Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`),
    value,
  ])
  return Buffer.concat([...pieces, Buffer.from('}')])
}

function readFlag(document: JsonDocument, field: string): boolean {
  const value = findValue(document, field)
  if (isMissing(value)) return false
  const flag = readBoolean(document, value)
  if (flag === undefined) throw malformed(`${field} is neither true nor false`)
  return flag
}

/**
 * Scalars that nobody here knows are taken and not forwarded, since what is forwarded is on record. What may carry a
 * statement, or be taken for a known field by a reader that ignores case, is refused.
 */
function checkOtherFields(document: JsonDocument, limits: QueryRequestLimits): void {
  for (const { name, value } of document.root.members) {
    if (KNOWN_FIELDS.has(name) || value.kind === 'null') continue
    const long = value.end - value.start > limits.maxOtherField || name.length > limits.maxOtherField
    const composed = value.kind === 'object' || value.kind === 'array'
    if (composed || long || isKnownInOtherCase(name)) throw fieldRefused(name.slice(0, limits.maxOtherField))
  }
}

const KNOWN_LOWER_CASE = new Set([...KNOWN_FIELDS, ...REFUSED_FIELDS].map((name) => name.toLowerCase()))

function isKnownInOtherCase(name: string): boolean {
  return KNOWN_LOWER_CASE.has(name.toLowerCase())
}

function readBindings(
  document: JsonDocument,
  object: JsonValue | undefined,
  limits: QueryRequestLimits,
): Readonly<Record<string, Binding>> {
  if (isMissing(object)) return {}
  if (object?.kind !== 'object') throw malformed('bindings is no object')
  if (object.members.length > MAX_BINDS) throw malformed(`there are more than ${MAX_BINDS} binds`)
  const bindings: Record<string, Binding> = Object.create(null) as Record<string, Binding>
  let values = 0
  for (const member of object.members) {
    const binding = readBinding(document, member)
    values += Array.isArray(binding.value) ? binding.value.length : 1
    if (values > limits.maxBindValues) throw malformed(`there are more than ${limits.maxBindValues} bind values`)
    bindings[member.name] = binding
  }
  return bindings
}

function readBinding(document: JsonDocument, { name, value }: JsonMember): Binding {
  const binding = parseValue(document, value) as Readonly<Record<string, unknown>> | null
  const shown = name.slice(0, 32)
  if (value.kind !== 'object' || binding === null) throw malformed(`bind ${shown} is no object`)
  const { type, value: bound = null, fmt, schema, ...others } = binding
  // What is forwarded is on record: a member that nobody here knows would be forwarded without being there.
  if (Object.keys(others).length > 0) throw fieldRefused(`bindings.${shown}`)
  if (typeof type !== 'string' || type.length > 32) throw malformed(`bind ${shown} has no type`)
  if (!isCell(bound) && !(Array.isArray(bound) && bound.every(isCell))) {
    throw malformed(`bind ${shown} is neither text, null nor a list of these`)
  }
  const form = { ...(fmt == null ? {} : { fmt }), ...(schema == null ? {} : { schema }) }
  return { type, value: bound as Binding['value'], ...form }
}

function isCell(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
