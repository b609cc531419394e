/**
 * The session parameters that a client may set, wherever it sets them. Unknown means no: a parameter that is not here
 * is refused, since it may change what a statement means, what it may do, or what is kept of it.
 */
import { IcecoreError } from '../../errors.ts'
import type { ParameterValue } from './read-json.ts'

/** Log-in body, `parameters` of one query-request, or `ALTER SESSION SET` in SQL. */
export type ParameterPlace = 'login' | 'request' | 'alter_session'

export interface SessionParameter {
  readonly name: string
  readonly type: 'boolean' | 'number' | 'string'
  readonly places: readonly ParameterPlace[]
  /**
   * What it changes: `names` how names are resolved, `values` what literals and functions mean (both: how a statement
   * is read), `result` the form of results, `run` how statements run, `tag` the query tag, `driver` only the driver
   * itself: such a parameter is taken and not sent upstream.
   */
  readonly affects: 'names' | 'values' | 'result' | 'run' | 'tag' | 'driver'
}

const EVERYWHERE: readonly ParameterPlace[] = ['login', 'request', 'alter_session']
/** A parameter that changes how names resolve holds for the session or not at all: one request cannot change it. */
const SESSION_ONLY: readonly ParameterPlace[] = ['login', 'alter_session']

const MAX_TEXT_LENGTH = 1024
const MAX_TAG_LENGTH = 2000

function group(
  affects: SessionParameter['affects'],
  type: SessionParameter['type'],
  places: readonly ParameterPlace[],
  names: readonly string[],
): readonly SessionParameter[] {
  return names.map((name) => ({ name, type, places, affects }))
}

const PARAMETERS: ReadonlyMap<string, SessionParameter> = new Map(
  [
    ...group('names', 'boolean', SESSION_ONLY, ['QUOTED_IDENTIFIERS_IGNORE_CASE']),
    // In SQL only, where the never-list reads what it names.
    ...group('names', 'string', ['alter_session'], ['SEARCH_PATH']),
    ...group('values', 'string', EVERYWHERE, [
      'BINARY_INPUT_FORMAT',
      'DATE_INPUT_FORMAT',
      'DEFAULT_DDL_COLLATION',
      'DEFAULT_NULL_ORDERING',
      'TIMESTAMP_INPUT_FORMAT',
      'TIMESTAMP_TYPE_MAPPING',
      'TIMEZONE',
      'TIME_INPUT_FORMAT',
    ]),
    ...group('values', 'number', EVERYWHERE, ['TWO_DIGIT_CENTURY_START', 'WEEK_OF_YEAR_POLICY', 'WEEK_START']),
    ...group('values', 'boolean', EVERYWHERE, [
      'ERROR_ON_NONDETERMINISTIC_MERGE',
      'ERROR_ON_NONDETERMINISTIC_UPDATE',
      'TIMESTAMP_DAY_IS_ALWAYS_24H',
    ]),
    ...group('result', 'string', EVERYWHERE, [
      'BINARY_OUTPUT_FORMAT',
      'CLIENT_TIMESTAMP_TYPE_MAPPING',
      'C_API_QUERY_RESULT_FORMAT',
      'DATE_OUTPUT_FORMAT',
      'DOTNET_QUERY_RESULT_FORMAT',
      'GEOGRAPHY_OUTPUT_FORMAT',
      'GEOMETRY_OUTPUT_FORMAT',
      'GO_QUERY_RESULT_FORMAT',
      'JDBC_QUERY_RESULT_FORMAT',
      'ODBC_QUERY_RESULT_FORMAT',
      'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
      'TIMESTAMP_LTZ_OUTPUT_FORMAT',
      'TIMESTAMP_NTZ_OUTPUT_FORMAT',
      'TIMESTAMP_OUTPUT_FORMAT',
      'TIMESTAMP_TZ_OUTPUT_FORMAT',
      'TIME_OUTPUT_FORMAT',
    ]),
    ...group('result', 'number', EVERYWHERE, ['CLIENT_RESULT_CHUNK_SIZE', 'JSON_INDENT', 'ROWS_PER_RESULTSET']),
    ...group('result', 'boolean', EVERYWHERE, ['JDBC_TREAT_DECIMAL_AS_INT', 'JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC']),
    ...group('run', 'boolean', EVERYWHERE, ['AUTOCOMMIT', 'TRANSACTION_ABORT_ON_ERROR', 'USE_CACHED_RESULT']),
    ...group('run', 'number', EVERYWHERE, [
      'LOCK_TIMEOUT',
      'MULTI_STATEMENT_COUNT',
      'STATEMENT_QUEUED_TIMEOUT_IN_SECONDS',
      'STATEMENT_TIMEOUT_IN_SECONDS',
    ]),
    ...group('tag', 'string', EVERYWHERE, ['QUERY_TAG']),
    ...group('driver', 'boolean', EVERYWHERE, [
      'ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1',
      'JS_DRIVER_DISABLE_OCSP_FOR_NON_SF_ENDPOINTS',
      'JS_TREAT_INTEGER_AS_BIGINT',
      'VALIDATE_DEFAULT_PARAMETERS',
    ]),
    ...group('driver', 'number', ['request'], ['QUERY_TIMEOUT']),
    ...group('driver', 'string', ['request'], ['NEW_SQL_FORMAT', '_PLAN_UUID']),
  ].map((parameter) => [parameter.name, parameter]),
)

/** The table, in its order: what docs/reference/parameters.md is made from. */
export const SESSION_PARAMETERS: readonly SessionParameter[] = [...PARAMETERS.values()]

/**
 * The parameter of this name (any case), if it may be set there. `CLIENT_*` are the drivers' own: they change more
 * of them with every release, and none of them is sent upstream but the ones named in the table.
 */
export function sessionParameter(name: string, place: ParameterPlace): SessionParameter | undefined {
  const upper = name.toUpperCase()
  const known = PARAMETERS.get(upper)
  if (known !== undefined) return known.places.includes(place) ? known : undefined
  const ofDriver = place !== 'alter_session' && /^CLIENT_[A-Z0-9_]{1,100}$/.test(upper)
  return ofDriver ? { name: upper, type: 'string', places: ['login', 'request'], affects: 'driver' } : undefined
}

export interface AdmittedParameters {
  /** For the upstream, names in upper case, values of the right type. */
  readonly forwarded: Readonly<Record<string, ParameterValue>>
  /** The client's own QUERY_TAG: kept inside Icecore's. */
  readonly tag: string | null
}

/** Sorts out what a client sets. Throws ICE_PARAMETER_REFUSED for one that it may not set, or sets to a wrong type. */
export function admitParameters(
  place: ParameterPlace,
  given: Readonly<Record<string, ParameterValue>>,
): AdmittedParameters {
  const forwarded: Record<string, ParameterValue> = {}
  const seen = new Set<string>()
  let tag: string | null = null
  for (const [name, value] of Object.entries(given)) {
    const parameter = sessionParameter(name, place)
    // Twice in different letters: which one would hold is not ours to guess.
    if (parameter === undefined || seen.has(parameter.name)) throw refused(name)
    seen.add(parameter.name)
    if (parameter.affects === 'driver') continue
    const typed = coerce(parameter, value)
    if (typed === undefined) throw refused(name)
    if (parameter.affects === 'tag') tag = String(typed)
    else forwarded[parameter.name] = typed
  }
  return { forwarded, tag }
}

/** Drivers send booleans and numbers as such or as text. */
function coerce(parameter: SessionParameter, value: ParameterValue): ParameterValue | undefined {
  const text = String(value)
  if (parameter.type === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined
  if (parameter.type === 'number') return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const limit = parameter.affects === 'tag' ? MAX_TAG_LENGTH : MAX_TEXT_LENGTH
  return text.length <= limit ? text : undefined
}

function refused(name: string): IcecoreError {
  return new IcecoreError('ICE_PARAMETER_REFUSED', { parameter: name.slice(0, 128) })
}
