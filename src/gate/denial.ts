/** A denial is an answer: what was matched, what would be allowed, how to ask. */
import type { DecisionReason } from '../core/recording/index.ts'
import type { ErrorCode } from '../errors.ts'

export interface StatementDenial {
  /** The statement's id in the record: the agent and the auditor speak of the same thing. */
  readonly statement: string
  readonly reasons: readonly DecisionReason[]
  readonly allowed: string
}

/**
 * Snowflake's code for "SQL access control error": every driver shows its message and none retries
 * (driver-protocol.md#error-texts).
 */
export const DENIAL_CODE = '003001'
export const DENIAL_SQL_STATE = '42501'

/**
 * The text a driver shows: sentences for people, then one short JSON object that an agent finds by searching for
 * `icecore:{`, since drivers put text of their own before and behind the message (driver-protocol.md#error-texts).
 */
export function formatDenial(denial: StatementDenial): string {
  const reasons = denial.reasons.map((reason) => `- ${reason.text} (${reason.code})`)
  return [
    'SQL access control error:',
    'Icecore denied this statement:',
    ...reasons,
    `Allowed: ${denial.allowed}.`,
    formatTail('ICE_STATEMENT_REFUSED', denial.statement, denial.allowed, 'change the statement and send it again'),
  ].join('\n')
}

/** The machine-readable last line. */
export function formatTail(code: ErrorCode, request: string, allowed: string, hint: string): string {
  return `icecore:${JSON.stringify({ code, request, wait: false, allowed, try: hint })}`
}
