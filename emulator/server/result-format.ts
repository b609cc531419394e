/** In which format a client gets its rows: as Snowflake chooses, by the client and by a parameter of its own. */
import { DEFAULT_PARAMETERS, type ParameterValue } from '../parameters.ts'
import { SELECT_TYPE } from './statement-types.ts'

export interface ResultFormat {
  readonly kind: 'json' | 'arrow'
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

/** Only queries answer in Arrow; `parameterOf` gives the value that holds for the statement. */
export function chooseFormat(
  client: string,
  statementTypeId: number,
  parameterOf: (name: string) => ParameterValue | undefined,
): ResultFormat {
  const parameter = FORMAT_PARAMETERS.find(([pattern]) => pattern.test(client))?.[1]
  if (parameter === undefined || statementTypeId !== SELECT_TYPE) return { kind: 'json' }
  const value = String(parameterOf(parameter) ?? DEFAULT_PARAMETERS[parameter]).toUpperCase()
  return { kind: ARROW_VALUES.has(value) ? 'arrow' : 'json' }
}
