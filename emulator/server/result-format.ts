/** In which format a client gets its rows: as Snowflake chooses, by the client and by a parameter of its own. */
import type { Column } from '../engine.ts'
import { DEFAULT_PARAMETERS, type ParameterValue } from '../parameters.ts'
import { SELECT_TYPE } from './statement-types.ts'

export interface ResultFormat {
  readonly kind: 'json' | 'arrow'
  /** Arrow keeps structured types as structs, lists and maps; else as JSON texts. */
  readonly isNative: boolean
}

/** `CLIENT_APP_ID` of the clients that can decode Arrow, and the parameter that each of them is governed by. */
const FORMAT_PARAMETERS: readonly (readonly [client: RegExp, parameter: string])[] = [
  [/^(?:Python|Snowpark|SnowflakeSQLAlchemy|SQLAlchemy)/i, 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  [/^Go$/i, 'GO_QUERY_RESULT_FORMAT'],
  [/^JDBC$/i, 'JDBC_QUERY_RESULT_FORMAT'],
  [/^ODBC$/i, 'ODBC_QUERY_RESULT_FORMAT'],
  [/^\.NET$/i, 'DOTNET_QUERY_RESULT_FORMAT'],
  [/^C API$/i, 'C_API_QUERY_RESULT_FORMAT'],
]

/** `ARROW_FORCE` is what drivers send to overrule an account that prefers JSON. */
const ARROW_VALUES = new Set(['ARROW', 'ARROW_FORCE'])

/** Both switch the same on: the forced one also for clients that an account would not trust with it. */
const NATIVE_PARAMETERS = [
  'ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT',
  'FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT',
]

/** Only queries answer in Arrow; `parameterOf` gives the value that holds for the statement. */
export function chooseFormat(
  client: string,
  statementTypeId: number,
  parameterOf: (name: string) => ParameterValue | undefined,
): ResultFormat {
  const parameter = FORMAT_PARAMETERS.find(([pattern]) => pattern.test(client))?.[1]
  if (parameter === undefined || statementTypeId !== SELECT_TYPE) return { kind: 'json', isNative: false }
  const value = String(parameterOf(parameter) ?? DEFAULT_PARAMETERS[parameter]).toUpperCase()
  if (!ARROW_VALUES.has(value)) return { kind: 'json', isNative: false }
  return { kind: 'arrow', isNative: NATIVE_PARAMETERS.some((name) => isOn(parameterOf(name))) }
}

/** One sent with a statement may be a text. */
function isOn(value: ParameterValue | undefined): boolean {
  return /^true$/i.test(String(value))
}

/** The columns as Arrow keeps them: where a structured type is a JSON text, its members have none of their own. */
export function arrowColumns(columns: readonly Column[], { isNative }: ResultFormat): readonly Column[] {
  if (isNative) return columns
  return columns.map((column) => {
    if (column.type === 'vector') return column
    const { fields: _fields, ...text } = column
    return text
  })
}
