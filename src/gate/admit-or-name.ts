import { admitParameters } from '../core/wire/index.ts'
import { isIcecoreError } from '../errors.ts'
import type { ParameterValue } from './ports.ts'
import type { StatementRequest } from './statement-request.ts'

export interface AdmittedParameters {
  readonly forwarded: Readonly<Record<string, ParameterValue>>
  readonly tag: string | null
  /** The parameter that may not be set, which makes the statement one to deny. */
  readonly refused: string | null
}

/** The parameters that came with a statement: what goes upstream with it, or the first that may not. */
export function admitOrName(request: StatementRequest): AdmittedParameters {
  try {
    return { ...admitParameters('request', request.parameters), refused: null }
  } catch (error) {
    if (!isIcecoreError(error, 'ICE_PARAMETER_REFUSED')) throw error
    return { forwarded: {}, tag: null, refused: String(error.details.parameter) }
  }
}
