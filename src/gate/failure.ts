/** The form in which a statement's failure is shown and recorded: Snowflake's code and state, and our message. */
import type { FailureFacts } from '../core/recording/index.ts'
import { type ErrorCode, IcecoreError, noteProduced } from '../errors.ts'
import { DENIAL_CODE, DENIAL_SQL_STATE, formatDenial, formatTail, type StatementDenial } from './denial.ts'
import type { StatementRun } from './statement-run.ts'

export interface StatementFailure extends FailureFacts {
  /** UUID-shaped: drivers parse it. */
  readonly queryId: string
}

interface Form {
  readonly code: string
  readonly sqlState: string
}

const DENIED: Form = { code: DENIAL_CODE, sqlState: DENIAL_SQL_STATE }
/** "Processing aborted": final for every driver. */
const ABORTED: Form = { code: '000603', sqlState: 'XX000' }

/** Codes that drivers know and treat in a way of their own; every other error is shown as a denial or an abort. */
const FORMS: Partial<Record<ErrorCode, Form>> = {
  ICE_STATEMENT_CANCELLED: { code: '000604', sqlState: '57014' },
  ICE_HANDLE_UNKNOWN: { code: '000612', sqlState: '02000' },
}

export function failureOfDenial(denial: StatementDenial, queryId: string): StatementFailure {
  noteProduced('ICE_STATEMENT_REFUSED')
  return { ...DENIED, message: formatDenial(denial), icecore: 'ICE_STATEMENT_REFUSED', queryId }
}

export function failureOfError(error: IcecoreError, queryId: string): StatementFailure {
  const form = FORMS[error.code] ?? (error.spec.fault === 'policy' || error.spec.fault === 'caller' ? DENIED : ABORTED)
  const hint =
    error.hint ?? (error.spec.retry ? 'send the statement again later' : 'ask who runs Icecore, and name this request')
  const tail = formatTail(error.code, queryId, error.hint ?? '', hint)
  return { ...form, message: `${error.message}\n${tail}`, icecore: error.code, queryId }
}

/** How a run failed; null while it has not. */
export function failureOfRun(run: StatementRun): StatementFailure | null {
  const { outcome } = run
  if (outcome?.kind === 'denied') return failureOfDenial(outcome.denial, run.pendingId)
  if (outcome?.kind === 'failure') return outcome.failure
  return outcome?.kind === 'error' ? failureOfError(outcome.error, run.queryId) : null
}

/** Anything else that was thrown is a defect: the caller learns an id, the log the rest. */
export function toIcecoreError(error: unknown, errorId: string): IcecoreError {
  return error instanceof IcecoreError ? error : new IcecoreError('ICE_INTERNAL', { errorId }, { cause: error })
}
